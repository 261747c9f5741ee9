"""Who publishes what for whom, as the annotations of agreements and providers say it.

The policy itself stands in ``access``; here it is only read from the structures.
"""

from __future__ import annotations

from collections.abc import Iterable

from sdmx_service.access.gate import AgreementPolicy, Tier
from sdmx_service.access.principal import Principal, PrincipalKind
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    About,
    Artefact,
    Organisation,
    OrganisationScheme,
    ProvisionAgreement,
)
from sdmx_service.model.versions import line_of
from sdmx_service.registry.index import Index

SHARING_TIER = "SHARING_TIER"
"""Annotation of an agreement: who reads it (``public``, ``regional``, ``national``, ``own``)."""
PRECEDENCE = "PRECEDENCE"
"""Annotation of an agreement: its rank in its dataflow, an integer; the lowest wins."""
COUNTRY = "COUNTRY"
"""Annotation of a data provider: its country; international ones have none."""
FOCAL_PREFIX = "FOCAL_"
"""Start of a focal point's id; its country follows."""
AGENCY_PREFIX = "AGENCY_"
"""Start of the id of who maintains an agency's structures; the agency's full id follows."""
_TOP = "SDMX"
"""The agency whose scheme lists agencies without a parent."""


def title_of(about: About, kind: str) -> str | None:
    """The title of the first annotation of this type, or None."""
    note = about.annotation(kind)
    return note.title.strip() if note and note.title else None


def provider_of(index: Index, ref: Ref) -> Organisation | None:
    """The data provider that an item of a data provider scheme names."""
    found = index.find(ref)
    scheme = index.artefacts.get(found) if found else None
    if not isinstance(scheme, OrganisationScheme):
        return None
    return next((entry for entry in scheme.items if entry.id == ref.item), None)


def policy_of(index: Index, agreement: ProvisionAgreement) -> AgreementPolicy:
    """What the registry says of an agreement; what is malformed or unsaid takes the strictest."""
    provider = provider_of(index, agreement.data_provider)
    return AgreementPolicy(
        agreement=line_of(agreement.ref).short,
        provider=agreement.data_provider.item or "",
        country=title_of(provider.about, COUNTRY) if provider else None,
        tier=_tier(title_of(agreement.about, SHARING_TIER)),
        rank=_rank(title_of(agreement.about, PRECEDENCE)),
    )


def principal_of(artefacts: Iterable[Artefact], principal_id: str) -> Principal:
    """Who stands behind an id: a data provider, or the focal point of a provider's country.

    The provider named like the agency that maintains its scheme is the hub itself. An id that
    begins with ``AGENCY_`` is an agency's. Raises ValueError where there is no such provider,
    country or agency.
    """
    artefacts = tuple(artefacts)
    agency = principal_id.removeprefix(AGENCY_PREFIX)
    if agency != principal_id and agency in agencies_of(artefacts):
        return Principal(id=principal_id, kind=PrincipalKind.AGENCY, agency=agency)
    schemes = [
        artefact
        for artefact in artefacts
        if isinstance(artefact, OrganisationScheme)
        and artefact.ref.artefact is ArtefactClass.DATA_PROVIDER_SCHEME
    ]
    for scheme in schemes:
        for provider in scheme.items:
            if provider.id == principal_id:
                hub = provider.id == scheme.ref.agency
                return Principal(
                    id=principal_id,
                    kind=PrincipalKind.HUB if hub else PrincipalKind.PROVIDER,
                    provider=principal_id,
                    country=title_of(provider.about, COUNTRY),
                )
    return _focal_point(schemes, principal_id)


def principal_ids(artefacts: Iterable[Artefact]) -> tuple[str, ...]:
    """Every id a key can be given for: data providers, focal points, agencies."""
    artefacts = tuple(artefacts)
    found = _countries(artefacts)
    focal = sorted(FOCAL_PREFIX + country for country in {*found.values()} if country)
    return (*found, *focal, *(AGENCY_PREFIX + agency for agency in agencies_of(artefacts)))


def agencies_of(artefacts: Iterable[Artefact]) -> tuple[str, ...]:
    """Full ids of the agencies: who maintains an agency scheme, and whom it lists; sorted."""
    found = set()
    for scheme in artefacts:
        if scheme.ref.artefact is ArtefactClass.AGENCY_SCHEME:
            assert isinstance(scheme, OrganisationScheme)
            above = scheme.ref.agency
            found |= {above, *(_below(above, agency.id) for agency in scheme.items)}
    return tuple(sorted(found))


def _below(above: str, agency: str) -> str:
    return agency if above == _TOP else f"{above}.{agency}"


def providers_of(artefacts: Iterable[Artefact], country: str) -> tuple[str, ...]:
    """Ids of the data providers of a country."""
    return tuple(name for name, found in _countries(artefacts).items() if found == country)


def _countries(artefacts: Iterable[Artefact]) -> dict[str, str | None]:
    """Data provider id → its country."""
    return {
        provider.id: title_of(provider.about, COUNTRY)
        for scheme in artefacts
        if isinstance(scheme, OrganisationScheme)
        and scheme.ref.artefact is ArtefactClass.DATA_PROVIDER_SCHEME
        for provider in scheme.items
    }


def _focal_point(schemes: list[OrganisationScheme], principal_id: str) -> Principal:
    countries = {
        title_of(provider.about, COUNTRY) for scheme in schemes for provider in scheme.items
    }
    country = principal_id.removeprefix(FOCAL_PREFIX)
    if not principal_id.startswith(FOCAL_PREFIX) or country not in countries:
        raise ValueError(principal_id)
    return Principal(id=principal_id, kind=PrincipalKind.FOCAL_POINT, country=country)


def _tier(title: str | None) -> Tier:
    return Tier(title) if title in set(Tier) else Tier.OWN


def _rank(title: str | None) -> int:
    try:
        return int(title or 0)
    except ValueError:
        return 0
