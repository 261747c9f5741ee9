"""Values of an SDMX-JSON data message → texts as batches hold them, many at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from sdmx_service.formats.json.identifiers import name_of
from sdmx_service.formats.json.outline import malformed
from sdmx_service.formats.json.values import NO_LANGUAGE
from sdmx_service.model.columns import Layout
from sdmx_service.model.problem import Refused
from sdmx_service.model.values import cell_of, value_of

_NO_ID = re.compile(r"[^A-Za-z0-9_@$-]")


@dataclass(frozen=True, slots=True)
class Component:
    """A component as the message has it. ``values``: texts that its cells are places among, None
    where cells are the values themselves. ``multiple``, ``multilingual``: by its data structure.
    """

    id: str
    values: pa.Array | None
    multiple: bool
    multilingual: bool

    def cells(self, raw: Sequence[Any]) -> pa.Array:
        """The texts of cells, null for null. Raises Refused for what is no value of this one."""
        if self.values is None:
            return pa.array([self.text(value) for value in raw], pa.string())
        if any(isinstance(value, list) for value in raw):
            return pa.array([self._several(value) for value in raw], pa.string())
        try:
            places = pa.array(raw, pa.int64())
            return self.values.take(places)
        except (pa.ArrowInvalid, pa.ArrowTypeError, IndexError) as error:
            raise malformed(f"a value of {self.id} is none of its values", self.id) from error

    def takes(self, value: Any) -> bool:
        """Whether a cell may have this value."""
        try:
            self.cells([value])
        except Refused:
            return False
        return True

    def text(self, value: Any) -> str | None:
        """A value as text."""
        if isinstance(value, list):
            if not self.multiple and len(value) > 1:
                raise malformed(f"several values of {self.id}, which has one", self.id)
            texts = [self._one(one) for one in value if one is not None]
            return cell_of(texts) if texts else None
        return None if value is None else self._one(value)

    def _one(self, value: Any) -> str:
        if isinstance(value, dict):
            return self._by_language(value)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str | int | Decimal):
            return str(value)
        raise malformed(f"a value of {self.id} is a list within a list", self.id)

    def _by_language(self, texts: dict[str, Any]) -> str:
        said = {tag: text for tag, text in texts.items() if isinstance(text, str)}
        if len(said) < len(texts):
            raise malformed(f"a value of {self.id} is an object, but no texts by language", self.id)
        if self.multilingual:
            named = {"" if tag == NO_LANGUAGE else tag: text for tag, text in said.items()}
            return value_of({tag: text for tag, text in named.items() if text})
        if len(said) != 1:
            raise malformed(f"{self.id} in several languages, which has one text", self.id)
        return next(iter(said.values()))

    def _several(self, places: Any) -> str | None:
        """The cell of several places, where only some cells of a column have several."""
        if places is None:
            return None
        listed = places if isinstance(places, list) else [places]
        found = self.cells([place for place in listed if not isinstance(place, list)]).to_pylist()
        return self.text([text for text in found if text is not None])


def component(
    stated: Any,
    layout: Layout,
    *,
    old: bool,
    coded: Callable[[str], bool],
    always_listed: bool = False,
) -> Component:
    """A component from the structure of the message. ``old``: it is of SDMX-JSON 1.0;
    ``coded``: whether one of this name has a code list; ``always_listed``: it cannot be without
    values. Raises Refused where it has no id."""
    name = name_of(stated) if isinstance(stated, dict) else None
    if not isinstance(name, str):
        raise malformed("a component without id")
    plain = Component(name, None, name in layout.multiple, name in layout.multilingual)
    listed = stated.get("values")
    if listed is None and not always_listed:
        return plain
    if not isinstance(listed or [], list):
        raise malformed(f"the values of {name} are no list")
    texts = [_listed_text(value, plain, old=old, coded=coded(name)) for value in listed or []]
    values = pa.array(texts, pa.string())
    return Component(name, values, plain.multiple, plain.multilingual)


def _listed_text(value: Any, plain: Component, *, old: bool, coded: bool) -> str | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise malformed(f"a value of {plain.id} is no object")
    if "value" in value or "values" in value:
        return plain.text(value.get("value", value.get("values")))
    if old and not coded:
        return _named_text(value, plain)
    return plain.text(value.get("id", value.get("name")))


def _named_text(value: dict[str, Any], plain: Component) -> str | None:
    """The text of an uncoded value of SDMX-JSON 1.0: where it is no id, the name holds it."""
    if plain.multilingual and isinstance(value.get("names"), dict):
        return plain.text(value["names"])
    name, identifier = value.get("name"), value.get("id")
    is_name = isinstance(name, str) and _NO_ID.sub("_", name) == identifier
    return plain.text(name if is_name or identifier is None else identifier)
