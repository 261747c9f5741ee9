"""The client without a hub: what it asks, what it sends, what it makes of an answer."""

from __future__ import annotations

import gzip
import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from sdmx_service.client import UNREACHABLE, Client, DataRequest, NotReached
from sdmx_service.client.outcome import outcome_of
from sdmx_service.client.reference import parts_of
from sdmx_service.client.table import empty_table, table_of
from sdmx_service.client.upload import Upload
from sdmx_service.formats.arrow import write_arrow
from sdmx_service.model.message import Header, WriteOptions
from tests.facts import Facts, context_of, out_dataset


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("DF_X", ("*", "DF_X", "~")),
        ("MAGHREB:DF_X(1.0.0)", ("MAGHREB", "DF_X", "1.0.0")),
        ("MAGHREB.MA:DF_X", ("MAGHREB.MA", "DF_X", "~")),
        ("MAGHREB,DF_X,1.0.0", ("MAGHREB", "DF_X", "1.0.0")),
        ("MAGHREB, DF_X", ("MAGHREB", "DF_X", "~")),
    ],
)
def test_a_dataflow_is_named_in_three_ways(text: str, parts: tuple[str, str, str]) -> None:
    assert parts_of(text) == parts


@pytest.mark.parametrize("text", ["", "A,B,C,D", "A,,1.0", "A:B:C", "DF X", "../../health"])
def test_what_is_no_reference_is_said_at_once(text: str) -> None:
    with pytest.raises(ValueError, match="is none of"):
        parts_of(text)


