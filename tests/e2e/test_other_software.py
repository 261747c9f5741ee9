"""Others' software as it comes: sdmx1, pysdmx, pandas, plain httpx, against the running hub."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pysdmx
import pytest
import sdmx
from pysdmx.api.fmr import RegistryClient
from pysdmx.io.format import StructureFormat

from tests.conftest import Running

BOTH_FLOWS = {"DF_MIG_STOCK_POP", "DF_WORK_PERMIT"}


@pytest.fixture
def maghreb(demo_hub: Running) -> sdmx.Client:
    """sdmx1's client with a source of our own."""
    sdmx.add_source(
        {"id": "MAGHREB", "url": f"{demo_hub.url}/sdmx/v1", "name": "Maghreb"}, override=True
    )
    return sdmx.Client("MAGHREB")


def test_sdmx1_lists_dataflows(maghreb: sdmx.Client) -> None:
    flows = maghreb.dataflow().dataflow
    assert set(flows) >= BOTH_FLOWS
    assert len(flows) == 12
    name = flows["DF_MIG_STOCK_POP"].name.localizations
    assert (name["fr"], name["ar"]) == ("Population immigrée", "السكان المهاجرون")


def test_sdmx1_reads_a_structure_with_its_references(maghreb: sdmx.Client) -> None:
    message = maghreb.datastructure("DSD_MIG_STOCK", params={"references": "descendants"})
    structure = message.structure["DSD_MIG_STOCK"]
    assert [d.id for d in structure.dimensions][:3] == ["FREQ", "REF_AREA", "DATA_SOURCE"]
    assert "MA" in message.codelist["CL_AREA"].items


def test_sdmx1_reads_data_into_pandas(maghreb: sdmx.Client) -> None:
    message = maghreb.data("DF_MIG_STOCK_POP", key="A5.MA..POP_MIG._T._T._T._T._T...")
    frame = sdmx.to_pandas(message).reset_index()
    assert set(frame["TIME_PERIOD"].astype(str).str[:4]) >= {"1990", "2020"}
    assert (frame["value"] > 0).all()


def test_sdmx1_reads_structure_specific_data(maghreb: sdmx.Client, demo_hub: Running) -> None:
    structure = maghreb.datastructure("DSD_MIG_STOCK", params={"references": "descendants"})
    accept = "application/vnd.sdmx.structurespecificdata+xml;version=2.1"
    with demo_hub.client(Accept=accept) as client:
        answer = client.get("/sdmx/v1/data/DF_MIG_STOCK_WRK")
    dsd = structure.structure["DSD_MIG_STOCK"]
    message = sdmx.read_sdmx(io.BytesIO(answer.content), structure=dsd)
    assert len(sdmx.to_pandas(message)) == 17


def test_pysdmx_reads_structures_by_its_registry_client(demo_hub: Running) -> None:
    client = RegistryClient(f"{demo_hub.url}/sdmx/v2", StructureFormat.SDMX_JSON_2_0_0)
    codelist = client.get_codes("MAGHREB", "CL_SEX", "1.0.0")
    assert {code.id for code in codelist} >= {"F", "M", "_T"}
    flows = {flow.id for flow in client.get_dataflows("MAGHREB", "*", "*")}
    assert flows >= BOTH_FLOWS


@pytest.mark.parametrize(
    "media_type",
    [
        "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
        "application/vnd.sdmx.genericdata+xml;version=2.1",
        "application/vnd.sdmx.data+csv;version=2.0.0",
        "application/vnd.sdmx.data+csv;version=1.0.0",
    ],
)
def test_pysdmx_reads_our_data(demo_hub: Running, tmp_path: Path, media_type: str) -> None:
    with demo_hub.client(Accept=media_type) as client:
        answer = client.get("/sdmx/v2/data/dataflow/MAGHREB/DF_MIG_STOCK_WRK/1.0.0")
    assert answer.headers["Content-Type"] == media_type
    path = tmp_path / "data"
    path.write_bytes(answer.content)
    datasets = _datasets(path)
    assert [len(dataset.data) for dataset in datasets] == [17]
    values = pd.to_numeric(datasets[0].data["OBS_VALUE"])
    assert values.max() == 26283


def _datasets(path: Path) -> list[pysdmx.io.pd.PandasDataset]:
    message = pysdmx.io.read_sdmx(path, validate=False)
    return list(message.data or [])


def test_pandas_reads_csv_straight_from_the_url(demo_hub: Running) -> None:
    frame = pd.read_csv(
        f"{demo_hub.url}/sdmx/v2/data/dataflow/MAGHREB/DF_LM_CORE/1.0.0?format=csvdata"
    )
    assert set(frame["REF_AREA"]) == {"DZ", "MA", "MR", "TN"} or len(frame) > 100
    assert frame["OBS_VALUE"].notna().all()


def test_our_own_client(demo_hub: Running) -> None:
    from sdmx_service.client import Client

    with Client(demo_hub.url) as client:
        frame = client.read("DF_MIG_STOCK_WRK")
        assert len(frame) == 17
        assert frame["OBS_VALUE"].max() == 26283
        structures = client.structures("codelist", "CL_SEX")
        assert "F" in structures.codelist["CL_SEX"].items
