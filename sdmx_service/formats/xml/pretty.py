"""A structure message laid out for people and for version control: one element a line."""

from __future__ import annotations

from lxml import etree

from sdmx_service.formats.xml.safe import parse_tree
from sdmx_service.model.limits import Limits


def indented(message: bytes) -> bytes:
    """The same message with line breaks between its elements; texts stay as they are."""
    root = parse_tree(message, Limits())
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"
