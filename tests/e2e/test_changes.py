"""updatedAfter over HTTP: what changed and what went, with more series than fit in a statement."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import UTC, datetime

import pytest

from sdmx_service.storage.duckdb import sorting
from tests.conftest import DEMO, Running

PATH = "/sdmx/v2/data/provisionagreement/MAGHREB/PA_DF_MIG_STOCK_POP_INT_UNDESA/1.0.0"


@pytest.mark.parametrize("few", [10, 100_000])
def test_what_changed_and_what_went(
    empty_hub: Running, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(sorting, "_FEW", few)
    text = (DEMO / "undesa_migrant_stock.csv").read_text(encoding="utf-8")
    header, *rows = list(csv.reader(io.StringIO(text)))
    assert empty_hub.push("INT_UNDESA", text.encode()).status_code == 201
    since = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    half, key = len(rows) // 2, header.index("TIME_PERIOD") + 1
    gone = [[*row[:2], "D", *row[3:key]] for row in rows[half:]]
    assert empty_hub.push("INT_UNDESA", _csv([header, *rows[:half]])).status_code == 201
    assert empty_hub.push("INT_UNDESA", _csv([header[:key], *gone])).status_code == 201
    with empty_hub.client() as client:
        answer = client.get(PATH, params={"updatedAfter": since, "format": "csvdata"})
    actions = Counter(row["ACTION"] for row in csv.DictReader(io.StringIO(answer.text)))
    assert actions == {"R": half, "D": len(rows) - half}


def _csv(rows: list[list[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()
