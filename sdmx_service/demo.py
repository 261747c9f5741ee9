"""`make demo`: an empty hub on loopback, figures pushed through its own door, then served.

Which files, by whom and in which order stands in ``demo/demo.toml``.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from sdmx_service.app import build_hub, create_app
from sdmx_service.client import Client, Outcome
from sdmx_service.i18n.report import problem_report_from, report_text
from sdmx_service.service.hub import Hub
from sdmx_service.settings import from_environment

FOLDER = Path("demo")
STATE = Path(".demo")
_START_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One submission of the demo."""

    provider: str
    file: Path
    note: str
    release_after: int = 0
    wrong: bool = False


def run(port: int) -> None:
    """Start from nothing, push every step, print what to try, serve until interrupted."""
    console = Console()
    shutil.rmtree(STATE, ignore_errors=True)
    hub = build_hub(replace(from_environment(), data=STATE, port=port))
    keys = _make_keys(hub)
    server = _Server(hub, port)
    server.start()
    url = f"http://127.0.0.1:{port}"
    try:
        _push_all(url, keys, console)
        _print_hints(url, console)
        server.wait()
    except KeyboardInterrupt:
        console.print("\nStopping …")
    finally:
        server.stop()


class _Server:
    """uvicorn in a thread of its own, so that the demo can talk to it."""

    def __init__(self, hub: Hub, port: int) -> None:
        config = uvicorn.Config(create_app(hub), port=port, log_level="warning")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def start(self) -> None:
        """Return once it answers. Raises SystemExit where it cannot (a taken port, say)."""
        self._thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise SystemExit("The hub did not start; is the port taken? Try PORT=8080.")
            time.sleep(0.05)

    def wait(self) -> None:
        while self._thread.is_alive():
            self._thread.join(timeout=0.5)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)


def _make_keys(hub: Hub) -> dict[str, str]:
    """A key for every provider and focal point; ``keys.json`` is readable by its owner alone."""
    keys = {name: hub.credentials.add(name) for name in hub.registry.principal_ids()}
    path = STATE / "keys.json"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(keys, file, indent=2)
    return keys


def _steps() -> list[Step]:
    with (FOLDER / "demo.toml").open("rb") as file:
        document = tomllib.load(file)
    return [
        Step(
            provider=step["provider"],
            file=FOLDER / step["file"],
            note=step["note"],
            release_after=step.get("release_after", 0),
            wrong=step.get("wrong", False),
        )
        for step in document["step"]
    ]


def _push_all(url: str, keys: dict[str, str], console: Console) -> None:
    steps, outcomes = _steps(), []
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Institutions push their series", total=len(steps))
        for step in steps:
            progress.update(task, description=f"{step.provider} pushes {step.file.name}")
            outcomes.append((step, _push(url, keys[step.provider], step)))
            progress.advance(task)
    console.print(_summary(outcomes))
    for step, outcome in outcomes:
        if step.wrong:
            console.print(f"\nThe report of [bold]{step.file.name}[/bold]:")
            report = problem_report_from(outcome.report)
            console.print(report_text(report, "en"), markup=False, highlight=False)


def _push(url: str, key: str, step: Step) -> Outcome:
    release = datetime.now(UTC) + timedelta(seconds=step.release_after)
    with Client(url, key=key, language="en") as client:
        outcome = client.push(step.file, release_at=release if step.release_after else None)
    if (outcome.verdict == "rejected") is not step.wrong:
        raise SystemExit(f"{step.file}: {outcome.verdict}, not as expected\n{outcome.report}")
    return outcome


def _summary(outcomes: list[tuple[Step, Outcome]]) -> Table:
    table = Table("provider", "file", "observations", "verdict", "what it shows")
    for step, outcome in outcomes:
        colour = "red" if outcome.verdict == "rejected" else "green"
        count = f"{outcome.observations:,}"
        verdict = f"[{colour}]{outcome.verdict}[/{colour}]"
        table.add_row(step.provider, step.file.name, count, verdict, step.note)
    return table


def _print_hints(url: str, console: Console) -> None:
    flow = f"{url}/sdmx/v2/data/dataflow/MAGHREB/DF_WORK_PERMIT/1.0.0?format=csvdata"
    total = f"{url}/sdmx/v2/data/dataflow/MAGHREB/DF_MIG_STOCK_POP/1.0.0/A5.MAGHREB?format=csvdata"
    key = f'python3 -c \'import json; print(json.load(open("{STATE}/keys.json"))["NAME"])\''
    hints = [
        f"\nThe hub serves at {url}/ (Ctrl-C stops it). Try:",
        f"  curl '{total}'",
        f"  curl '{url}/sdmx/v1/dataflow/MAGHREB'",
        f"Who sees what (keys in {STATE}/keys.json): work permits are absent without a key,",
        "masked in part for TN_INS, whole for MA_MIEPEEC:",
        f"  curl -i '{flow}'",
        *(
            f"  curl -H \"Authorization: Bearer $({key.replace('NAME', name)})\" '{flow}'"
            for name in ("TN_INS", "MA_MIEPEEC")
        ),
    ]
    for hint in hints:
        console.print(hint, markup=False, highlight=False, soft_wrap=True)
