"""How components are called in SDMX-JSON data, where an id has no dots.

A metadata attribute that stands below another has its own id alone; whose child it is says the URN
of its link (ADR 11).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from sdmx_service.model.refs import Ref, parse_urn

_PART = "MetadataAttribute"


def identifier_of(name: str) -> str:
    """The id that stands in a message."""
    return name.rpartition(".")[2]


def links_of(path: str, metadata_structure: Ref) -> list[dict[str, str]]:
    """The link of a metadata attribute to what it is."""
    return [{"urn": replace(metadata_structure, item=path, part=_PART).urn, "rel": "self"}]


def name_of(stated: dict[str, Any]) -> Any:
    """The name of a component that a message states: its id, of a metadata attribute the path."""
    links = stated.get("links")
    for link in links if isinstance(links, list) else ():
        with suppress(ValueError):
            ref = parse_urn(str(link.get("urn")) if isinstance(link, dict) else "")
            if ref.part == _PART:
                return ref.item
    return stated.get("id")
