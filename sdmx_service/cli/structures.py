"""structures …: check the files here; the other commands stand in modules of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sdmx_service.cli import structures_comparing, structures_importing, structures_moving
from sdmx_service.cli.options import REJECTED, Language
from sdmx_service.cli.settings import chosen_settings
from sdmx_service.cli.show import fail, out, show_report
from sdmx_service.i18n.render import render
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.problem import Refused
from sdmx_service.registry.check import check_structures
from sdmx_service.registry.load import load_folders

app = typer.Typer(help="Structures: files and folders, and what a hub holds.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Structures: files and folders, and what a hub holds."""


for command in (
    structures_moving.load,
    structures_moving.export,
    structures_comparing.diff,
    structures_comparing.impact,
):
    app.command()(command)
app.command("import")(structures_importing.import_)


@app.command()
def check(
    language: Language,
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Folders of SDMX-ML files; by default those of the settings.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
) -> None:
    """Check structure files before a hub is started with them.

    References that lead nowhere, missing translations, codes without parent, versions.
    Exit code: 0 sound (warnings may be shown), 1 with errors, 2 where a file cannot be read.

    Example: [bold]sdmx-service structures check codelists dsd dataflows[/]
    """
    settings = chosen_settings()
    chosen = tuple(folders or settings.structures)
    try:
        artefacts = load_folders(chosen, settings.limits)
    except Refused as refusal:
        text = render(refusal.problem, language)
        file = refusal.problem.arguments.get("file", "")
        fail(f"{file}: {text.title} {text.detail} {text.remedy}")
    except FileNotFoundError as error:
        fail(f"There is no folder {error}")
    problems = ProblemCollector(settings.limits.samples)
    check_structures(artefacts, problems)
    report = problems.report()
    if report.problems:
        show_report(report, language)
    out.print(f"{len(artefacts)} artefacts, {report.errors} errors, {report.warnings} warnings")
    if report.errors:
        raise typer.Exit(REJECTED)
