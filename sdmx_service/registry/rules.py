"""Are the annotations that steer the hub well formed? Their meaning stands where they are used."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sdmx_service.access.gate import Tier
from sdmx_service.merge import declared
from sdmx_service.merge.declared import Declaration
from sdmx_service.model.problem import Location, Problem
from sdmx_service.model.structures import (
    Artefact,
    DataStructure,
    OrganisationScheme,
    ProvisionAgreement,
)
from sdmx_service.registry.index import Index
from sdmx_service.registry.policies import COUNTRY, PRECEDENCE, SHARING_TIER
from sdmx_service.registry.usage import chain_of, codelists_of, components_of

_COUNTRY = re.compile(r"^[A-Z]{2}$")
_RANK = re.compile(r"^-?\d+$")
_FORMS: dict[str, Callable[[str], object]] = {
    SHARING_TIER: lambda title: title in set(Tier),
    PRECEDENCE: _RANK.match,
}


def malformed_annotations(index: Index, artefact: Artefact, name: str) -> Iterator[Problem]:
    """Annotations of agreements and providers that cannot be followed, as RULE_MALFORMED; codes
    in them that no code list has, as CODE_UNKNOWN."""
    if isinstance(artefact, ProvisionAgreement):
        yield from _agreement(index, artefact, name)
    if isinstance(artefact, OrganisationScheme):
        for organisation in artefact.items:
            for title in organisation.about.titles(COUNTRY):
                if not _COUNTRY.match(title):
                    yield _malformed(f"{COUNTRY} {title}", f"{name}.{organisation.id}")


def _agreement(index: Index, agreement: ProvisionAgreement, name: str) -> Iterator[Problem]:
    for kind, sound in _FORMS.items():
        for title in agreement.about.titles(kind):
            if not sound(title):
                yield _malformed(f"{kind} {title}", name)
    for kind in declared.KINDS:
        for title in agreement.about.titles(kind):
            try:
                said = declared.declaration(kind, title)
            except ValueError:
                yield _malformed(f"{kind} {title}", name)
            else:
                yield from _codes(index, agreement, said, _malformed(title, name))
    missing = [kind for kind in declared.TOGETHER if not agreement.about.titles(kind)]
    if missing and len(missing) < len(declared.TOGETHER):
        yield _malformed(" ".join(missing), name)


def _codes(
    index: Index, agreement: ProvisionAgreement, said: Declaration, unknown: Problem
) -> Iterator[Problem]:
    """Codes that no code list has; ``unknown`` where the component itself is not there."""
    chain = chain_of(index, agreement.ref)
    structure = chain[-1] if chain else None
    if not said.component or not isinstance(structure, DataStructure):
        return
    codelist = codelists_of(index, structure).get(said.component)
    if said.component not in {entry.id for entry in components_of(structure)}:
        yield unknown
    if codelist is None or codelist.is_partial:
        return
    known = {code.id for code in codelist.items}
    for value in (*said.codes, *([said.total] if said.total else [])):
        if value not in known:
            arguments = {"value": value, "codelist": codelist.ref.short}
            yield Problem("CODE_UNKNOWN", arguments, Location(component=said.component))


def _malformed(found: str, artefact: str) -> Problem:
    return Problem("RULE_MALFORMED", {"found": found, "artefact": artefact})
