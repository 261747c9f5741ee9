"""Codecs of what every class is made of: texts, booleans, annotations, contacts, formats.

The same in SDMX-ML 2.1 and 3.0; what differs stands in ``references`` and ``shapes``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lxml import etree

from sdmx_service.formats.xml.structures.engine import (
    Attribute,
    Codec,
    Element,
    Put,
    Shape,
    Wrapper,
    check_attributes,
    unexpected,
)
from sdmx_service.formats.xml.structures.text import attribute_text, element_text
from sdmx_service.formats.xml.structures.writing import bind
from sdmx_service.model.problem import refuse
from sdmx_service.model.structures import Annotation, Contact, Link, SentinelValue, TextFormat
from sdmx_service.model.text import LocalisedText

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_DEFAULT_LANGUAGE = "en"  # of xml:lang, by the schema
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def content(element: etree._Element) -> str:
    """The text of an element that holds nothing else."""
    if len(element):
        raise unexpected(element[0])
    return element.text or ""


def _read_text(element: etree._Element) -> str:
    check_attributes(element)
    return content(element)


def _read_id(element: etree._Element) -> str:
    check_attributes(element)
    return content(element).strip()


def _write_text(put: Put, tag: str, value: str) -> None:
    put(f"<{tag}>{element_text(value)}</{tag}>")


def _read_localised(element: etree._Element) -> tuple[str, str]:
    language = element.get(_LANGUAGE)
    if len(element.attrib) > (language is not None):
        check_attributes(element, frozenset({_LANGUAGE}))
    return (language or _DEFAULT_LANGUAGE, content(element))


def _write_localised(put: Put, tag: str, value: tuple[str, str]) -> None:
    put(f'<{tag} xml:lang="{attribute_text(value[0])}">{element_text(value[1])}</{tag}>')


def localised_text(texts: list[tuple[str, str]]) -> LocalisedText:
    """Texts by language; an empty one says nothing. Raises Refused: a language twice."""
    languages = [language for language, _ in texts]
    twice = next((one for one in languages if languages.count(one) > 1), None)
    if twice is not None:
        raise refuse("XML_ELEMENT_UNEXPECTED", found=f"xml:lang={twice}")
    return LocalisedText.of(dict(texts))


def boolean(text: str) -> bool:
    """An xs:boolean. Raises ValueError."""
    if text.strip() not in _BOOLEANS:
        raise ValueError("Boolean")
    return _BOOLEANS[text.strip()]


def flag(element: etree._Element, name: str, *, default: bool) -> bool:
    """An attribute that is an xs:boolean. Raises Refused where it is none."""
    text = element.get(name)
    try:
        return default if text is None else boolean(text)
    except ValueError as error:
        raise unexpected(element, f"{etree.QName(element).localname}/@{name}") from error


def show_boolean(value: bool) -> str:
    return "true" if value else "false"


def show_true(value: bool) -> str | None:
    """Written only where it is true, for attributes whose default is false."""
    return "true" if value else None


def integer(text: str) -> int:
    if not text.strip().isdecimal():
        raise ValueError("Integer")
    return int(text)


TEXT = Codec(_read_text, _write_text)
ID = Codec(_read_id, _write_text)


def _read_address(element: etree._Element) -> tuple[str | None, str]:
    check_attributes(element, frozenset({_LANGUAGE}))
    return (element.get(_LANGUAGE), content(element).strip())


def _write_address(put: Put, tag: str, value: tuple[str | None, str]) -> None:
    language = "" if value[0] is None else f' xml:lang="{attribute_text(value[0])}"'
    put(f"<{tag}{language}>{element_text(value[1])}</{tag}>")


ADDRESS = Codec(_read_address, _write_address)
LOCALISED = Codec(_read_localised, _write_localised)


def texts(tag: str, field: str) -> Element:
    """Repeated elements, one a language, that are one field."""
    return Element(tag, field, LOCALISED, localised_text)


def annotated(shape: Shape, names: Mapping[str, str], field: str = "about.annotations") -> Wrapper:
    """The annotations of anything."""
    codec = bind(shape, names)
    return Wrapper("com:Annotations", (Element("com:Annotation", field, codec, tuple),))


def linked(names: Mapping[str, str], field: str = "about.links") -> Element:
    """The links of anything; one to itself repeats its name and is not kept."""
    return Element("com:Link", field, bind(LINK, names), _other_links)


def _other_links(links: list[Link]) -> tuple[Link, ...]:
    return tuple(link for link in links if link.relation != "self")


def annotation_shape(*, with_value: bool) -> Shape:
    """An annotation; SDMX-ML 2.1 knows no AnnotationValue and one address."""
    value = (Element("com:AnnotationValue", "value", TEXT),) if with_value else ()
    url = Element("com:AnnotationURL", "url", ID)
    if with_value:
        url = Element("com:AnnotationURL", "addresses", ADDRESS, tuple)
    return Shape(
        Annotation,
        attributes=(Attribute("id", "id"),),
        elements=(
            Element("com:AnnotationTitle", "title", TEXT),
            Element("com:AnnotationType", "type", TEXT),
            url,
            texts("com:AnnotationText", "text"),
            *value,
        ),
        dropped=frozenset({"url", "urls"}) if with_value else frozenset(),
        complete=_by_language,
    )


def _by_language(own: dict[str, Any], _ref: dict[str, Any]) -> None:
    """Addresses apart: the one of no language, and the others. Raises Refused: one twice."""
    addresses = own.pop("addresses", ())
    plain = [url for language, url in addresses if language is None]
    if len(plain) > 1:
        raise refuse("XML_ELEMENT_UNEXPECTED", found="AnnotationURL")
    if plain:
        own["url"] = plain[0]
    if len(addresses) > len(plain):
        own["urls"] = localised_text([one for one in addresses if one[0] is not None])


NAMED = (
    Element("com:Name", "about.names", LOCALISED, localised_text, empty=(_DEFAULT_LANGUAGE, "")),
    texts("com:Description", "about.descriptions"),
)
"""Names and descriptions; a name is asked for by the schema, an empty one says nothing."""

CONTACT = Shape(
    Contact,
    attributes=(Attribute("id", "id"),),
    elements=(
        texts("com:Name", "names"),
        texts("str:Department", "departments"),
        texts("str:Role", "roles"),
        Element("str:Telephone", "telephones", TEXT, tuple),
        Element("str:Fax", "faxes", TEXT, tuple),
        Element("str:X400", "x400s", TEXT, tuple),
        Element("str:URI", "uris", ID, tuple),
        Element("str:Email", "emails", TEXT, tuple),
    ),
)

LINK = Shape(
    Link,
    attributes=(
        Attribute("rel", "relation"),
        Attribute("url", "url"),
        Attribute("urn", "urn"),
        Attribute("type", "type"),
    ),
)

SENTINEL = Shape(
    SentinelValue,
    attributes=(Attribute("value", "value"),),
    elements=(texts("com:Name", "names"), texts("com:Description", "descriptions")),
)

TEXT_FORMAT = Shape(
    TextFormat,
    attributes=(
        Attribute("textType", "data_type"),
        Attribute("isSequence", "is_sequence", boolean, show_boolean),
        Attribute("interval", "interval"),
        Attribute("startValue", "start_value"),
        Attribute("endValue", "end_value"),
        Attribute("timeInterval", "time_interval"),
        Attribute("startTime", "start_time"),
        Attribute("endTime", "end_time"),
        Attribute("minLength", "min_length", integer, str),
        Attribute("maxLength", "max_length", integer, str),
        Attribute("minValue", "min_value"),
        Attribute("maxValue", "max_value"),
        Attribute("decimals", "decimals", integer, str),
        Attribute("pattern", "pattern"),
        Attribute("isMultiLingual", "is_multilingual", boolean, show_boolean),
    ),
)


def text_format(names: Mapping[str, str], *, sentinels: bool) -> Codec:
    """A text format; SDMX 2.1 knows no sentinel values."""
    if not sentinels:
        return bind(TEXT_FORMAT, names)
    values = Element("str:SentinelValue", "sentinel_values", bind(SENTINEL, names), tuple)
    return bind(replace(TEXT_FORMAT, elements=(values,)), names)
