"""Reads Metadata elements of SDMX-ML 3.x data: metadata attributes, some inside others.

The hub writes them as XML attributes and Comp elements (ADR 11); others may not.
"""

from __future__ import annotations

from dataclasses import dataclass

from sdmx_service.formats.xml.ml_open_dataset import OpenDataSet
from sdmx_service.formats.xml.ml_texts_read import NAMED, TextsReading, named
from sdmx_service.model.message import Action
from sdmx_service.model.values import cell_of

_ATTRIBUTE, _TEXT, _VALUE, _ANNOTATIONS = "Attribute", "Text", "Value", "Annotations"
_OF_SET = frozenset({"Link", "Name", "Description", "MetadataProvisionAgreement", "Metadataflow",
                     "Target", _ANNOTATIONS})  # fmt: skip
"""What a metadata set of SDMX-ML 3.0 says beside: what it is about is where it stands."""


@dataclass(slots=True)
class _Open:
    """A metadata attribute being read. ``bare``: it holds no other, and has no value so far."""

    path: str
    texts: TextsReading
    bare: bool = True


class MetadataReading:
    """A Metadata element being read; who reads the data set hands it what stands inside."""

    __slots__ = ("_begin", "_cells", "_dataset", "_inside", "_open", "_text")

    def __init__(self, dataset: OpenDataSet) -> None:
        self._dataset, self._begin = dataset, dataset.feed.offset()
        self._cells: dict[str, list[str]] = {}
        self._open: list[_Open] = []
        self._inside: list[str] = []
        self._text = ""

    @property
    def cells(self) -> dict[str, str]:
        """Path → the values given for it."""
        return {path: cell_of(values) for path, values in self._cells.items()}

    def start(self, name: str, attributes: list[str]) -> None:
        self._dataset.check_length(self._dataset.feed.offset() - self._begin)
        local, inside = name.rpartition(" ")[2], self._inside
        skipped = bool(inside) and inside[-1] not in (_ATTRIBUTE, _TEXT, _VALUE)
        beside = local in _OF_SET if not self._open else local == _ANNOTATIONS
        self._text = ""
        if not skipped and local == _ATTRIBUTE and (not inside or inside[-1] == _ATTRIBUTE):
            self._begin_attribute(named(attributes).get("id", ""))
        elif not skipped and local in (_TEXT, _VALUE) and inside[-1:] == [_ATTRIBUTE]:
            self._open[-1].texts.begin(named(attributes))
        elif not (skipped or beside):
            raise self._dataset.unexpected(local)
        inside.append("" if skipped or beside else local)

    def text(self, text: str) -> None:
        self._dataset.check_length(self._dataset.feed.offset() - self._begin)
        self._text += text

    def end(self) -> bool:
        """An element ends; True where it is the Metadata element itself."""
        if not self._inside:
            return True
        local = self._inside.pop()
        if local == _ATTRIBUTE:
            self._end_attribute(self._open.pop())
        elif local == _TEXT:
            self._open[-1].texts.end(self._text)
        elif local == _VALUE:
            self._give(self._open[-1], self._text)
        return False

    def _begin_attribute(self, identifier: str) -> None:
        above = self._open[-1] if self._open else None
        if above is not None:
            above.bare = False
        path = f"{above.path}.{identifier}" if above else identifier
        self._open.append(_Open(path, TextsReading(self._dataset, path)))

    def _end_attribute(self, ended: _Open) -> None:
        if ended.texts:
            self._give(ended, ended.texts.value())
        elif ended.bare and self._dataset.plan.action is Action.DELETE:
            self._give(ended, NAMED)

    def _give(self, to: _Open, value: str) -> None:
        to.bare = False
        self._cells.setdefault(to.path, []).append(value)
