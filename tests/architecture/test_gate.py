"""AuthorisedQuery is made in one place only."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sdmx_service.access.gate import AuthorisedQuery, Selection
from sdmx_service.model.columns import Layout
from sdmx_service.model.refs import ArtefactClass, Ref

PACKAGE = Path(__file__).parents[2] / "sdmx_service"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _calls(path: Path, name: str) -> int:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return sum(
        1
        for call in calls
        if (isinstance(call, ast.Name) and call.id == name)
        or (isinstance(call, ast.Attribute) and call.attr == name)
    )


def test_only_the_gate_makes_authorised_queries() -> None:
    files = list(PACKAGE.rglob("*.py"))
    assert len(files) > 60
    makers = {path.name for path in files if _calls(path, "AuthorisedQuery")}
    assert makers == {"gate.py"}


def test_nobody_reaches_for_the_seal() -> None:
    touching = {p.name for p in PACKAGE.rglob("*.py") if "_SEAL" in p.read_text(encoding="utf-8")}
    assert touching == {"gate.py"}


def test_a_forged_query_is_refused_at_run_time() -> None:
    layout = Layout(Ref(ArtefactClass.DATA_STRUCTURE, "A", "B", "1.0.0"), ("D",), None, (), ())
    with pytest.raises(TypeError):
        AuthorisedQuery(
            layout=layout, agreements=(), selection=Selection(at=NOW), now=NOW, seal=object()
        )
