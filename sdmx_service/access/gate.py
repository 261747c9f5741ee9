"""The only way to stored observations: a query that has been authorised.

``authorise`` is the only maker of ``AuthorisedQuery``; every engine takes nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sdmx_service.access.principal import Principal, PrincipalKind
from sdmx_service.model.columns import Layout
from sdmx_service.model.query import ComponentFilter, Key, SortTerm


class Tier(StrEnum):
    """Who sees what an agreement publishes (annotation SHARING_TIER of the agreement)."""

    PUBLIC = "public"
    REGIONAL = "regional"
    NATIONAL = "national"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementPolicy:
    """What the registry says of a provision agreement.

    ``agreement`` is ``AGENCY:ID(VERSION)`` of its line (``model.versions.line_of``); ``rank`` is
    its precedence in its dataflow, the lowest wins (ties: by the text of ``agreement``).
    """

    agreement: str
    provider: str
    country: str | None
    tier: Tier
    rank: int = 0


@dataclass(frozen=True, slots=True)
class VisibleAgreement:
    """An agreement whose rows the caller sees, in order of precedence (lowest rank wins).

    ``masked``: rows whose CONF_STATUS is neither F nor absent, now or in the version shown, keep
    only key and OBS_STATUS Q.
    """

    agreement: str
    rank: int
    masked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which rows and columns the caller asks for, resolved against one layout.

    ``at``: the instant the data are seen at (UTC). ``updated_after``: only what changed in
    (updated_after, at]. ``include_history``: one or two slices for each change up to ``at``.
    ``components``: ids of the measures and attributes wanted; others come back null.
    ``observations`` False: series (and their attributes) only.
    ``offset`` and ``limit`` count observations, or series where ``observations`` is False.
    ``order``: terms to sort by, each component once; what they leave open is in key order, time
    last, ascending. They see masked values, and come before ``offset`` and ``limit``. Attributes of
    the data set order nothing, nor do values of observations where ``observations`` is False.
    """

    at: datetime
    keys: tuple[Key, ...] = ()
    filters: tuple[ComponentFilter, ...] = ()
    first_observations: int | None = None
    last_observations: int | None = None
    updated_after: datetime | None = None
    include_history: bool = False
    components: frozenset[str] | None = None
    observations: bool = True
    order: tuple[SortTerm, ...] = ()
    offset: int = 0
    limit: int | None = None


_SEAL = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorisedQuery:
    """A selection and the rows it may touch.

    Order of evaluation, for every engine: agreements (rights), precedence among visible rows,
    masks, ``selection``'s filters, first/last, order, offset and limit. ``now``: the instant
    at which rights and current CONF_STATUS are taken, whatever ``selection.at`` says.
    """

    layout: Layout
    agreements: tuple[VisibleAgreement, ...]
    selection: Selection
    now: datetime
    seal: object = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise TypeError("an AuthorisedQuery is made by access.gate.authorise only")


def authorise(
    principal: Principal,
    layout: Layout,
    selection: Selection,
    policies: Iterable[AgreementPolicy],
    *,
    now: datetime,
) -> AuthorisedQuery:
    """Keep of the policies' agreements those the principal sees, and mask what it may not."""
    ordered = sorted(policies, key=lambda policy: (policy.rank, policy.agreement))
    visible = tuple(
        VisibleAgreement(policy.agreement, policy.rank, not _owns(principal, policy))
        for policy in ordered
        if sees(principal, policy)
    )
    return AuthorisedQuery(
        layout=layout, agreements=visible, selection=selection, now=now, seal=_SEAL
    )


def sees(principal: Principal, policy: AgreementPolicy) -> bool:
    """Whether the principal sees rows of this agreement at all (DESIGN §5, tiers)."""
    if _owns(principal, policy) or policy.tier is Tier.PUBLIC:
        return True
    if policy.tier is Tier.REGIONAL:
        return principal.country is not None
    if policy.tier is Tier.NATIONAL:
        return principal.country is not None and principal.country == policy.country
    return False


def may_send(principal: Principal, policy: AgreementPolicy) -> bool:
    """Whether the principal may submit under this agreement: its own provider's only."""
    return principal.kind is not PrincipalKind.FOCAL_POINT and _owns(principal, policy)


def may_maintain(principal: Principal, agency: str) -> bool:
    """Whether the principal may change artefacts of an agency: its own, or one below it;
    the operator any."""
    if principal.kind is PrincipalKind.OPERATOR:
        return True
    if principal.kind is not PrincipalKind.AGENCY or principal.agency is None:
        return False
    return agency == principal.agency or agency.startswith(principal.agency + ".")


def _owns(principal: Principal, policy: AgreementPolicy) -> bool:
    return principal.provider is not None and principal.provider == policy.provider


def structure_scope(principal: Principal) -> str:
    """Which structures a principal sees, as a name: the same for everyone (ADR 3)."""
    del principal
    return "public"
