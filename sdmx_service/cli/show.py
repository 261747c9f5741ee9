"""Reports and refusals on the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from sdmx_service.cli.options import REFUSED
from sdmx_service.client import Outcome, ServiceProblem
from sdmx_service.i18n.report import problem_report_from, report_text
from sdmx_service.model.problem import ProblemReport

# Data go to standard output, what is said about them to standard error.
out, err = Console(), Console(stderr=True)
_LARGE = 1024**2


def show_outcome(path: Path | None, outcome: Outcome) -> None:
    """The verdict in one line, then what was found."""
    style = "green" if outcome.accepted else "red"
    words = [f"[bold {style}]{outcome.verdict}[/]"]
    if path is not None:
        words.insert(0, f"[bold]{escape(str(path))}[/]")
    words += [f"{outcome.observations} observations"]
    if outcome.dry_run:
        words.append("dry run: nothing was kept")
    if outcome.replayed:
        words.append("sent before: this is the first answer again")
    if outcome.id:
        words.append(f"id {outcome.id}")
    out.print(" · ".join(words))
    if outcome.report.get("problems"):
        show_report(problem_report_from(outcome.report), outcome.report["language"])


def show_report(report: ProblemReport, language: str) -> None:
    """What was found: place, reason and remedy of each problem."""
    out.print(report_text(report, language), markup=False, highlight=False, soft_wrap=True)


def _location(location: Mapping[str, Any]) -> str:
    """A place in a message or request, in one line; its names are those of the JSON."""
    return " · ".join(f"{name} {value}" for name, value in location.items() if value is not None)


@contextmanager
def refusals() -> Iterator[None]:
    """Show what the hub refuses, or what cannot be read, and leave with exit code 2."""
    try:
        yield
    except ServiceProblem as problem:
        _show_refusal(problem)
        raise typer.Exit(REFUSED) from problem
    except (OSError, ValueError) as error:
        fail(str(error))


def fail(text: str) -> NoReturn:
    """Say why it cannot be done and leave with exit code 2."""
    err.print(f"[bold red]{escape(text)}[/]", soft_wrap=True)
    raise typer.Exit(REFUSED)


def _show_refusal(problem: ServiceProblem) -> None:
    place = _location(problem.location)
    lines = [line for line in (problem.detail, place, problem.remedy) if line]
    title = f"{problem.code} ({problem.status})" if problem.code else str(problem.status or "")
    text = "\n".join([f"[bold]{escape(problem.title)}[/]", *map(escape, lines)])
    err.print(Panel(text, title=escape(title) or None, border_style="red"))


@contextmanager
def upload_progress(path: Path) -> Iterator[Callable[[int, int], None] | None]:
    """A bar for a large file; None for a small one."""
    if not path.is_file() or path.stat().st_size < _LARGE:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TransferSpeedColumn(), console=err, transient=True) as progress:
        task = progress.add_task(escape(path.name), total=path.stat().st_size)
        yield lambda done, total: progress.update(task, completed=done, total=total)
