"""Links of JSON objects, and the addresses that SDMX-ML has attributes for. No class is named."""

from __future__ import annotations

from typing import Any, Protocol

from sdmx_service.model.problem import refuse
from sdmx_service.model.structures import Link
from sdmx_service.model.text import LocalisedText

_LINK = {"href": "url", "urn": "urn", "type": "type", "uri": "uri", "hreflang": "language"}
_OWN = {"serviceURL": "service_url", "structureURL": "structure_url"}
"""Relations of links that say what SDMX-ML has attributes for."""


class Place(Protocol):
    """Where in a message we are."""

    @property
    def language(self) -> str: ...


def read_link(link: Any, language: str) -> Link:
    """A link; ``language`` is that of a title that does not say its own. Raises ValueError."""
    if not isinstance(link, dict) or link.keys() - {"rel", "title", "titles", *_LINK}:
        raise ValueError("links")
    titles = link.get("titles", {language: link["title"]} if "title" in link else {})
    if not isinstance(titles, dict):
        raise ValueError("links")
    said = {name: link[key] for key, name in _LINK.items() if key in link}
    texts = [link.get("title", ""), link.get("rel"), *said.values(), *titles.values()]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("links")
    return Link(relation=link["rel"], titles=LocalisedText.of(titles), **said)


def write_link(link: Link) -> dict[str, Any]:
    """The object of a link. Raises Refused: a link to nowhere."""
    if link.url is None and link.urn is None:
        raise refuse("FORMAT_CANNOT_CARRY", found="links")
    held = {key: getattr(link, name) for key, name in _LINK.items()}
    named = {key: text for key, text in held.items() if text is not None}
    if link.titles:
        named |= {"title": link.titles.texts[0][1], "titles": dict(link.titles)}
    return {"rel": link.relation, **named}


def read_links(links: Any, place: Place) -> dict[str, Any]:
    """The fields of ``About`` that links say. Raises ValueError where one is no link."""
    if not isinstance(links, list):
        raise ValueError("links")
    found = []
    said: dict[str, Any] = {}
    for link in links:
        made = read_link(link, place.language)
        if made.relation == "self":
            said.update({"uri": made.uri} if made.uri is not None else {})
        elif made.relation in _OWN and link.keys() == {"rel", "href"}:
            said[_OWN[made.relation]] = made.url
        else:
            found.append(made)
    if found:
        said["links"] = tuple(found)
    return said


def write_links(value: Any, written: dict[str, Any]) -> None:
    """Add the links of a value to its object. Raises Refused: a link to nowhere."""
    about = value.about
    links: list[dict[str, Any]] = []
    if about.uri:
        links.append({"href": about.uri, "rel": "self", "uri": about.uri})
    for relation, name in _OWN.items():
        address = getattr(about, name)
        links += [{"href": address, "rel": relation}] if address else []
    links += map(write_link, about.links)
    if links:
        written["links"] = links
