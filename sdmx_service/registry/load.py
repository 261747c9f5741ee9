"""Structure files of folders → artefacts. Reading formats is not done here."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sdmx_service.formats.base import StructureReader
from sdmx_service.formats.json import structures as json_structures
from sdmx_service.formats.xml import structures as xml_structures
from sdmx_service.model.limits import Limits
from sdmx_service.model.problem import Problem, Refused
from sdmx_service.model.structures import Artefact

_READERS: dict[str, StructureReader] = {
    ".json": json_structures.read,
    ".xml": xml_structures.read,
}
"""Reader by file name ending (SDMX-JSON structure messages, SDMX-ML 2.1 and 3.0)."""


def load_folders(folders: Iterable[Path], limits: Limits) -> tuple[Artefact, ...]:
    """Every artefact of the structure files under these folders, by folder and path.

    Raises Refused where a file cannot be read, its path in the problem's argument ``file``;
    FileNotFoundError where a folder is missing.
    """
    return tuple(
        artefact
        for folder in folders
        for path in _files(folder)
        for artefact in _read(path, limits)
    )


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise FileNotFoundError(folder)
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in _READERS)


def _read(path: Path, limits: Limits) -> tuple[Artefact, ...]:
    try:
        return _READERS[path.suffix.lower()](path.read_bytes(), limits).artefacts
    except Refused as refused:
        problem = refused.problem
        arguments = {**problem.arguments, "file": str(path)}
        raise Refused(Problem(problem.code, arguments, problem.location)) from refused
