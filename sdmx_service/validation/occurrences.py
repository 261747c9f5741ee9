"""How many values, and languages, a cell may hold: a component has one unless its structure says
so."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.model.occurrences import Occurrence
from sdmx_service.model.values import LANGUAGE_MARK, TEXT_SEPARATOR, VALUE_SEPARATOR
from sdmx_service.validation.context import CheckContext
from sdmx_service.validation.rows import Arguments, Mask, Rows

_OF_LANGUAGES = f"[{LANGUAGE_MARK}{TEXT_SEPARATOR}]"


def check_occurrences(rows: Rows, context: CheckContext) -> None:
    """VALUES_COUNT where a cell holds too few or too many values, LANGUAGES_UNEXPECTED where a
    component of one text has texts in languages."""
    for component, occurrence in context.occurrences.items():
        cells = rows.batch.rows.column(component)
        texts = cells.dictionary if pa.types.is_dictionary(cells.type) else cells
        wrong = _wrong_count(texts, occurrence)
        if wrong is not None:
            most = "*" if occurrence.most is None else occurrence.most
            arguments: Arguments = {"least": occurrence.least, "most": most}
            _report(rows, "VALUES_COUNT", component, wrong, arguments)
        if component not in context.layout.multilingual:
            in_languages = pc.match_substring_regex(texts, _OF_LANGUAGES).fill_null(False)
            unexpected = in_languages.to_numpy(zero_copy_only=False)
            _report(rows, "LANGUAGES_UNEXPECTED", component, unexpected, {})


def _wrong_count(texts: pa.Array, occurrence: Occurrence) -> Mask | None:
    """Which cells hold too few or too many values; None where none can."""
    least, most = occurrence.least, occurrence.most
    if least == 1 and most is None:
        return None
    separators = pc.count_substring(texts, VALUE_SEPARATOR).fill_null(least - 1)
    counts = separators.to_numpy(zero_copy_only=False) + 1
    wrong: Mask = counts < least
    return wrong if most is None else wrong | (counts > most)


def _report(rows: Rows, code: str, component: str, wrong: Mask, arguments: Arguments) -> None:
    if not np.any(wrong):
        return
    if pa.types.is_dictionary(rows.batch.rows.column(component).type):
        rows.report_values(code, rows.column(component), wrong, arguments)
    else:
        rows.report_cells(code, component, wrong, arguments)
