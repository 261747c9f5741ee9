"""Types, items, detail and references of structure queries, whichever version they come by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.query import Detail, References
from sdmx_service.model.refs import ITEM_CLASSES, ArtefactClass
from sdmx_service.rest.data_parameters import read_instant
from sdmx_service.rest.lexical import ITEM_ID, several, syntax
from sdmx_service.rest.querystring import read_parameters
from sdmx_service.rest.resources import Types

PARAMETERS = frozenset({"detail", "references", "asOf"})


@dataclass(frozen=True, slots=True)
class StructureParameters:
    """What the query string of a structure query asks for."""

    detail: Detail
    references: References
    reference_classes: tuple[ArtefactClass, ...]
    as_of: datetime | None


def read_structure_parameters(raw_query: str, types: Types) -> StructureParameters:
    """Detail, references and instant of a query string. Raises Refused."""
    values = read_parameters(raw_query, PARAMETERS, filters=False).values
    as_of = read_instant(values["asOf"], "asOf") if "asOf" in values else None
    detail = values.get("detail", Detail.FULL.value)
    if detail not in set(Detail):
        raise syntax("detail", detail)
    references, classes = _references(values.get("references", References.NONE.value), types)
    return StructureParameters(Detail(detail), references, classes, as_of)


def artefact_classes(word: str, types: Types, parameter: str) -> tuple[ArtefactClass, ...]:
    """The classes of an artefact type in a path. Raises Refused where there are none."""
    if word not in types:
        raise refuse("PATH_UNKNOWN", Location(parameter=parameter), found=word)
    if not types[word]:
        raise refuse("NOT_IMPLEMENTED", Location(parameter=parameter), found=word)
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


def _references(text: str, types: Types) -> tuple[References, tuple[ArtefactClass, ...]]:
    words = tuple(dict.fromkeys(text.split(",")))
    general = [word for word in words if word in set(References)]
    classes = [entry for word in words if word not in general for entry in _named(word, types)]
    if len(general) > 1:
        location = Location(parameter="references")
        raise refuse("NOT_IMPLEMENTED", location, found=f"references={text}")
    references = References(general[0]) if general else References.NONE
    return references, tuple(dict.fromkeys(classes))


def _named(word: str, types: Types) -> tuple[ArtefactClass, ...]:
    """The classes of an artefact type named by ``references``."""
    if word not in types:
        raise syntax("references", word)
    if not types[word]:
        location = Location(parameter="references")
        raise refuse("NOT_IMPLEMENTED", location, found=f"references={word}")
    return types[word]
