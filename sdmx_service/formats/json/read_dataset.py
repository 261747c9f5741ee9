"""What a data set of an SDMX-JSON message is reported for, and what its places mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sdmx_service.formats.json.outline import malformed, placed
from sdmx_service.formats.json.read_values import Component, component
from sdmx_service.model.message import Action, ResolveStructure, StructureUse
from sdmx_service.model.problem import Location, Refused, refuse
from sdmx_service.model.refs import ArtefactClass, Ref, parse_urn
from sdmx_service.model.structures import Attribute, Dimension, Measure

_ACTIONS = {
    None: Action.MERGE,
    "Merge": Action.MERGE,
    "Append": Action.MERGE,
    "Information": Action.MERGE,
    "Replace": Action.REPLACE,
    "Delete": Action.DELETE,
}
_USED = (
    ArtefactClass.DATAFLOW,
    ArtefactClass.PROVISION_AGREEMENT,
    ArtefactClass.DATA_STRUCTURE,
)
Components = tuple[Component, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSetPlan:
    """A data set and its components at each level, in the order of the message.

    ``every``: the dimensions of all levels, in the order of keys that name every one (ADR 14).
    ``constant``: what the data set says of all its rows. ``at``: its JSON pointer.
    """

    number: int
    at: str
    use: StructureUse
    action: Action
    declared_action: str | None
    series: Components
    observation: Components
    every: Components
    series_attributes: Components
    group_attributes: Components
    observed: Components
    constant: Mapping[str, str]

    @property
    def components(self) -> Iterator[Component]:
        """Every component but those of the whole data set."""
        yield from (*self.series, *self.observation, *self.series_attributes)
        yield from (*self.group_attributes, *self.observed)


def plan(
    number: int, stated: Any, structure: Any, resolve: ResolveStructure, *, old: bool, at: str
) -> DataSetPlan:
    """Interpret a data set and the structure it names; ``old``: of SDMX-JSON 1.0; ``at``: the
    JSON pointer of the structure.

    Raises Refused for a reference that is none or unknown, an unknown action, a broken structure.
    """
    place, here = Location(dataset=number + 1), f"/data/dataSets/{number}"
    for one, where in ((stated, here), (structure, at)):
        if not isinstance(one, dict):
            raise malformed("no object", at=where)
    ref = _reference(stated, structure, place)
    use = resolve(ref)
    if use is None:
        raise refuse("STRUCTURE_UNKNOWN", place, found=ref.short)
    action = stated.get("action")
    if action not in _ACTIONS:
        raise refuse("ACTION_UNKNOWN", place, found=str(action))
    levels = _Levels(structure, use, old, at)
    dimensions = {level: levels.dimensions(level) for level in ("dataSet", "series", "observation")}
    of_all = (*dimensions["dataSet"], *levels.attributes("dataSet"))
    given = [0] * len(dimensions["dataSet"]) + list(stated.get("attributes") or [])
    constant = _constant(of_all, given, f"{here}/attributes")
    return DataSetPlan(
        number=number,
        at=here,
        use=use,
        action=_ACTIONS[action],
        declared_action=action,
        series=dimensions["series"],
        observation=dimensions["observation"],
        every=tuple(item for level in dimensions.values() for item in level),
        series_attributes=levels.attributes("series"),
        group_attributes=levels.attributes("dimensionGroup"),
        observed=(*levels.measures(), *levels.attributes("observation")),
        constant=constant,
    )


def _constant(components: Sequence[Component], given: Sequence[Any], at: str) -> dict[str, str]:
    found = {}
    for position, (item, value) in enumerate(zip(components, given, strict=False)):
        try:
            found[item.id] = item.cells([value])[0].as_py()
        except Refused as refused:
            raise placed(refused, f"{at}/{position}") from refused
    return {name: text for name, text in found.items() if text is not None}


def _reference(stated: dict[str, Any], structure: dict[str, Any], place: Location) -> Ref:
    """The first link with the URN of something data are reported for."""
    links = [link for one in (stated, structure) for link in one.get("links") or []]
    urns = [link.get("urn") for link in links if isinstance(link, dict)]
    for urn in urns:
        try:
            ref = parse_urn(str(urn))
        except ValueError:
            continue
        if ref.artefact in _USED:
            return ref
    raise refuse("STRUCTURE_REFERENCE_MALFORMED", place, found=str(urns[0] if urns else ""))


@dataclass(frozen=True, slots=True)
class _Levels:
    """The components a structure of the message lists, level by level."""

    structure: dict[str, Any]
    use: StructureUse
    old: bool
    at: str

    def dimensions(self, level: str) -> Components:
        return self._components("dimensions", level)

    def attributes(self, level: str) -> Components:
        return self._components("attributes", level)

    def measures(self) -> Components:
        """Those listed; without the object, the one measure that need not be named."""
        if isinstance(self.structure.get("measures"), dict):
            return self._components("measures", "observation")
        names = self.use.layout.measures[:1]
        return tuple(self._component({"id": name}, False) for name in names)

    def _components(self, kind: str, level: str) -> Components:
        found = []
        for position, item in enumerate(self._stated(kind, level)):
            try:
                found.append(self._component(item, kind == "dimensions"))
            except Refused as refused:
                raise placed(refused, f"{self.at}/{kind}/{level}/{position}") from refused
        return tuple(found)

    def _stated(self, kind: str, level: str) -> list[Any]:
        levels = self.structure.get(kind) or {}
        found = levels.get(level) or [] if isinstance(levels, dict) else None
        if not isinstance(found, list):
            raise malformed("no list", at=f"{self.at}/{kind}/{level}")
        return found

    def _component(self, stated: Any, is_dimension: bool) -> Component:
        return component(
            stated, self.use.layout, old=self.old, coded=self._coded, always_listed=is_dimension
        )

    def _coded(self, name: str) -> bool:
        structure = self.use.data_structure
        every: tuple[Dimension | Measure | Attribute, ...] = (
            *structure.dimensions,
            *structure.measures,
            *structure.attributes,
        )
        return any(
            item.id == name
            and item.representation is not None
            and item.representation.enumeration is not None
            for item in every
        )
