"""Reads Comp elements of SDMX-ML 3.x: the values of one component, as a cell of its column.

``model.values`` says how a cell holds several values or languages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sdmx_service.formats.xml.ml_dataset import XSI_TYPE
from sdmx_service.formats.xml.ml_open_dataset import OpenDataSet
from sdmx_service.formats.xml.ml_versions import component_of_type
from sdmx_service.model.message import Action
from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.values import cell_of, value_of

_LANGUAGE = "http://www.w3.org/XML/1998/namespace lang"
_DEFAULT_LANGUAGE = "en"  # of common:Text, by the schema
_NO_LANGUAGE = "und"  # ISO 639-2: nobody said
_NAMED = "-"
_SKIPPED = "Annotations"
_PATHS = (["Value"], ["Value", "Text"])


class CompReading:
    """A Comp being read; who reads the data set hands it what stands inside."""

    __slots__ = (
        "_begin",
        "_dataset",
        "_language",
        "_path",
        "_text",
        "_texts",
        "_values",
        "component",
    )

    def __init__(self, dataset: OpenDataSet, attributes: Sequence[str]) -> None:
        given = dict(zip(attributes[::2], attributes[1::2], strict=True))
        self.component = _component(given, dataset)
        self._dataset, self._begin = dataset, dataset.feed.offset()
        self._path: list[str] = []
        self._values: list[str] = []
        self._texts: dict[str, str] = {}
        self._text = self._language = ""

    @property
    def cell(self) -> str:
        """The values; none at all still names, in a Delete, what is to go."""
        if not self._values and self._dataset.plan.action is Action.DELETE:
            return _NAMED
        return cell_of(self._values)

    def start(self, name: str, attributes: list[str]) -> None:
        self._dataset.check_length(self._dataset.feed.offset() - self._begin)
        local, path = name.rpartition(" ")[2], self._path
        path.append(local)
        if path[0] != _SKIPPED and path not in _PATHS:
            raise self._dataset.unexpected(local)
        self._text = ""
        if local == "Text":
            given = dict(zip(attributes[::2], attributes[1::2], strict=True))
            language = given.get(_LANGUAGE, _DEFAULT_LANGUAGE)
            self._language = "" if language == _NO_LANGUAGE else language

    def text(self, text: str) -> None:
        self._dataset.check_length(self._dataset.feed.offset() - self._begin)
        self._text += text

    def end(self) -> bool:
        """An element ends; True where it is the Comp itself."""
        if not self._path:
            return True
        local = self._path.pop()
        if local == "Text" and self._path == ["Value"]:
            self._add_text()
        elif local == "Value" and not self._path:
            self._values.append(self._value())
            self._texts = {}
        return False

    def _value(self) -> str:
        if not self._texts:
            return self._text
        layout = self._dataset.plan.structure.layout
        if len(self._texts) == 1 and self.component not in layout.multilingual:
            # A component of one plain text says nothing by the language of the element.
            return next(iter(self._texts.values()))
        return value_of(self._texts)

    def _add_text(self) -> None:
        if self._language in self._texts:
            place = Location(line=self._dataset.line(), component=self.component)
            reason = f"two texts in one language: {self._language}"
            raise refuse("XML_MALFORMED", place, reason=reason)
        self._texts[self._language] = self._text


def _component(given: Mapping[str, str], dataset: OpenDataSet) -> str:
    """Its id, or the path of the metadata attribute that its type names."""
    path = component_of_type(given.get(XSI_TYPE, ""))
    return (
        path if path in dataset.plan.structure.layout.metadata_attributes else given.get("id", "")
    )