def test_a_request_is_written_as_sdmx_rest_reads_it() -> None:
    request = DataRequest(
        dataflow="MAGHREB:DF_X(1.0.0)",
        key="A.MA.*",
        start="2015",
        end="2020-Q4",
        filters={"SEX": ["F", "M"], "COMMENT_TS": "co:a & b+c"},
        last=2,
        as_of=datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert request.path == (
        "/sdmx/v2/data/dataflow/MAGHREB/DF_X/1.0.0/A.MA.*?c[SEX]=F,M"
        "&c[COMMENT_TS]=co:a%20%26%20b%2Bc&c[TIME_PERIOD]=ge:2015+le:2020-Q4"
        "&lastNObservations=2&asOf=2026-01-01T00%3A00%3A00%2B00%3A00"
    )


@pytest.mark.parametrize("key", ["all", "*", ""])
def test_all_keys_are_a_star(key: str) -> None:
    assert DataRequest(dataflow="DF_X", key=key).path == "/sdmx/v2/data/dataflow/*/DF_X/~/*"


def test_an_instant_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        _ = DataRequest(dataflow="DF_X", as_of=datetime(2026, 1, 1)).path


def _stream(facts: Facts) -> io.BytesIO:
    """An Arrow stream as the hub writes it, of FREQ, AREA, SECTOR and time."""
    dataset = out_dataset(context_of(coded=("OBS_STATUS",)), facts)
    return io.BytesIO(b"".join(write_arrow(Header(), [dataset], WriteOptions())))


def test_columns_are_typed_and_namibia_is_a_country() -> None:
    said = {"OBS_STATUS": "A", "COMMENT": "two\r\nlines"}
    facts = Facts(
        {},
        {
            ("A", "NA", "s"): ({}, {"2020": ("12.50", said)}),
            ("A", "MA", "s"): ({}, {"2021": (None, {"OBS_STATUS": "_T"})}),
        },
    )
    table = table_of(_stream(facts))
    assert list(table.columns) == [
        "FREQ", "AREA", "SECTOR", "TIME_PERIOD", "OBS_VALUE",
        "TITLE", "OBS_STATUS", "UNIT", "COMMENT", "SOURCE",
    ]  # fmt: skip
    assert isinstance(table["AREA"].dtype, pd.CategoricalDtype)
    assert table["OBS_VALUE"].dtype == "float64"
    assert list(table["AREA"]) == ["NA", "MA"]
    assert list(table["TIME_PERIOD"]) == ["2020", "2021"]
    assert table["OBS_VALUE"][0] == 12.5
    assert table["OBS_VALUE"].isna().tolist() == [False, True]
    assert list(table["OBS_STATUS"]) == ["A", "_T"]
    assert table["COMMENT"][0] == "two\r\nlines"
    assert table["COMMENT"].isna().tolist() == [False, True]


def test_no_rows_keep_their_columns_and_types() -> None:
    read = table_of(_stream(Facts()))
    empty = empty_table(list(read.columns))
    assert len(read) == len(empty) == 0
    assert read.dtypes.to_dict() == empty.dtypes.to_dict()
    assert len(table_of(io.BytesIO(b"")).columns) == 0


def test_a_large_file_travels_compressed_and_the_same_each_time(tmp_path: Path) -> None:
    path, seen = tmp_path / "large.csv", []
    path.write_bytes(b"0123456789abcdef" * 200_000)
    upload = Upload(path, lambda done, size: seen.append((done, size)))
    first, second = b"".join(upload.pieces()), b"".join(upload.pieces())
    assert first == second
    assert len(first) < path.stat().st_size / 10
    assert gzip.decompress(first) == path.read_bytes()
    assert upload.headers["Content-Encoding"] == "gzip"
    assert seen[-1] == (3_200_000, 3_200_000)


def test_a_gzip_file_is_not_compressed_again(tmp_path: Path) -> None:
    path = tmp_path / "message.csv.gz"
    path.write_bytes(gzip.compress(b"x" * 5_000_000, compresslevel=0))
    upload = Upload(path)
    assert b"".join(upload.pieces()) == path.read_bytes()
    assert upload.headers["Content-Encoding"] == "gzip"
    assert "csv" in upload.headers["Content-Type"]


def test_an_outcome_is_made_of_the_hubs_document() -> None:
    outcome = outcome_of(
        {
            "verdict": "accepted",
            "id": "x",
            "observations": 2,
            "publishedAt": "2026-01-01T00:00:00Z",
        },
        201,
        report={"problems": []},
    )
    assert outcome.accepted
    assert outcome.published_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert outcome.report == {"problems": []}


def test_nobody_there_is_a_problem_of_its_own() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with Client(url) as hub, pytest.raises(NotReached) as caught:
        hub.read("DF_X")
    assert caught.value.status == UNREACHABLE
    assert url in caught.value.title


@contextmanager
def _breaking(breaks: int, answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that hangs up on the first requests after reading them, then answers."""
    requests: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for turn in range(breaks + 1):
                connection, _ = server.accept()
                with connection:
                    request = b""
                    while not request.endswith(b"\r\n0\r\n\r\n"):
                        request += connection.recv(65536)
                    requests.append(request)
                    if turn == breaks:
                        connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", requests
        thread.join(timeout=10)


def test_a_broken_connection_is_tried_again_under_the_same_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sdmx_service.client.hub._RETRY_AFTER_SECONDS", (0.01, 0.01))
    path = tmp_path / "message.csv"
    path.write_bytes(b"STRUCTURE,STRUCTURE_ID,ACTION\r\n")
    body = b'{"verdict": "accepted", "id": "x", "observations": 0, "report": {}}'
    answer = b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with _breaking(2, answer) as (url, requests), Client(url, "key") as hub:
        assert hub.push(path).accepted
    keys = [line for request in requests for line in request.splitlines() if b"empotency" in line]
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_it_gives_up_after_the_third_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sdmx_service.client.hub._RETRY_AFTER_SECONDS", (0.01, 0.01))
    path = tmp_path / "message.csv"
    path.write_bytes(b"STRUCTURE,STRUCTURE_ID,ACTION\r\n")
    with _breaking(2, b"") as (url, requests), Client(url) as hub, pytest.raises(NotReached):
        hub.push(path)
    assert len(requests) == 3


def test_the_environments_proxy_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with _answering() as url, Client(url) as hub:
        assert hub.submissions() == ()


@contextmanager
def _answering() -> Iterator[str]:
    """A server that says once that there are no submissions."""
    body = b'{"submissions": []}'
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
                connection.sendall(head + body)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
