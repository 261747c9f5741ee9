"""The only maker of XML parsers: no DTD, no entity, no network, limited depth and tag size."""

from __future__ import annotations

from typing import Any, NoReturn
from xml.parsers import expat

from lxml import etree

from sdmx_service.model.limits import Limits
from sdmx_service.model.problem import Location, refuse


def new_expat(encoding: str | None = None) -> Any:
    """A namespace-aware expat parser (names are ``uri local``) that refuses any DTD.

    The caller counts depth and feeds it; ``refuse_malformed`` turns its errors into problems.
    """
    parser = expat.ParserCreate(encoding, namespace_separator=" ")
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = lambda *_: _refuse_dtd(parser.CurrentLineNumber)
    return parser


def refuse_malformed(error: expat.ExpatError) -> NoReturn:
    """Raise the problem an expat error stands for."""
    place = Location(line=error.lineno, column=error.offset + 1)
    reason = expat.errors.messages.get(error.code, str(error))
    raise refuse("XML_MALFORMED", place, reason=reason) from error


def parse_tree(source: bytes, limits: Limits) -> etree._Element:
    """Parse a whole message into a tree, for structures; comments and instructions left out."""
    _check(source, limits)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:
        place = Location(line=error.lineno, column=error.offset)
        raise refuse("XML_MALFORMED", place, reason=str(error.msg)) from error


def _check(source: bytes, limits: Limits) -> None:
    """Walk the text once with expat, which holds nothing, before a tree is built of it."""
    parser, depth = new_expat(), 0

    def start(_name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > limits.xml_depth:
            place = Location(line=parser.CurrentLineNumber)
            raise refuse("XML_TOO_DEEP", place, limit=limits.xml_depth)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    if len(source) > limits.message_bytes:
        raise refuse("MESSAGE_TOO_LARGE", limit=limits.message_bytes)
    try:
        parser.Parse(source, True)
    except expat.ExpatError as error:
        refuse_malformed(error)


def _refuse_dtd(line: int) -> NoReturn:
    raise refuse("XML_DTD", Location(line=line))
