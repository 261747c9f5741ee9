"""Flows of data and metadata, and who sends them."""

from __future__ import annotations

from dataclasses import dataclass

from sdmx_service.model.refs import Ref
from sdmx_service.model.structures.about import About


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataflow:
    """Data of one structure; a message may leave the structure out (of a stub).

    ``dimensions``: where not empty, the only ones of an evolving structure in use (SDMX 3.1).
    """

    ref: Ref
    structure: Ref | None = None
    about: About = About()
    dimensions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionAgreement:
    """Who sends which dataflow; ``data_provider`` is an item of a data provider scheme."""

    ref: Ref
    dataflow: Ref
    data_provider: Ref
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadataflow:
    """Reference metadata of one structure; ``targets`` are URNs, with wildcards, of what the
    metadata may be about."""

    ref: Ref
    structure: Ref | None = None
    targets: tuple[str, ...] = ()
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataProvisionAgreement:
    """Who sends which metadataflow, about what (URNs with wildcards)."""

    ref: Ref
    metadataflow: Ref
    metadata_provider: Ref
    targets: tuple[str, ...] = ()
    about: About = About()
