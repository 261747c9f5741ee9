"""Raw query strings → parameters by name.

Frameworks read ``+`` as a space, SDMX does not: the raw string is taken apart here. What the
values mean stands in the modules of the parameters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sdmx_service.model.problem import Location, refuse
from sdmx_service.rest.lexical import COMPONENT_PATH, decode, syntax

EXTENSIONS = frozenset({"format", "formatVersion", "lang", "compression"})
"""Parameters of every resource that ask for a representation; they say nothing of the content.

Source: SDMX REST, "Tips for consumers": the documented, not normative, alternative to headers.
"""

_COMPONENT = re.compile(rf"c\[({COMPONENT_PATH.pattern})\]")


@dataclass(frozen=True, slots=True)
class Parameters:
    """Decoded values by parameter name, and of ``c[…]`` by component; each at most once."""

    values: Mapping[str, str]
    components: Mapping[str, str]


def read_parameters(raw_query: str, known: frozenset[str], *, filters: bool) -> Parameters:
    """The parameters of a query string; EXTENSIONS are accepted and left out.

    ``filters``: whether the resource has ``c[…]``. Raises Refused for a name that is not known,
    one given twice, and text that cannot be decoded.
    """
    values: dict[str, str] = {}
    components: dict[str, str] = {}
    for name, value in _pairs(raw_query):
        match = _COMPONENT.fullmatch(name) if filters else None
        if match is not None:
            _put(components, match[1], name, value)
        elif filters and (name == "c" or name.startswith("c[")):
            raise syntax("c", name)
        elif name in known or name in EXTENSIONS:
            _put(values, name, name, value)
        else:
            raise refuse("QUERY_PARAMETER_UNKNOWN", Location(parameter=name), found=name)
    content = {name: value for name, value in values.items() if name not in EXTENSIONS}
    return Parameters(content, components)


def read_extensions(raw_query: str) -> Mapping[str, str]:
    """The parameters of EXTENSIONS that a query string holds, whatever else it holds."""
    found: dict[str, str] = {}
    for name, value in _pairs(raw_query):
        if name in EXTENSIONS:
            _put(found, name, name, value)
    return found


def _pairs(raw_query: str) -> Iterator[tuple[str, str]]:
    for piece in raw_query.split("&"):
        if piece:
            raw_name, _, raw_value = piece.partition("=")
            name = decode(raw_name, raw_name)
            yield name, decode(raw_value, name)


def _put(target: dict[str, str], key: str, parameter: str, value: str) -> None:
    if key in target:
        raise syntax(parameter, value)
    target[key] = value
