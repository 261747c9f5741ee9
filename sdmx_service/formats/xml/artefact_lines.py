"""Where artefacts and their items stand in a structure message, for who has to mend it.

Asked only when something is wrong: reading does not keep lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from sdmx_service.formats.xml.safe import new_expat


@dataclass(frozen=True, slots=True)
class ArtefactPlace:
    """An artefact by the name of its element; ``items``: the last line of each id inside."""

    element: str
    agency: str
    id: str
    version: str | None
    line: int
    items: Mapping[str, int] = field(default_factory=dict)


def artefact_places(source: bytes) -> tuple[ArtefactPlace, ...]:
    """Every artefact of an SDMX-ML message that was read; nothing where it is no XML."""
    parser, found = new_expat(), list[ArtefactPlace]()
    inside: dict[str, int] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        element, line = name.rpartition(" ")[2], parser.CurrentLineNumber
        if "agencyID" in attributes and "id" in attributes and element != "Ref":
            inside = {}
            version = attributes.get("version")
            agency, id_ = attributes["agencyID"], attributes["id"]
            found.append(ArtefactPlace(element, agency, id_, version, line, inside))
        elif "id" in attributes:
            inside[attributes["id"]] = line

    parser.StartElementHandler = start
    try:
        parser.Parse(source, True)
    except expat.ExpatError:
        return ()
    return tuple(found)
