"""A value as JSON: text, number, truth, a list of these, texts by language.

Which values are written by their place in a list of values is not known here.
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any

import pyarrow as pa

from sdmx_service.formats.json.dialect import Dialect
from sdmx_service.formats.json.escape import NUMBER, booleans, numbers, strings
from sdmx_service.formats.numeric import is_numeric
from sdmx_service.formats.splice import Render
from sdmx_service.model.columns import Layout
from sdmx_service.model.structures import Attribute, Measure
from sdmx_service.model.values import texts_of, values_of

NO_LANGUAGE = "und"
"""Language tag of a text of which no language was said (BCP 47: undetermined)."""
_NUMBER = re.compile(NUMBER)


def render_of(component: Measure | Attribute, layout: Layout, dialect: Dialect) -> Render:
    """What writes the values of a component that are not written by place.

    A number is the producer's text where that is a JSON number, else a string.
    """
    multilingual = component.id in layout.multilingual
    if component.id in layout.multiple:
        as_numbers = dialect.lists and _scalar(component) is numbers
        return partial(_lists, multilingual=multilingual, as_numbers=as_numbers)
    return _by_language if multilingual else _scalar(component)


def by_language(value: str) -> dict[str, str]:
    """A text in several languages: tag → text."""
    return {language or NO_LANGUAGE: text for language, text in texts_of(value).items()}


def _scalar(component: Measure | Attribute) -> Render:
    if is_numeric(component):
        return numbers
    representation = component.representation
    written = representation.text_format if representation else None
    return booleans if written and written.data_type == "Boolean" else strings


def _by_language(texts: pa.Array) -> pa.Array:
    found = [None if text is None else _encoded(_one(text)) for text in texts.to_pylist()]
    return pa.array(found, pa.string())


def _one(text: str) -> Any:
    languages = texts_of(text)
    return languages[""] if languages.keys() == {""} else by_language(text)


def _lists(texts: pa.Array, *, multilingual: bool, as_numbers: bool) -> pa.Array:
    """Lists of one kind each, as the schemas want them."""

    def written(text: str) -> str:
        values = values_of(text)
        if as_numbers and all(map(_NUMBER.fullmatch, values)):
            return f"[{','.join(values)}]"
        return _encoded([by_language(value) for value in values] if multilingual else values)

    found = [None if text is None else written(text) for text in texts.to_pylist()]
    return pa.array(found, pa.string())


def _encoded(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
