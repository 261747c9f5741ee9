"""Artefacts ↔ a folder that version control can hold: one artefact a file, always the same text.

``AGENCY/Class/ID-VERSION.xml`` in SDMX-ML 3.0, or whatever the store keeps the artefact in (then
``.json`` where that is SDMX-JSON); ``load`` reads it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sdmx_service.formats.json.pretty import indented as indented_json
from sdmx_service.formats.xml.pretty import indented
from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import Artefact
from sdmx_service.registry.content import content_of


def export_folder(artefacts: Iterable[Artefact], folder: Path) -> tuple[tuple[Path, ...], ...]:
    """Write a file for each artefact; one that says the same already is not touched.

    Returns the files there are now, and other structure files found in the folder, which stay.
    Raises Refused (FORMAT_CANNOT_CARRY).
    """
    written = []
    for artefact in artefacts:
        content, suffix = _text(content_of(artefact))
        path = folder / path_of(artefact.ref, suffix)
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        written.append(path)
    found = {path for path in folder.rglob("*") if path.suffix in (".xml", ".json")}
    return tuple(written), tuple(sorted(found - set(written)))


def _text(content: bytes) -> tuple[bytes, str]:
    """What is kept as people read it, and how the name of such a file ends."""
    if content.startswith(b"<"):
        return indented(content), ".xml"
    return indented_json(content), ".json"


def path_of(ref: Ref, suffix: str = ".xml") -> Path:
    """Where in the folder an artefact stands."""
    version = f"-{ref.version}" if ref.version else ""
    return Path(ref.agency) / ref.artefact.value / f"{ref.id}{version}{suffix}"
