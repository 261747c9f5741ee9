"""Who maintains, provides and receives: organisations, their schemes and contacts."""

from __future__ import annotations

from dataclasses import dataclass

from sdmx_service.model.refs import Ref
from sdmx_service.model.structures.about import About
from sdmx_service.model.text import LocalisedText


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    id: str | None = None
    names: LocalisedText = LocalisedText()
    departments: LocalisedText = LocalisedText()
    roles: LocalisedText = LocalisedText()
    telephones: tuple[str, ...] = ()
    faxes: tuple[str, ...] = ()
    x400s: tuple[str, ...] = ()
    uris: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An agency, provider, consumer or unit, by the scheme it stands in; units have parents."""

    id: str
    about: About = About()
    contacts: tuple[Contact, ...] = ()
    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationScheme:
    """A scheme of agencies, providers, consumers or units; ``ref.artefact`` says which."""

    ref: Ref
    about: About = About()
    items: tuple[Organisation, ...] = ()
    is_partial: bool = False
