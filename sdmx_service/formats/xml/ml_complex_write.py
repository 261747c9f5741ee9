"""Comp elements of SDMX-ML 3.x: components of several values, or of texts in several languages.

``model.values`` says how a cell holds them; here a column of such cells becomes XML.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.formats.splice import between, rendered
from sdmx_service.formats.xml.escape import escaped
from sdmx_service.formats.xml.ml_versions import comp_id, complex_type
from sdmx_service.model.columns import Layout
from sdmx_service.model.values import LANGUAGE_MARK, TEXT_SEPARATOR, VALUE_SEPARATOR

_TO_THE_MARK, _FROM_THE_MARK = rf"(?s)\A.*{LANGUAGE_MARK}", rf"(?s){LANGUAGE_MARK}.*"


def complex_components(layout: Layout) -> frozenset[str]:
    """The components that stand in Comp elements, never in XML attributes."""
    return frozenset({*layout.multiple, *layout.multilingual})


def comp_elements(layout: Layout, prefix: str, name: str, column: Any) -> pa.Array:
    """The Comp element of each cell; null stays null. ``prefix``: of the structure's namespace."""
    kind = complex_type(name, measure=name in layout.measures)
    begin = f'<Comp id="{comp_id(name)}" xsi:type="{prefix}:{kind}">'
    value = _texts if name in layout.multilingual else escaped
    return rendered(column, partial(_comp, begin, value))


def _comp(begin: str, value: Callable[[pa.Array], pa.Array], cells: pa.Array) -> pa.Array:
    values = _each(
        cells, VALUE_SEPARATOR, lambda texts: between("<Value>", value(texts), "</Value>")
    )
    return between(begin, values, "</Comp>")


def _texts(values: pa.Array) -> pa.Array:
    return _each(values, TEXT_SEPARATOR, _text)


def _text(texts: pa.Array) -> pa.Array:
    """A text after its language; what nobody said is undetermined, as the schema would take a
    text without language for English."""
    marked = pc.match_substring(texts, LANGUAGE_MARK)
    language = between(' xml:lang="', _cut(texts, _FROM_THE_MARK), '"')
    said = pc.if_else(marked, language, ' xml:lang="und"')
    return pc.binary_join_element_wise(
        "<c:Text", said, ">", _cut(texts, _TO_THE_MARK), "</c:Text>", ""
    )


def _cut(texts: pa.Array, pattern: str) -> pa.Array:
    return escaped(pc.replace_substring_regex(texts, pattern=pattern, replacement=""))


def _each(cells: pa.Array, separator: str, render: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Cells cut at a separator, each part rendered, the parts set end to end again."""
    lists = pc.split_pattern(cells, separator)
    parts = render(lists.flatten())
    whole = pa.ListArray.from_arrays(lists.offsets, parts, mask=lists.is_null())
    return pc.binary_join(whole, "")
