"""What any artefact, item or component may carry beside its own: names, annotations, links."""

from __future__ import annotations

from dataclasses import dataclass

from sdmx_service.model.text import LocalisedText


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Another resource about the same thing; ``relation`` says how it is related.

    ``uri`` is where people read of it; ``language`` is that of the resource.
    """

    relation: str
    url: str | None = None
    urn: str | None = None
    type: str | None = None
    uri: str | None = None
    language: str | None = None
    titles: LocalisedText = LocalisedText()


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """What is said beside the model: ``type`` names the kind, the rest is free.

    ``url`` is for readers of every language, ``urls`` are for those of one (SDMX 3.0); ``links``
    say more than an address (SDMX-JSON only).
    """

    type: str | None = None
    id: str | None = None
    title: str | None = None
    url: str | None = None
    value: str | None = None
    text: LocalisedText = LocalisedText()
    urls: LocalisedText = LocalisedText()
    links: tuple[Link, ...] = ()

    @property
    def addresses(self) -> tuple[tuple[str | None, str], ...]:
        """Every address with its language, None for all."""
        return (*(((None, self.url),) if self.url is not None else ()), *self.urls)

    @property
    def everywhere(self) -> tuple[Link, ...]:
        """Every address as a link to the annotation itself, and the links."""
        own = (
            Link(relation="self", url=url, language=language) for language, url in self.addresses
        )
        return (*own, *self.links)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Names, descriptions, annotations and validity: what every artefact and item may carry.

    ``valid_from`` and ``valid_to`` are the text of the message, on maintainable artefacts and
    hierarchical codes only; ``service_url``, ``structure_url``, ``is_partial_language`` on
    maintainable artefacts only: where the whole artefact is found, and whether languages lack.
    """

    names: LocalisedText = LocalisedText()
    descriptions: LocalisedText = LocalisedText()
    annotations: tuple[Annotation, ...] = ()
    links: tuple[Link, ...] = ()
    uri: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    service_url: str | None = None
    structure_url: str | None = None
    is_partial_language: bool = False

    def annotation(self, kind: str) -> Annotation | None:
        """The first annotation of this type, or None."""
        return next((note for note in self.annotations if note.type == kind), None)

    def titles(self, kind: str) -> list[str]:
        """The titles of all annotations of this type, in order; "" where one has none."""
        return [note.title or "" for note in self.annotations if note.type == kind]
