"""The structure files of the folders → the store: what is new comes in, nothing is overwritten
that someone maintains."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import Artefact
from sdmx_service.model.versions import is_stable
from sdmx_service.registry.content import artefact_of, kept
from sdmx_service.storage.structures_base import StructureStore

FOLDERS = "folders"
"""Principal of what was read from the folders."""


@dataclass(frozen=True, slots=True)
class Seeding:
    """``added`` and ``updated`` are in the store now; ``differing`` are there otherwise than in
    the folders and were left; ``deleted`` were deleted by their maintainers and stay so."""

    added: tuple[Ref, ...] = ()
    updated: tuple[Ref, ...] = ()
    differing: tuple[Ref, ...] = ()
    deleted: tuple[Ref, ...] = ()


def seed(structures: StructureStore, artefacts: Iterable[Artefact], at: datetime) -> Seeding:
    """Bring artefacts of the folders into the store in one transaction.

    A draft, legacy or unversioned artefact that came from the folders follows them; a stable one,
    and what someone has maintained since, stays as it is. Of two of one name the first counts.
    """
    given: dict[Ref, Artefact] = {}
    for artefact in artefacts:
        given.setdefault(artefact.ref, artefact)
    found = {ref: _standing(structures, artefact) for ref, artefact in given.items()}
    seeding = Seeding(
        *(
            tuple(ref for ref, standing in found.items() if standing == name)
            for name in ("added", "updated", "differing", "deleted")
        )
    )
    changes = [kept(given[ref]) for ref in (*seeding.added, *seeding.updated)]
    if changes:
        structures.publish(changes, FOLDERS, at)
    return seeding


def _standing(structures: StructureStore, artefact: Artefact) -> str:
    """How a folder's artefact stands to the store: a field of ``Seeding``, or ``same``."""
    states = structures.history(artefact.ref.urn)
    if not states:
        return "added"
    last = states[-1]
    if last.valid_to is not None:
        return "deleted"
    if artefact_of(last.content) == artefact:
        return "same"
    followed = last.principal == FOLDERS and not is_stable(artefact.ref.version)
    return "updated" if followed else "differing"
