"""Are the annotations that steer the hub well formed? Their meaning stands where they are used."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sdmx_service.access.gate import Tier
from sdmx_service.model.problem import Location, Problem
from sdmx_service.model.structures import (
    About,
    Artefact,
    DataStructure,
    OrganisationScheme,
    ProvisionAgreement,
)
from sdmx_service.registry.index import Index
from sdmx_service.registry.policies import COUNTRY, PRECEDENCE, SHARING_TIER
from sdmx_service.registry.usage import chain_of, codelists_of, components_of

AGGREGATE_OVER = "AGGREGATE_OVER"
"""Annotation of an agreement: ``DIMENSION:CODE,CODE>CODE``, the codes summed and their total."""
AGGREGATE_FROM = "AGGREGATE_FROM"
"""Annotation of an agreement: ``DIMENSION:CODE>CODE``, what is read and how the result is named."""
AGGREGATE_WHERE = "AGGREGATE_WHERE"
"""Annotation of an agreement: ``COMPONENT:CODE,CODE``, what the inputs must say."""
AGGREGATE_MINIMUM = "AGGREGATE_MINIMUM"
"""Annotation of an agreement: how many of the codes must be there for a total."""
AGGREGATE_SET = "AGGREGATE_SET"
"""Annotation of an agreement: ``COMPONENT=CODE``, what the total's component says."""

_CODES = r"[A-Za-z0-9_@$-]+"
_OVER = re.compile(rf"^(?P<component>\w+):(?P<codes>{_CODES}(?:,{_CODES})*>{_CODES})$")
_WHERE = re.compile(rf"^(?P<component>\w+):(?P<codes>{_CODES}(?:,{_CODES})*)$")
_SET = re.compile(rf"^(?P<component>\w+)=(?P<codes>{_CODES})$")
_COUNTRY = re.compile(r"^[A-Z]{2}$")
_MINIMUM = re.compile(r"^[1-9]\d*$")
_RANK = re.compile(r"^-?\d+$")

_FORMS: dict[str, Callable[[str], object]] = {
    SHARING_TIER: lambda title: title in set(Tier),
    PRECEDENCE: _RANK.match,
    AGGREGATE_MINIMUM: _MINIMUM.match,
    AGGREGATE_OVER: _OVER.match,
    AGGREGATE_FROM: _OVER.match,
    AGGREGATE_WHERE: _WHERE.match,
    AGGREGATE_SET: _SET.match,
}
_TOGETHER = (AGGREGATE_OVER, AGGREGATE_FROM, AGGREGATE_MINIMUM)
"""Annotations that say nothing without each other."""


def malformed_annotations(index: Index, artefact: Artefact, name: str) -> Iterator[Problem]:
    """Annotations of agreements and providers that cannot be followed, as RULE_MALFORMED; codes
    in them that no code list has, as CODE_UNKNOWN."""
    if isinstance(artefact, ProvisionAgreement):
        yield from _agreement(index, artefact, name)
    if isinstance(artefact, OrganisationScheme):
        for organisation in artefact.items:
            for title in _titles(organisation.about, COUNTRY):
                if not _COUNTRY.match(title):
                    yield _malformed(f"{COUNTRY} {title}", f"{name}.{organisation.id}")


def _agreement(index: Index, agreement: ProvisionAgreement, name: str) -> Iterator[Problem]:
    for kind, sound in _FORMS.items():
        for title in _titles(agreement.about, kind):
            if not sound(title):
                yield _malformed(f"{kind} {title}", name)
            elif kind in (AGGREGATE_OVER, AGGREGATE_FROM, AGGREGATE_WHERE, AGGREGATE_SET):
                yield from _codes(index, agreement, title, name)
    missing = [kind for kind in _TOGETHER if not _titles(agreement.about, kind)]
    if missing and len(missing) < len(_TOGETHER):
        yield _malformed(" ".join(missing), name)


def _codes(index: Index, agreement: ProvisionAgreement, title: str, name: str) -> Iterator[Problem]:
    match = _OVER.match(title) or _WHERE.match(title) or _SET.match(title)
    chain = chain_of(index, agreement.ref)
    structure = chain[-1] if chain else None
    if match is None or not isinstance(structure, DataStructure):
        return
    component = match["component"]
    codelist = codelists_of(index, structure).get(component)
    if component not in {entry.id for entry in components_of(structure)}:
        yield _malformed(title, name)
    if codelist is None or codelist.is_partial:
        return
    known = {code.id for code in codelist.items}
    for value in re.split("[,>]", match["codes"]):
        if value not in known:
            arguments = {"value": value, "codelist": codelist.ref.short}
            yield Problem("CODE_UNKNOWN", arguments, Location(component=component))


def _titles(about: About, kind: str) -> list[str]:
    return [note.title or "" for note in about.annotations if note.type == kind]


def _malformed(found: str, artefact: str) -> Problem:
    return Problem("RULE_MALFORMED", {"found": found, "artefact": artefact})
