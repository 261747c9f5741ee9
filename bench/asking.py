"""Slices of about 1,000 observations over HTTP: alone, eight clients at once, after commits."""

from __future__ import annotations

import http.client
import itertools
import random
import statistics
import threading
import time

import psutil

from bench.structures import AGENCY, VERSION, codes
from bench.table import Row

_FLOW = f"/sdmx/v2/data/dataflow/{AGENCY}/DF/{VERSION}"
_SLICES, _CLIENTS, _COMMITS = 200, 8, 5
_PAUSE = 0.25
"""Seconds between the requests of a client that looks at what it got."""
_Answer = tuple[float, bytes]


def measure(url: str, process: psutil.Process, key: str, *, narrow: bool = False) -> list[Row]:
    """Every slice is asked for the first time, then those of several clients again.

    ``narrow``: they name an indicator too, for ten times as many series.
    """
    asking = _Asking(url, process, key)
    keys = _keys(narrow)
    asking.get(keys[0])
    alone, together = keys[1 : _SLICES + 1], keys[_SLICES + 1 : 2 * _SLICES + 1]
    times, cpu = asking.all(alone, clients=1)
    rows = [*_quantiles(times, "alone", "≤ 15", ""), _row("CPU of the service, alone", cpu)]
    times, cpu = asking.all(together, clients=_CLIENTS)
    rows += _quantiles(times, f"{_CLIENTS} clients without a pause", "≤ 10", "≤ 40")
    rows.append(_row(f"CPU of the service, {_CLIENTS} clients", cpu))
    rows += _quantiles(asking.all(together, clients=_CLIENTS)[0], "the same again", "≤ 10", "≤ 40")
    paced, _ = asking.all(keys[2 * _SLICES + 1 : 3 * _SLICES + 1], clients=_CLIENTS, pause=_PAUSE)
    rows += _quantiles(paced, f"{_CLIENTS} clients, {1 / _PAUSE:.0f}/s each", "≤ 10", "≤ 40")
    return rows


def measure_after_commits(
    url: str, process: psutil.Process, key: str, *, narrow: bool = False
) -> list[Row]:
    """The first slice after a commit of one observation."""
    times = _Asking(url, process, key).after_commits(_keys(narrow))
    return [_row("p50, first after a commit", statistics.median(times))]


class _Asking:
    """Asks for slices in CSV, each client over a connection of its own."""

    def __init__(self, url: str, process: psutil.Process, key: str) -> None:
        self._host = url.removeprefix("http://")
        self._process = process
        self._headers = {"Authorization": f"Bearer {key}"}

    def get(self, key: str, connection: http.client.HTTPConnection | None = None) -> _Answer:
        """Milliseconds until all is read, and the text."""
        connection = connection or http.client.HTTPConnection(self._host)
        start = time.perf_counter()
        connection.request("GET", f"{_FLOW}/{key}?format=csvdata", headers=self._headers)
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status in (200, 204), answer.status
        return 1000 * (time.perf_counter() - start), text

    def all(
        self, keys: list[str], *, clients: int, pause: float = 0.0
    ) -> tuple[list[float], float]:
        """Milliseconds of each slice; of the service's CPU, a slice. ``pause``: seconds from the
        beginning of one request of a client to the next; they begin one after another."""
        times: list[float] = []

        def ask(mine: list[str], wait: float) -> None:
            time.sleep(wait)
            connection = http.client.HTTPConnection(self._host)
            for key in mine:
                taken = self.get(key, connection)[0]
                times.append(taken)
                time.sleep(max(0.0, pause - taken / 1000))

        before = sum(self._process.cpu_times()[:2])
        threads = [
            threading.Thread(target=ask, args=(keys[n::clients], n * pause / clients))
            for n in range(clients)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        cpu = sum(self._process.cpu_times()[:2]) - before
        return times, 1000 * cpu / len(keys)

    def after_commits(self, keys: list[str]) -> list[float]:
        """Milliseconds of the first slice after each of some commits of one observation."""
        times = []
        for key in keys[:_COMMITS]:
            lines = self.get(key)[1].splitlines()
            connection = http.client.HTTPConnection(self._host)
            connection.request("POST", "/submissions", b"\n".join(lines[:2]), self._headers)
            answer = connection.getresponse()
            assert answer.status == 201, answer.read()
            times.append(self.get(key)[0])
        return times


def _keys(narrow: bool) -> list[str]:
    indicators = codes("INDICATOR") if narrow else ["*"]
    places = itertools.product(codes("REF_AREA"), codes("SOURCE"), indicators, codes("SEX"))
    keys = ["A." + ".".join(place) for place in places]
    random.Random(2).shuffle(keys)
    return keys


def _row(what: str, figure: float, goal: str = "") -> Row:
    return Row("slice over HTTP", what, figure, "ms", goal)


def _quantiles(times: list[float], what: str, median: str, last: str) -> list[Row]:
    quantiles = statistics.quantiles(times, n=100)
    return [_row(f"p50, {what}", quantiles[49], median), _row(f"p99, {what}", quantiles[98], last)]
