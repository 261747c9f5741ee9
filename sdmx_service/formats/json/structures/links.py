"""Links of JSON objects, and the addresses that SDMX-ML has attributes for. No class is named."""

from __future__ import annotations

from typing import Any

from sdmx_service.model.problem import refuse
from sdmx_service.model.structures import Link

_LINK = {"href": "url", "urn": "urn", "type": "type"}
_OWN = {"serviceURL": "service_url", "structureURL": "structure_url"}
"""Relations of links that say what SDMX-ML has attributes for."""


def read_links(links: Any) -> dict[str, Any]:
    """The fields of ``About`` that links say. Raises ValueError where one is no link."""
    if not isinstance(links, list):
        raise ValueError("links")
    found = []
    said: dict[str, Any] = {}
    for link in links:
        if not isinstance(link, dict) or not all(isinstance(text, str) for text in link.values()):
            raise ValueError("links")
        relation = link.get("rel")
        if relation == "self":
            said.update({"uri": link["uri"]} if "uri" in link else {})
        elif relation in _OWN and link.keys() == {"rel", "href"}:
            said[_OWN[relation]] = link["href"]
        elif relation is None or link.keys() - {"rel", *_LINK}:
            raise ValueError("links")
        else:
            texts = {name: link[key] for key, name in _LINK.items() if key in link}
            found.append(Link(relation=relation, **texts))
    if found:
        said["links"] = tuple(found)
    return said


def write_links(value: Any, written: dict[str, Any]) -> None:
    """Add the links of a value to its object. Raises Refused: a link to nowhere."""
    about = value.about
    links = [{"href": about.uri, "rel": "self", "uri": about.uri}] if about.uri else []
    for relation, name in _OWN.items():
        address = getattr(about, name)
        links += [{"href": address, "rel": relation}] if address else []
    for link in about.links:
        if link.url is None and link.urn is None:
            raise refuse("FORMAT_CANNOT_CARRY", found="links")
        held = {key: getattr(link, name) for key, name in _LINK.items()}
        named = {key: text for key, text in held.items() if text is not None}
        links.append({"rel": link.relation, **named})
    if links:
        written["links"] = links
