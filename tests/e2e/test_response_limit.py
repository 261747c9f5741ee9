"""The limit of an answer's size: refused before it begins, with the number and what to do."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest

from sdmx_service.model.limits import Limits
from tests.conftest import DEMO, Running, running

FLOW = "/sdmx/v2/data/dataflow/MAGHREB/DF_LM_CORE/1.0.0"
LIMIT = 10


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    limits = Limits(response_observations=LIMIT)
    with running(tmp_path_factory.mktemp("limit"), limits=limits) as hub:
        assert hub.push("INT_ILO", DEMO / "ilostat_labour_force.csv").status_code == 201
        yield hub


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def every(demo_hub: Running) -> list[dict[str, str]]:
    """All rows, from a hub without a limit."""
    with demo_hub.client() as client:
        return rows(client.get(FLOW, params={"format": "csvdata"}).text)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "&dimensionAtObservation=SEX",
        "&sort=TIME_PERIOD:desc",
        "&includeHistory=true",
        "&updatedAfter=2020-01-01T00:00:00Z",
        "&attributes=none",
    ],
)
def test_what_is_larger_is_refused_with_the_number(
    hub: Running, every: list[dict[str, str]], query: str
) -> None:
    with hub.client() as client:
        answer = client.get(f"{FLOW}?format=jsondata{query}")
        assert answer.status_code == 413, answer.text
        (error,) = answer.json()["errors"]
        assert error["code"] == 413
        for part in (f" {len(every)} observations", f" {LIMIT} ", "limit and offset", "/bulk/"):
            assert part in answer.text
        assert client.head(f"{FLOW}?format=csvdata{query}").status_code == 413


def test_rest_15_has_its_own_code_and_every_language(hub: Running) -> None:
    with hub.client(**{"Accept-Language": "fr"}) as client:
        answer = client.get("/sdmx/v1/data/MAGHREB,DF_LM_CORE,1.0.0")
    assert answer.status_code == 413
    assert 'code="510"' in answer.text
    assert "/bulk/" in answer.text


def test_what_is_within_is_answered(hub: Running, every: list[dict[str, str]]) -> None:
    with hub.client() as client:

        def get(query: str) -> list[dict[str, str]]:
            answer = client.get(f"{FLOW}?format=csvdata&{query}")
            assert answer.status_code == 200, answer.text
            return rows(answer.text)

        pages = [get(f"limit={LIMIT}&offset={start}") for start in range(0, len(every), LIMIT)]
        assert [row for page in pages for row in page] == every
        assert get(f"offset={len(every) - LIMIT}") == every[-LIMIT:]
        assert len(get(f"updatedAfter=2020-01-01T00:00:00Z&limit={LIMIT}")) == LIMIT
        area = every[0]["REF_AREA"]
        latest = get(f"lastNObservations=1&c[REF_AREA]={area}&c[SEX]=_T")
        assert 0 < len(latest) <= LIMIT
        one_more = client.get(f"{FLOW}?format=csvdata&limit={LIMIT + 1}")
        assert one_more.status_code == 413
        assert f" {LIMIT + 1} observations" in one_more.text
        keys_alone = client.get(f"{FLOW}?format=jsondata&attributes=none&measures=none")
        assert keys_alone.status_code == 200


def test_files_and_availability_have_no_limit(hub: Running, every: list[dict[str, str]]) -> None:
    with hub.client() as client:
        files = client.get("/bulk/toc.json").json()["files"]
        whole = [file["rows"] for file in files if not file["area"]]
        assert whole == [len(every)] * 2
        path = FLOW.replace("/data/", "/availability/")
        assert client.get(path).status_code == 200
