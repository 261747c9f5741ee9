"""What the start page shows: dataflows by category, with their addresses and providers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sdmx_service.model.query import StructureQuery
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import Categorisation, Category, CategoryScheme, Organisation
from sdmx_service.registry.registry import Registry
from sdmx_service.service.overview import Publication


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A dataflow as it is shown. ``csv``, ``xml``, ``json``, ``structure``: paths on this hub.
    ``updated``: a day (ISO 8601), empty where there is nothing to read."""

    id: str
    name: str
    description: str
    providers: tuple[str, ...]
    updated: str
    csv: str
    xml: str
    json: str
    structure: str


@dataclass(frozen=True, slots=True)
class Section:
    """A category and its dataflows; ``name`` empty for those in none."""

    name: str
    entries: tuple[Entry, ...]


def sections(
    registry: Registry, publications: Sequence[Publication], languages: Sequence[str]
) -> tuple[Section, ...]:
    """Dataflows under each category in the order of the schemes, then the rest."""
    shown = {entry.dataflow.ref: _entry(entry, languages) for entry in publications}
    filed = _filed(registry)
    found = [
        Section(
            category.about.names.best(languages),
            tuple(shown[ref] for ref in filed.get(target, ()) if ref in shown),
        )
        for target, category in _categories(registry)
    ]
    placed = {ref for refs in filed.values() for ref in refs}
    rest = Section("", tuple(entry for ref, entry in shown.items() if ref not in placed))
    return tuple(section for section in (*found, rest) if section.entries)


def example(shown: Sequence[Section]) -> Entry | None:
    """A dataflow to show how to read: the first with figures, else the first."""
    entries = [entry for section in shown for entry in section.entries]
    return next((entry for entry in entries if entry.updated), next(iter(entries), None))


def providers(
    publications: Sequence[Publication], languages: Sequence[str]
) -> tuple[tuple[str, str, int], ...]:
    """Id, name and number of dataflows of every provider with an agreement to show."""
    organisations: dict[str, Organisation] = {}
    counts: dict[str, int] = {}
    for entry in publications:
        for contribution in entry.contributions:
            organisation = contribution.provider
            organisations[organisation.id] = organisation
            counts[organisation.id] = counts.get(organisation.id, 0) + 1
    return tuple(
        (id_, name_of(organisations[id_], languages), counts[id_]) for id_ in sorted(organisations)
    )


def name_of(organisation: Organisation, languages: Sequence[str]) -> str:
    """Its name in the best language, its id where it has none."""
    return organisation.about.names.best(languages) or organisation.id


def _entry(publication: Publication, languages: Sequence[str]) -> Entry:
    flow, changed = publication.dataflow, publication.last_change
    ref = flow.ref
    version = ref.version or "1.0"
    v2 = f"/sdmx/v2/data/dataflow/{ref.agency}/{ref.id}/{version}"
    return Entry(
        id=ref.id,
        name=flow.about.names.best(languages) or ref.id,
        description=flow.about.descriptions.best(languages),
        providers=tuple(
            name_of(entry.provider, languages)
            for entry in publication.contributions
            if entry.last_change
        ),
        updated=changed.date().isoformat() if changed else "",
        csv=f"{v2}?format=csvdata",
        xml=f"/sdmx/v1/data/{ref.agency},{ref.id},{version}",
        json=f"{v2}?format=jsondata",
        structure=f"/sdmx/v1/dataflow/{ref.agency}/{ref.id}/{version}?references=descendants",
    )


def _filed(registry: Registry) -> dict[Ref, tuple[Ref, ...]]:
    """Category → the artefacts filed under it, of each line the newest."""
    filed: dict[Ref, tuple[Ref, ...]] = {}
    query = StructureQuery(classes=(ArtefactClass.CATEGORISATION,))
    for entry in registry.select(query).artefacts:
        if isinstance(entry, Categorisation):
            known, newest = filed.get(entry.target, ()), registry.newest(entry.source)
            filed[entry.target] = tuple(dict.fromkeys((*known, newest)))
    return filed


def _categories(registry: Registry) -> Iterator[tuple[Ref, Category]]:
    query = StructureQuery(classes=(ArtefactClass.CATEGORY_SCHEME,))
    for scheme in registry.select(query).artefacts:
        if isinstance(scheme, CategoryScheme):
            yield from _walk(scheme.ref, "", scheme.items)


def _walk(scheme: Ref, path: str, categories: Sequence[Category]) -> Iterator[tuple[Ref, Category]]:
    for category in categories:
        item = f"{path}{category.id}"
        yield (
            Ref(scheme.artefact, scheme.agency, scheme.id, scheme.version, item),
            category,
        )
        yield from _walk(scheme, f"{item}.", category.categories)
