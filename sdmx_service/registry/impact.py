"""What a change of an artefact touches: everything that refers to it, at any distance."""

from __future__ import annotations

from collections.abc import Iterable

from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import Artefact
from sdmx_service.registry.index import index_of, ref_order


def impact_of(artefacts: Iterable[Artefact], changed: Iterable[Ref]) -> tuple[Ref, ...]:
    """References of what refers to any of these artefacts, directly or by way of others.

    Agencies are left out of the way: nearly everything refers to them.
    """
    index = index_of(artefacts)
    start = {found for ref in changed if (found := index.find(ref)) is not None}
    touched: set[Ref] = set()
    border = set(start)
    while border:
        border = {
            parent
            for ref in border
            for parent in index.parents[ref]
            if not ref.artefact.value.startswith("Agency")
        }
        border -= touched | start
        touched |= border
    return tuple(sorted(touched, key=ref_order))
