"""Code lists that extend others, with the codes they inherit. No queries and no checks.

Source: SDMX 3.0 technical notes, "Codelist extension and discriminated unions".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import (
    Cascade,
    Code,
    Codelist,
    CodelistExtension,
    CodeSelection,
    GeoFeatureSetCode,
    GeographicCodelist,
    GeoGridCode,
    GeoGridCodelist,
)

if TYPE_CHECKING:
    from sdmx_service.registry.index import Index

CodeScheme = Codelist | GeographicCodelist | GeoGridCodelist
CODE_SCHEMES = (Codelist, GeographicCodelist, GeoGridCodelist)
"""The classes of ``CodeScheme``, for isinstance."""
AnyCode = Code | GeoFeatureSetCode | GeoGridCode


def resolved(index: Index, codelist: CodeScheme) -> CodeScheme:
    """The code list with the codes of those it extends, and without extensions.

    Inherited codes come first, in the order of the references. Of two codes of one id that of
    the later reference counts, the list's own above all. An inherited code keeps its parent where
    that comes from the same reference; both get its prefix. A list that extends itself inherits
    nothing on the way back to it.
    """
    return _resolved(index, codelist, ())


def codes_below(codes: Iterable[AnyCode], roots: Iterable[str]) -> set[str]:
    """Ids of the codes that stand under any of the roots, at any depth."""
    children: dict[str, list[str]] = {}
    for code in codes:
        if code.parent is not None:
            children.setdefault(code.parent, []).append(code.id)
    found: set[str] = set()
    border = list(roots)
    while border:
        border = [child for root in border for child in children.get(root, ())]
        border = [child for child in border if child not in found]
        found |= set(border)
    return found


def matching(ids: Iterable[str], value: str) -> set[str]:
    """The ids that a value names: itself, or by the wildcard ``%`` several."""
    if "%" not in value:
        return {value} & set(ids)
    pattern = re.compile(".*".join(map(re.escape, value.split("%"))), re.DOTALL)
    return {one for one in ids if pattern.fullmatch(one)}


def _resolved(index: Index, codelist: CodeScheme, above: tuple[Ref, ...]) -> CodeScheme:
    if not codelist.extensions or codelist.ref in above:
        return replace(codelist, extensions=())
    own = len(codelist.extensions)
    found: dict[str, tuple[int, AnyCode]] = {}
    for place, extension in enumerate(codelist.extensions):
        for code in _inherited(index, extension, (*above, codelist.ref)):
            found[code.id] = (place, _of_kind(codelist, code))
    found |= {code.id: (own, code) for code in codelist.items}
    codes = tuple(
        code if place == own or found.get(code.parent or "", (place,))[0] == place
        else replace(code, parent=None)
        for place, code in found.values()
    )  # fmt: skip
    return replace(codelist, items=codes, extensions=())  # type: ignore[arg-type]


def _inherited(
    index: Index, extension: CodelistExtension, above: tuple[Ref, ...]
) -> Iterator[AnyCode]:
    """The codes taken from a list that is extended, with the prefix."""
    found = index.find(extension.codelist)
    extended = index.artefacts[found] if found else None
    if not isinstance(extended, CODE_SCHEMES):
        return
    codes = _resolved(index, extended, above).items
    wanted = _selected(codes, extension.selection)
    prefix = extension.prefix or ""
    for code in codes:
        if code.id in wanted:
            parent = prefix + code.parent if code.parent in wanted else None
            yield replace(code, id=prefix + code.id, parent=parent)


def _selected(codes: tuple[AnyCode, ...], selection: CodeSelection | None) -> set[str]:
    known = {code.id for code in codes}
    if selection is None:
        return known
    named: set[str] = set()
    for member in selection.members:
        roots = matching(known, member.value)
        if member.cascade is not Cascade.NO:
            named |= codes_below(codes, roots)
        if member.cascade is not Cascade.BELOW:
            named |= roots
    return named if selection.include else known - named


def _of_kind(codelist: CodeScheme, code: AnyCode) -> AnyCode:
    """A code of a geographic list, in a plain one, is a code without a place."""
    if isinstance(codelist, Codelist) and not isinstance(code, Code):
        return Code(id=code.id, about=code.about, parent=code.parent)
    return code
