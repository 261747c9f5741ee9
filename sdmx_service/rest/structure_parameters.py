"""Types, items, detail and references of structure queries, whichever version they come by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.query import Detail, References
from sdmx_service.model.refs import ITEM_CLASSES, ArtefactClass
from sdmx_service.model.structures import ConstraintRole
from sdmx_service.rest.data_parameters import read_instant
from sdmx_service.rest.lexical import ITEM_ID, several, syntax
from sdmx_service.rest.querystring import read_parameters
from sdmx_service.rest.resources import Types

PARAMETERS = frozenset({"detail", "references", "asOf"})
_ROLES = {
    "actualconstraint": ConstraintRole.ACTUAL,
    "allowedconstraint": ConstraintRole.ALLOWED,
}


@dataclass(frozen=True, slots=True)
class StructureParameters:
    """What the query string of a structure query asks for."""

    detail: Detail
    references: References
    also_references: tuple[References, ...]
    reference_classes: tuple[ArtefactClass, ...]
    reference_constraint_role: ConstraintRole | None
    as_of: datetime | None


def read_structure_parameters(raw_query: str, types: Types) -> StructureParameters:
    """Detail, references and instant of a query string. Raises Refused."""
    values = read_parameters(raw_query, PARAMETERS, filters=False).values
    as_of = read_instant(values["asOf"], "asOf") if "asOf" in values else None
    detail = values.get("detail", Detail.FULL.value)
    if detail not in set(Detail):
        raise syntax("detail", detail)
    words = tuple(dict.fromkeys(values.get("references", References.NONE.value).split(",")))
    general = tuple(References(word) for word in words if word in set(References))
    concrete = tuple(word for word in words if word not in set(References))
    classes = tuple(entry for word in concrete for entry in _named(word, types))
    return StructureParameters(
        Detail(detail),
        general[0] if general else References.NONE,
        general[1:],
        tuple(dict.fromkeys(classes)),
        constraint_role(concrete, types),
        as_of,
    )


def constraint_role(words: Sequence[str], types: Types) -> ConstraintRole | None:
    """The one role that the words for constraints among ``words`` name, or None for any."""
    roles = {
        _ROLES.get(word) for word in words if ArtefactClass.DATA_CONSTRAINT in types.get(word, ())
    }
    return roles.pop() if len(roles) == 1 else None


def artefact_classes(word: str, types: Types, parameter: str) -> tuple[ArtefactClass, ...]:
    """The classes of an artefact type in a path. Raises Refused where there can be none."""
    if word not in types:
        raise refuse("PATH_UNKNOWN", Location(parameter=parameter), found=word)
    if not types[word]:
        raise refuse("NO_RESULTS")
    return types[word]


def read_items(
    text: str, separator: str, every: str, classes: tuple[ArtefactClass, ...]
) -> tuple[str, ...]:
    """Item ids, empty = all. Only item schemes have items."""
    items = [item for item in text.split(separator) if item != every]
    if len(items) < len(text.split(separator)):
        return ()
    if not classes or not ITEM_CLASSES.keys() >= set(classes):
        raise syntax("itemID", text)
    return several(text, separator, ITEM_ID, "itemID")


def _named(word: str, types: Types) -> tuple[ArtefactClass, ...]:
    """The classes of an artefact type named by ``references``."""
    if word not in types:
        raise syntax("references", word)
    return types[word]
