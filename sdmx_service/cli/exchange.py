"""push, validate, status: what a producer does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import JustifyMethod
from rich.table import Table

from sdmx_service.cli.options import DEFAULT_URL, REJECTED, Key, Language, Url
from sdmx_service.cli.show import out, refusals, show_outcome, upload_progress
from sdmx_service.client import Client, Outcome

Files = Annotated[
    list[Path],
    typer.Argument(help="SDMX-CSV or SDMX-ML messages; .gz is fine.", exists=True, dir_okay=False),
]


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    for command in (push, validate, status):
        app.command()(command)


def push(
    files: Files,
    language: Language,
    url: Url = DEFAULT_URL,
    key: Key = None,
    release_at: Annotated[
        str | None,
        typer.Option(help="Hidden from others until then: 2027-01-15T09:00:00+01:00."),
    ] = None,
    supersede: Annotated[
        bool, typer.Option("--supersede", help="Replace figures of yours that wait for release.")
    ] = False,
) -> None:
    """Send data messages to a hub. Each is taken whole or not at all.

    A rejected message changes nothing: correct what the report names and send it again.
    Exit code: 0 all accepted, 1 some rejected, 2 refused or not readable.

    Example: [bold]sdmx-service push permits-2026.csv --url https://hub.example[/]
    """
    with refusals(), Client(url, key, language) as hub:
        outcomes = []
        for path in files:
            with upload_progress(path) as progress:
                outcome = hub.push(
                    path, release_at=release_at, supersede=supersede, progress=progress
                )
            show_outcome(path, outcome)
            outcomes.append(outcome)
    _leave(outcomes)


def validate(files: Files, language: Language, url: Url = DEFAULT_URL, key: Key = None) -> None:
    """Ask the hub what it would say of messages; nothing is kept.

    Every check runs that runs on sending, also those against figures waiting for release.
    Exit code: 0 all would be accepted, 1 some rejected, 2 refused or not readable.

    Example: [bold]sdmx-service validate permits-2026.csv --language en[/]
    """
    with refusals(), Client(url, key, language) as hub:
        outcomes = []
        for path in files:
            with upload_progress(path) as progress:
                outcome = hub.validate(path, progress=progress)
            show_outcome(path, outcome)
            outcomes.append(outcome)
    _leave(outcomes)


def status(
    language: Language,
    submission: Annotated[
        str | None, typer.Argument(help="Id of a submission; without it, your latest are listed.")
    ] = None,
    url: Url = DEFAULT_URL,
    key: Key = None,
) -> None:
    """Look back at what you sent: one submission with its report, or the latest.

    Example: [bold]sdmx-service status[/], then [bold]sdmx-service status 4f1c…[/]
    """
    with refusals(), Client(url, key, language) as hub:
        if submission is None:
            out.print(_listed(hub.submissions()))
        else:
            show_outcome(None, hub.status(submission))


def _listed(entries: tuple[Outcome, ...]) -> Table:
    table = Table()
    for title in ("number", "id", "verdict", "observations", "received", "release", "agreements"):
        right = title in ("number", "observations")
        whole = title == "id"  # to be copied
        justify: JustifyMethod = "right" if right else "left"
        table.add_column(title, justify=justify, overflow="fold", no_wrap=whole)
    for entry in entries:
        table.add_row(
            str(entry.number or ""),
            entry.id or "",
            entry.verdict,
            str(entry.observations),
            f"{entry.received_at:%Y-%m-%d %H:%M} UTC" if entry.received_at else "",
            f"{entry.release_at:%Y-%m-%d %H:%M} UTC" if entry.release_at else "",
            "\n".join(entry.agreements),
        )
    return table


def _leave(outcomes: list[Outcome]) -> None:
    if not all(outcome.accepted for outcome in outcomes):
        raise typer.Exit(REJECTED)
