"""JSON codecs of what every class is made of: texts, numbers, references, annotations, formats."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sdmx_service.formats.json.structures.dialect import Dialect
from sdmx_service.formats.json.structures.engine import (
    Codec,
    Links,
    Member,
    Part,
    Place,
    Shape,
    Texts,
    bind,
    unexpected,
)
from sdmx_service.formats.json.structures.links import read_link, write_link
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import (
    UNVERSIONED,
    ArtefactClass,
    Ref,
    parse_urn,
    parse_urn_of_21,
)
from sdmx_service.model.structures import Annotation, Contact, Link
from sdmx_service.model.text import LocalisedText


def _typed(kind: type[Any]) -> Callable[[Any, Place], Any]:
    def read(value: Any, _place: Place) -> Any:
        if type(value) is not kind:
            raise ValueError(kind.__name__)
        return value

    return read


def _read_number(value: Any, _place: Place) -> str:
    if type(value) not in (int, Decimal):
        raise ValueError("number")
    return str(value)


def _write_number(text: str) -> int | float:
    """JSON has numbers only as values, not as they were written: 12.50 becomes 12.5."""
    try:
        return int(text) if text.strip("+-").isdigit() else float(text)
    except ValueError as error:
        raise refuse("FORMAT_CANNOT_CARRY", found=text) from error


def _same(value: Any) -> Any:
    return value


def unwritten(_value: Any) -> bool:
    """What tells a member that is only read: a name of it in another version, which some use."""
    return False


TEXT = Codec(_typed(str), _same)
BOOLEAN = Codec(_typed(bool), _same)
INTEGER = Codec(_typed(int), _same)
NUMBER = Codec(_read_number, _write_number)


def usage(yes: str = "mandatory", no: str = "optional") -> Codec:
    """Whether a component must have a value, in the words of a version."""
    words = {yes: True, no: False}

    def read(value: Any, _place: Place) -> bool:
        if not isinstance(value, str) or value not in words:
            raise ValueError(value)
        return words[value]

    return Codec(read, lambda mandatory: yes if mandatory else no)


Classes = ArtefactClass | tuple[ArtefactClass, ...] | None
"""What a reference may name: one class, one of several, or anything."""


def reference(
    artefact: Classes = None, *, item: bool = False, parse: Callable[[str], Ref] = parse_urn
) -> Codec:
    """A URN; ``item``: of an item of a scheme."""
    allowed = artefact if isinstance(artefact, tuple) or artefact is None else (artefact,)

    def read(value: Any, _place: Place) -> Ref:
        if not isinstance(value, str):
            raise ValueError("urn")
        try:
            ref = parse(value)
        except ValueError as error:
            raise refuse("STRUCTURE_REFERENCE_MALFORMED", found=value) from error
        if allowed and (ref.artefact not in allowed or (ref.item is not None) != item):
            raise refuse("STRUCTURE_REFERENCE_MALFORMED", found=value)
        return ref

    def write(ref: Ref) -> str:
        nameless = ref.version is None and ref.artefact not in UNVERSIONED
        if nameless or (allowed and ref.artefact not in allowed):
            raise refuse("FORMAT_CANNOT_CARRY", found=f"{ref.artefact}={ref.short}")
        return ref.urn

    return Codec(read, write)


def any_reference(dialect: Dialect) -> Codec:
    """The URN of anything; in 1.0 also of a hierarchy in a hierarchical code list."""
    return reference(parse=parse_urn_of_21 if dialect.is_10 else parse_urn)


def _read_link(value: Any, place: Place) -> Link:
    """A link of an annotation; where it goes may be all it says."""
    if isinstance(value, dict) and "rel" not in value:
        value = {"rel": "self", **value}
    return read_link(value, place.language)


def _by_language(own: dict[str, Any], _ref: dict[str, Any]) -> None:
    """Apart: the address of no language, those of one, and links that say more.

    Raises Refused: a language twice.
    """
    every: tuple[Link, ...] = own.pop("everywhere", ())
    plain = {one: one.language for one in every if _is_address(one)}
    if len(set(plain.values())) < sum(map(_is_address, every)):
        raise refuse("JSON_MEMBER_UNEXPECTED", found="annotations/links")
    addresses = {language: one.url for one, language in plain.items()}
    if None in addresses:
        own["url"] = addresses.pop(None)
    if addresses:
        own["urls"] = LocalisedText.of(addresses)  # type: ignore[arg-type]
    own["links"] = tuple(one for one in every if one not in plain)


def _is_address(link: Link) -> bool:
    bare = Link(relation="self", url=link.url, language=link.language)
    return link == bare and link.url is not None


def _annotation(dialect: Dialect) -> Codec:
    """SDMX-JSON 1.0 knows no value of an annotation."""
    value = () if dialect.is_10 else (Member("value", "value", TEXT),)
    return bind(
        Shape(
            Annotation,
            (
                Member("id", "id", TEXT),
                Member("title", "title", TEXT),
                Member("type", "type", TEXT),
                *value,
                Texts("text", "texts", "text"),
                Member("links", "everywhere", Codec(_read_link, write_link), many=True),
            ),
            complete=_by_language,
            dropped=frozenset({"url", "urls", "links"}),
        )
    )


def annotated(dialect: Dialect, field: str = "about.annotations") -> Member:
    """The annotations of anything; SDMX-JSON 1.0 knows no value of them."""
    return Member("annotations", field, _annotation(dialect), many=True)


def listed(dialect: Dialect, name: str) -> tuple[Part, ...]:
    """What is said of a list of components, in fields of what holds it."""
    links = Codec(_read_other_links, lambda held: [write_link(link) for link in held])
    return (
        annotated(dialect, f"{name}_annotations"),
        Member("links", f"{name}_links", links, shown=bool),
    )


def _read_other_links(value: Any, place: Place) -> tuple[Link, ...]:
    """Links, without those to itself, which repeat a name."""
    if not isinstance(value, list):
        raise unexpected(place)
    links = tuple(read_link(link, place.language) for link in value)
    return tuple(link for link in links if link.relation != "self")


def named(dialect: Dialect) -> tuple[Part, ...]:
    """Names, descriptions, annotations and links."""
    return (
        Texts("name", "names", "about.names", needed=True),
        Texts("description", "descriptions", "about.descriptions"),
        annotated(dialect),
        Links(),
    )


def item(dialect: Dialect, model: type[Any], *parts: Part) -> Codec:
    """An item, or anything else that is named inside an artefact."""
    return bind(Shape(model, (Member("id", "id", TEXT), *named(dialect), *parts)))


def identified(dialect: Dialect, model: type[Any], *parts: Part) -> Codec:
    """What has an id, annotations and links, and no name."""
    beside = (Member("id", "id", TEXT), annotated(dialect), Links())
    return bind(Shape(model, (*beside, *parts)))


def annotable(dialect: Dialect, model: type[Any], *parts: Part) -> Codec:
    """What has annotations and neither id nor name."""
    return bind(Shape(model, (annotated(dialect), *parts)))


def contact(dialect: Dialect) -> Codec:
    """How an organisation is reached; SDMX-JSON 1.0 gives contacts no id."""
    own = () if dialect.is_10 else (Member("id", "id", TEXT),)
    return bind(
        Shape(
            Contact,
            (
                *own,
                Texts("name", "names", "names"),
                Texts("department", "departments", "departments"),
                Texts("role", "roles", "roles"),
                Member("telephones", "telephones", TEXT, many=True),
                Member("faxes", "faxes", TEXT, many=True),
                Member("x400s", "x400s", TEXT, many=True),
                Member("uris", "uris", TEXT, many=True),
                Member("emails", "emails", TEXT, many=True),
            ),
        )
    )
