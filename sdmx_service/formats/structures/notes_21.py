"""What structure sets of SDMX 2.1 say and no class of SDMX 3 does, as annotations of maps.

Values in, values out; ``maps`` and ``structure_sets`` use it. Decision: ADR 0016.
"""

from __future__ import annotations

from dataclasses import replace

from sdmx_service.model.structures import About, Annotation

RELATED = "RELATED_STRUCTURE"
"""Of what the set says: a structure it is about, by its URN as title."""
HYBRID = "HYBRID_CODELIST_MAP"
"""A map of codes that is a hybrid one in SDMX 2.1."""
EXTENSION = "STRUCTURE_MAP_EXTENSION"
"""A map whose target extends its source."""


def noting(about: About, *notes: Annotation) -> About:
    """The same with these annotations after its own."""
    return replace(about, annotations=(*about.annotations, *notes)) if notes else about


def apart(about: About, kind: str) -> tuple[About, tuple[Annotation, ...]]:
    """The same without the annotations of a type, and these."""
    found = tuple(note for note in about.annotations if note.type == kind)
    kept = tuple(note for note in about.annotations if note.type != kind)
    return replace(about, annotations=kept), found
