"""The recipes of docs/consume.md, run as they stand there against a running hub.

What a machine may lack: Rscript with rsdmx; a Python of at least 3.12 with opensdmx and DuckDB's
httpfs, which ``make consumers`` puts into ``.consumers``.
"""

from __future__ import annotations

import io
import itertools
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import ROOT, Running

ADDRESS = "http://127.0.0.1:8000"
CONSUMERS = ROOT / ".consumers" / "bin" / "python"
_BLOCK = re.compile(r"^```(\w*)(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Recipe:
    """``kind``: sh, python or r; ``needs``: what of the consumers' software; ``prints``."""

    heading: str
    kind: str
    needs: str
    text: str
    prints: str


def recipes(page: str) -> list[Recipe]:
    """The blocks of a page that are followed by what they print."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    blocks = list(_BLOCK.finditer(text))
    found = []
    for block, following in itertools.pairwise(blocks):
        if block[1] in ("sh", "python", "r") and following[1] == "text":
            heading = text[: block.start()].rsplit("\n## ", 1)[1].split("\n", 1)[0]
            found.append(Recipe(heading, block[1], block[2] or "", block[3], following[3]))
    return found


def command(recipe: Recipe, file: Path) -> list[str]:
    """How a recipe is run; skips where the machine lacks what it needs."""
    if recipe.kind == "r":
        rscript = shutil.which("Rscript")
        if rscript is None or _fails([rscript, "-e", "library(rsdmx)"]):
            pytest.skip("needs R with rsdmx (Debian: r-cran-rsdmx)")
        return [rscript, str(file)]
    if recipe.needs:
        if not CONSUMERS.exists():
            pytest.skip("needs Python 3.12 or newer: make consumers")
        return [str(CONSUMERS), str(file)]
    return ["bash", str(file)] if recipe.kind == "sh" else [sys.executable, str(file)]


def _fails(words: list[str]) -> bool:
    return subprocess.run(words, capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize("recipe", recipes("consume.md"), ids=lambda recipe: recipe.heading)
def test_a_recipe_prints_what_the_page_says(
    demo_hub: Running, tmp_path: Path, recipe: Recipe
) -> None:
    file = tmp_path / f"recipe.{recipe.kind}"
    file.write_text(recipe.text.replace(ADDRESS, demo_hub.url), encoding="utf-8")
    environment = os.environ | {
        "HOME": os.environ.get("HOME", "/root") if recipe.needs == "duckdb" else str(tmp_path),
        "NO_PROXY": "127.0.0.1",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        command(recipe, file),
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip() == recipe.prints.strip()


def test_both_languages_have_the_same_recipes() -> None:
    english, french = recipes("consume.md"), recipes("consume.fr.md")
    assert len(english) >= 9
    assert [(r.kind, r.text, r.prints) for r in english] == [
        (r.kind, r.text, r.prints) for r in french
    ]


def test_the_addresses_for_spreadsheets_give_names(demo_hub: Running) -> None:
    page = (ROOT / "docs" / "consume.md").read_text(encoding="utf-8")
    workbook, table = re.findall(rf"^{ADDRESS}(/\S+lang=fr)$", page, re.MULTILINE)
    with demo_hub.client() as client:
        answer = client.get(table)
        assert answer.status_code == 200
        assert "Maroc" in answer.text
        book = openpyxl.load_workbook(io.BytesIO(client.get(workbook).content))
    cells = [cell for row in book.worksheets[0].values for cell in row]
    assert "Maroc" in cells
    assert 26283 in cells
