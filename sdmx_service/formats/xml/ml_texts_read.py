"""One value of a component in SDMX-ML 3.x: plain text, or Text elements by language.

Where the elements stand is known by who reads them (Comp elements, reported metadata).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sdmx_service.formats.xml.ml_open_dataset import OpenDataSet
from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.values import value_of

NAMED = "-"
"""What is read of a component without a value in a Delete: it names what is to go."""
_LANGUAGE = "http://www.w3.org/XML/1998/namespace lang"
_DEFAULT_LANGUAGE = "en"  # of common:Text, by the schema
_NO_LANGUAGE = "und"  # ISO 639-2: nobody said


def named(attributes: Sequence[str]) -> dict[str, str]:
    """Names and values that alternate, as expat gives them, by name."""
    return dict(zip(attributes[::2], attributes[1::2], strict=True))


class TextsReading:
    """The Text elements of one value of a component."""

    __slots__ = ("_component", "_dataset", "_language", "_texts")

    def __init__(self, dataset: OpenDataSet, component: str) -> None:
        self._dataset, self._component = dataset, component
        self._texts: dict[str, str] = {}
        self._language = ""

    def __bool__(self) -> bool:
        return bool(self._texts)

    def begin(self, attributes: Mapping[str, str]) -> None:
        language = attributes.get(_LANGUAGE, _DEFAULT_LANGUAGE)
        self._language = "" if language == _NO_LANGUAGE else language

    def end(self, text: str) -> None:
        """Raises Refused for a second text in one language."""
        if self._language in self._texts:
            place = Location(line=self._dataset.line(), component=self._component)
            reason = f"two texts in one language: {self._language}"
            raise refuse("XML_MALFORMED", place, reason=reason)
        self._texts[self._language] = text

    def value(self) -> str:
        """The texts as one value."""
        layout = self._dataset.plan.structure.layout
        if len(self._texts) == 1 and self._component not in layout.multilingual:
            # A component of one plain text says nothing by the language of the element.
            return next(iter(self._texts.values()))
        return value_of(self._texts)
