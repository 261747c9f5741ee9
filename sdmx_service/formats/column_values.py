"""Texts as values of a column's type: numbers, lists, texts by language."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.model.columns import CODED, TEXT, Layout
from sdmx_service.model.values import texts_of, values_of

BY_LANGUAGE = pa.map_(TEXT, TEXT)
"""Texts in several languages; the key is empty where no language was said."""
_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?$"


def type_of(component: str, layout: Layout, single: pa.DataType) -> pa.DataType:
    """The type of a column: ``single``, or a list or texts by language of it."""
    one = BY_LANGUAGE if component in layout.multilingual else single
    if component not in layout.multiple:
        return one
    return pa.list_(TEXT if one == CODED else one)


def several(texts: pa.Array, kind: pa.DataType) -> pa.Array:
    """Cells as ``model.values`` keeps them → lists, or texts by language."""

    def value(text: str | None) -> Any:
        if text is None:
            return None
        if not pa.types.is_list(kind):
            return list(texts_of(text).items())
        parts = values_of(text)
        by_language = pa.types.is_map(kind.value_type)
        return [list(texts_of(part).items()) if by_language else part for part in parts]

    return pa.array([value(text) for text in texts.to_pylist()], kind)


def as_numbers(texts: pa.Array) -> pa.Array:
    """Texts as doubles; null for null and for what is no number."""
    try:
        return pc.cast(texts, pa.float64())
    except pa.ArrowInvalid:
        number = pc.match_substring_regex(texts, pattern=_NUMBER)
        return pc.cast(pc.if_else(number, texts, pa.scalar(None, TEXT)), pa.float64())


def as_texts(texts: pa.Array, numbers: pa.Array) -> pa.Array:
    """The texts that their numbers do not give back when written by Arrow; else null."""
    same = pc.equal(pc.cast(numbers, TEXT), texts).fill_null(False)
    return pc.if_else(same, pa.scalar(None, TEXT), texts)
