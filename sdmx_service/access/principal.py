"""Who asks. Anonymous is a principal like any other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PrincipalKind(StrEnum):
    ANONYMOUS = "anonymous"
    PROVIDER = "provider"
    FOCAL_POINT = "focal point"
    HUB = "hub"
    AGENCY = "agency"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """``id`` names the credential (``MA_CNSS``, ``FOCAL_MA``); ``provider`` is the data provider
    it acts for, None where it acts for none; ``country`` is the COUNTRY of that provider or
    focal point, None for international providers and the public. ``agency``: the agency it
    maintains structures for (``AGENCY_MAGHREB.MA``), None where it maintains none."""

    id: str
    kind: PrincipalKind
    provider: str | None = None
    country: str | None = None
    agency: str | None = None


ANONYMOUS = Principal(id="anonymous", kind=PrincipalKind.ANONYMOUS)
OPERATOR = Principal(id="operator", kind=PrincipalKind.OPERATOR)
"""Who has the machine the hub runs on; no key names it."""
