"""``referencepartial``: of the item schemes referred to, only the items in use.

Source: SDMX REST 2.2.2, parameter ``detail``.
"""

from __future__ import annotations

from collections.abc import Iterable

from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    Artefact,
    Categorisation,
    Codelist,
    ConceptScheme,
    DataConstraint,
    DataStructure,
    OrganisationScheme,
    ProvisionAgreement,
)
from sdmx_service.registry.constraints import allowed_codes, constraints_of
from sdmx_service.registry.detail import ITEM_SCHEMES, with_items, with_parents
from sdmx_service.registry.index import Index, agency_item, references
from sdmx_service.registry.usage import chain_of, codelists_of

_USERS = (DataStructure, ProvisionAgreement, DataConstraint, Categorisation)
"""Classes that refer to items of item schemes, code lists apart."""


def only_used(
    index: Index, matched: dict[Ref, Artefact], related: dict[Ref, Artefact]
) -> dict[Ref, Artefact]:
    """``related`` with its item schemes reduced to what the other artefacts use.

    Code lists that only concepts left out refer to are left out as well. A scheme of which no
    artefact at hand says what it uses stays whole.
    """
    rest = [entry for entry in related.values() if not isinstance(entry, ITEM_SCHEMES)]
    shown = (*matched.values(), *rest)
    reduced = {ref: _with_used_items(index, entry, shown) for ref, entry in related.items()}
    codes = _used_codes(index, matched, shown)
    kept = _codelists_in_use(index, (*shown, *reduced.values()))
    return {
        ref: _with_codes(entry, codes.get(ref)) if isinstance(entry, Codelist) else entry
        for ref, entry in reduced.items()
        if not isinstance(entry, Codelist) or ref in kept
    }


def _with_used_items(index: Index, scheme: Artefact, shown: tuple[Artefact, ...]) -> Artefact:
    if isinstance(scheme, Codelist) or not isinstance(scheme, ITEM_SCHEMES):
        return scheme
    used = {
        ref.item
        for ref in _item_references(scheme, shown)
        if ref.item and index.find(ref) == scheme.ref
    }
    if isinstance(scheme, ConceptScheme):
        asked = {artefact.ref for artefact in shown if isinstance(artefact, Codelist)}
        used |= {
            concept.id
            for concept in scheme.items
            if concept.core_representation
            and concept.core_representation.enumeration
            and index.find(concept.core_representation.enumeration) in asked
        }
    return with_items(scheme, used) if used else scheme


def _item_references(scheme: Artefact, shown: tuple[Artefact, ...]) -> Iterable[Ref]:
    if isinstance(scheme, OrganisationScheme) and (
        scheme.ref.artefact is ArtefactClass.AGENCY_SCHEME
    ):
        agencies = (agency_item(artefact.ref.agency) for artefact in shown)
        return [agency for agency in agencies if agency]
    return [
        ref for artefact in shown if isinstance(artefact, _USERS) for ref in references(artefact)
    ]


def _used_codes(
    index: Index, matched: dict[Ref, Artefact], shown: tuple[Artefact, ...]
) -> dict[Ref, set[str]]:
    """Codes in use by code list: those the constraints of what was asked for leave."""
    codes: dict[Ref, set[str]] = {}
    for usage, structure in _usages(index, matched, shown):
        constraints = constraints_of(index, usage)
        for component, codelist in codelists_of(index, structure).items():
            known = {code.id: code for code in codelist.items}
            allowed = allowed_codes(constraints, component, known)
            codes.setdefault(codelist.ref, set()).update(with_parents(codelist, allowed))
    return codes


def _usages(
    index: Index, matched: dict[Ref, Artefact], shown: tuple[Artefact, ...]
) -> list[tuple[Ref, DataStructure]]:
    """What was asked for, with its data structure; of what is shown where nothing was."""
    for artefacts in (matched.values(), shown):
        found = []
        for artefact in artefacts:
            chain = chain_of(index, artefact.ref)
            if chain and isinstance(chain[-1], DataStructure):
                found.append((artefact.ref, chain[-1]))
        if found:
            return found
    return []


def _codelists_in_use(index: Index, artefacts: Iterable[Artefact]) -> set[Ref]:
    found = (index.find(ref) for artefact in artefacts for ref in references(artefact))
    return {ref for ref in found if ref is not None and ref.artefact is ArtefactClass.CODELIST}


def _with_codes(codelist: Codelist, used: set[str] | None) -> Artefact:
    return codelist if used is None else with_items(codelist, used)
