"""structures load, export: folders ↔ a hub."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sdmx_service.access.principal import OPERATOR
from sdmx_service.app import build_hub
from sdmx_service.cli.options import REJECTED, Key, Language
from sdmx_service.cli.settings import chosen_settings, free_data
from sdmx_service.cli.show import err, fail, out, refusals
from sdmx_service.cli.structure_source import TIMEOUT, file_artefacts, hub_artefacts, readable
from sdmx_service.client.connection import Connection
from sdmx_service.client.transfer import send_structures
from sdmx_service.formats.table import STRUCTURE_WRITERS
from sdmx_service.i18n.render import render
from sdmx_service.i18n.words import word
from sdmx_service.model.maintenance import ArtefactOutcome, Became, MaintenanceAction
from sdmx_service.model.message import Header
from sdmx_service.model.structures import Artefact, StructureMessage
from sdmx_service.registry.check import name_of
from sdmx_service.registry.folder import export_folder
from sdmx_service.service.maintain import maintain

HubUrl = Annotated[
    str | None,
    typer.Option("--url", help="A running hub; without it the data folder of one that is stopped."),
]
Action = Annotated[
    MaintenanceAction, typer.Option(help="What to do where an artefact is there already.")
]


def load(
    language: Language,
    sources: Annotated[
        list[Path], typer.Argument(help="Structure files, or folders of them.", exists=True)
    ],
    action: Action = MaintenanceAction.REPLACE,
    url: HubUrl = None,
    key: Key = None,
) -> None:
    """Bring structures into a hub, all of them or none.

    With --url as the agency of your key, without it as the operator of this machine.
    Exit code: 0 loaded, 1 where an artefact is at fault, 2 where a file cannot be read.

    Example: [bold]sdmx-service structures load my-codelists --url https://hub.example --key …[/]
    """
    artefacts = [entry for source in sources for entry in file_artefacts(source, language)]
    if not load_artefacts(artefacts, action, url, key, language):
        raise typer.Exit(REJECTED)


def load_artefacts(
    artefacts: list[Artefact],
    action: MaintenanceAction,
    url: str | None,
    key: str | None,
    language: str,
) -> bool:
    """Load artefacts and show what became of each; whether they were taken."""
    if not artefacts:
        fail("There are no structures in there.")
    message = StructureMessage(artefacts=tuple(artefacts))
    if url is not None:
        return _send(message, action, url, key, language)
    hub = build_hub(free_data())
    try:
        with readable(language):
            outcomes = maintain(hub, OPERATOR, message, action)
    finally:
        hub.store.close()
    for outcome in outcomes:
        _show(outcome, language)
    return all(outcome.became is not Became.FAILED for outcome in outcomes)


def _send(
    message: StructureMessage, action: MaintenanceAction, url: str, key: str | None, language: str
) -> bool:
    header = Header(id="LOAD", sender=chosen_settings().sender)
    with readable(language):
        content = STRUCTURE_WRITERS["sdmx-ml-3.0-structure"](header, message)
    with refusals(), Connection(url, key, language, TIMEOUT) as hub:
        taken, results = send_structures(hub, content, action.value)
    for result in results:
        texts = [told["texts"][language] for told in result["statusMessage"]["messages"]]
        urn = result["submittedStructure"]["urn"].rpartition(".")[2]
        out.print(f"{urn}: {' '.join(texts)}", highlight=False, markup=False, soft_wrap=True)
    return taken


def _show(outcome: ArtefactOutcome, language: str) -> None:
    texts = [render(problem, language) for problem in outcome.problems]
    said = [f"{text.title}. {text.detail} {text.remedy}" for text in texts]
    if outcome.became is not Became.FAILED:
        said.insert(0, word(f"maintenance.{outcome.became.value}", language))
    text = f"{name_of(outcome.ref)}: {' '.join(said)}"
    out.print(text, highlight=False, markup=False, soft_wrap=True)


def export(
    language: Language,
    folder: Annotated[Path, typer.Argument(help="Made where it is not there.", file_okay=False)],
    agency: Annotated[str | None, typer.Option(help="This agency and those below it only.")] = None,
    url: HubUrl = None,
    key: Key = None,
) -> None:
    """Write every artefact of a hub into a folder for version control, one file each.

    The files are the same where nothing changed; load reads them back.

    Example: [bold]sdmx-service structures export structures --url http://127.0.0.1:8000[/]
    """
    artefacts = [
        entry
        for entry in hub_artefacts(url, key, language)
        if agency is None or f"{entry.ref.agency}.".startswith(f"{agency}.")
    ]
    with readable(language), refusals():
        written, others = export_folder(artefacts, folder)
    for path in others:
        err.print(f"Not of this hub: {path}", markup=False, soft_wrap=True)
    err.print(f"{len(written)} artefacts in {folder}", markup=False)
