"""Reads Comp elements of SDMX-ML 3.x: the values of one component, as a cell of its column.

``model.values`` says how a cell holds several values or languages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sdmx_service.formats.xml.ml_dataset import XSI_TYPE
from sdmx_service.formats.xml.ml_open_dataset import OpenDataSet
from sdmx_service.formats.xml.ml_texts_read import NAMED, TextsReading, named
from sdmx_service.formats.xml.ml_versions import component_of_type
from sdmx_service.model.message import Action
from sdmx_service.model.values import cell_of

_SKIPPED = "Annotations"
_PATHS = (["Value"], ["Value", "Text"])


class CompReading:
    """A Comp being read; who reads the data set hands it what stands inside."""

    __slots__ = ("_begin", "_dataset", "_path", "_text", "_texts", "_values", "component")

    def __init__(self, dataset: OpenDataSet, attributes: Sequence[str]) -> None:
        self.component = _component(named(attributes), dataset)
        self._dataset, self._begin = dataset, dataset.feed.offset()
        self._path: list[str] = []
        self._values: list[str] = []
        self._texts = TextsReading(dataset, self.component)
        self._text = ""

    @property
    def cell(self) -> str:
        """The values; none at all still names, in a Delete, what is to go."""
        if not self._values and self._dataset.plan.action is Action.DELETE:
            return NAMED
        return cell_of(self._values)

    def start(self, name: str, attributes: list[str]) -> None:
        self._dataset.check_length(self._dataset.feed.offset() - self._begin)
        local, path = name.rpartition(" ")[2], self._path
        path.append(local)
        if path[0] != _SKIPPED and path not in _PATHS:
            raise self._dataset.unexpected(local)
        self._text = ""
        if local == "Text":
            self._texts.begin(named(attributes))

    def text(self, text: str) -> None:
        self._dataset.check_length(self._dataset.feed.offset() - self._begin)
        self._text += text

    def end(self) -> bool:
        """An element ends; True where it is the Comp itself."""
        if not self._path:
            return True
        local = self._path.pop()
        if local == "Text" and self._path == ["Value"]:
            self._texts.end(self._text)
        elif local == "Value" and not self._path:
            self._values.append(self._texts.value() if self._texts else self._text)
            self._texts = TextsReading(self._dataset, self.component)
        return False


def _component(given: Mapping[str, str], dataset: OpenDataSet) -> str:
    """Its id, or the path of the metadata attribute that its type names."""
    name, path = given.get("id", ""), component_of_type(given.get(XSI_TYPE, ""))
    if path == name or path not in dataset.plan.structure.layout.metadata_attributes:
        return name
    return path
