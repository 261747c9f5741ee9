"""What shapes of SDMX-JSON have in common: names and versions of artefacts, schemes of items."""

from __future__ import annotations

import re
from typing import Any

from sdmx_service.formats.json.structures.dialect import Dialect
from sdmx_service.formats.json.structures.engine import Codec, Member, Part, Place, Shape, bind
from sdmx_service.formats.json.structures.parts import BOOLEAN, TEXT, named
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import UNVERSIONED, ArtefactClass

_VERSION_OF_10 = re.compile(r"[0-9]+(\.[0-9]+)*")
PARTIAL = Member("isPartial", "is_partial", BOOLEAN, shown=bool)


def maintainable(
    dialect: Dialect, artefact: ArtefactClass, model: type[Any], *parts: Part, **fixed: str
) -> Codec:
    """The codec of an artefact: what all have, then its own parts; ``fixed`` says its kind."""
    unversioned = artefact in UNVERSIONED
    partial = Member("isPartialLanguage", "about.is_partial_language", BOOLEAN, shown=bool)
    members: tuple[Part, ...] = (
        Member("id", "ref.id", TEXT),
        Member("agencyID", "ref.agency", TEXT),
        *(() if unversioned else (Member("version", "ref.version", _version(dialect)),)),
        *named(dialect),
        Member("validFrom", "about.valid_from", TEXT),
        Member("validTo", "about.valid_to", TEXT),
        *((partial,) if dialect.is_21 else ()),
        *parts,
    )
    # isFinal: what the form of the version says since SDMX 3.0
    ignored = frozenset({"isExternalReference", "isFinal", *fixed})
    return bind(
        Shape(
            model,
            members,
            artefact,
            ignored | {"version"} if unversioned else ignored,
            complete=_first_version if dialect.is_10 and not unversioned else None,
            always=fixed,
        )
    )


def silent(codec: Codec, key: str) -> Codec:
    """The same, where ``false`` of a member says what its absence says."""

    def read(value: Any, place: Place) -> Any:
        if isinstance(value, dict) and value.get(key) is False:
            value = {name: held for name, held in value.items() if name != key}
        return codec.read(value, place)

    return Codec(read, codec.write)


def item_scheme(
    dialect: Dialect,
    artefact: ArtefactClass,
    model: type[Any],
    key: str,
    item: Codec,
    *parts: Part,
    **fixed: str,
) -> Codec:
    """The codec of a scheme: its items, then its own parts."""
    items = Member(key, "items", item, many=True)
    return maintainable(dialect, artefact, model, PARTIAL, items, *parts, **fixed)


def _version(dialect: Dialect) -> Codec:
    def write(version: str) -> str:
        if dialect.is_10 and not _VERSION_OF_10.fullmatch(version):
            raise refuse("FORMAT_CANNOT_CARRY", found=version)
        return version

    return Codec(TEXT.read, write)


def _first_version(_own: dict[str, Any], ref: dict[str, Any]) -> None:
    ref.setdefault("version", "1.0")
