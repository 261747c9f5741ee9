"""Components and query parameters of availability queries → AvailabilityQuery, both versions."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sdmx_service.model.query import AvailabilityMode, AvailabilityQuery, DataQuery
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.rest.data_parameters import read_row_parameters
from sdmx_service.rest.lexical import COMPONENT_ID, several, syntax
from sdmx_service.rest.querystring import read_parameters
from sdmx_service.rest.resources import V2_TYPES

PARAMETERS = frozenset(
    {"startPeriod", "endPeriod", "updatedAfter", "reportingYearStartDay", "references", "mode"}
)
REFERENCES: Mapping[str, tuple[ArtefactClass, ...]] = MappingProxyType(
    {
        word: V2_TYPES[word]
        for word in (
            "codelist",
            "conceptscheme",
            "dataflow",
            "dataproviderscheme",
            "datastructure",
            "valuelist",
        )
    }
)
"""Words of ``references`` beside ``none`` and ``all``, which is all of these."""


def read_availability_query(
    query: DataQuery, component: str | None, separator: str, every: str, raw_query: str
) -> AvailabilityQuery:
    """The query for the data of a path. Raises Refused.

    ``component``: the last part of the path, ids between separators, or the word for every one.
    Source: SDMX REST 2.2.2 and 1.5.0, "Data availability queries".
    """
    parameters = read_parameters(raw_query, PARAMETERS, filters=True)
    values = parameters.values
    words = [word for word in (component or every).split(separator) if word != every]
    mode = values.get("mode", AvailabilityMode.EXACT)
    if mode not in set(AvailabilityMode):
        raise syntax("mode", mode)
    return AvailabilityQuery(
        data=read_row_parameters(query, parameters),
        components=several(separator.join(words), separator, COMPONENT_ID, "componentID")
        if words
        else (),
        mode=AvailabilityMode(mode),
        references=_references(values.get("references", "none")),
    )


def _references(text: str) -> tuple[ArtefactClass, ...]:
    words = several(text, ",", COMPONENT_ID, "references")
    if not set(words) <= {*REFERENCES, "all", "none"} or ("none" in words and len(words) > 1):
        raise syntax("references", text)
    named = REFERENCES if "all" in words else words
    found = (entry for word in named if word != "none" for entry in REFERENCES[word])
    return tuple(dict.fromkeys(found))
