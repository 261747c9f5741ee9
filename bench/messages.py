"""Messages of any size in the bench's structure, written as plain text by this file."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from pathlib import Path

from bench.structures import AGENCY, SERIES, SIZES, VERSION, codes

PERIODS = 20
_BASE = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/"
_NS = (
    "urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure="
    f"{AGENCY}:DSD({VERSION}):ObsLevelDim:TIME_PERIOD"
)
_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<mes:StructureSpecificData xmlns:mes="{_BASE}message" xmlns:com="{_BASE}common"
 xmlns:ss="{_BASE}data/structurespecific" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:ns1="{_NS}"><mes:Header><mes:ID>BENCH</mes:ID><mes:Test>false</mes:Test>
<mes:Prepared>2026-01-01T00:00:00Z</mes:Prepared><mes:Sender id="P1"/><mes:Receiver id="BENCH"/>
<mes:Structure structureID="S1" namespace="{_NS}" dimensionAtObservation="TIME_PERIOD">
<com:StructureUsage><Ref agencyID="{AGENCY}" id="DF" version="{VERSION}" class="Dataflow"/>
</com:StructureUsage></mes:Structure></mes:Header>
<mes:DataSet ss:structureRef="S1" xsi:type="ns1:DataSetType" ss:dataScope="DataStructure"
 ss:action="Replace">
"""
_TAIL = "</mes:DataSet></mes:StructureSpecificData>\n"
_SERIES_VALUES = dict(zip(SERIES, ("PS", "0", "0", "x &amp; y"), strict=True))
_REST = 'OBS_STATUS="A" CONF_STATUS="F"/>'


def keys(series: int) -> Iterator[tuple[str, ...]]:
    """So many series keys (500,000 at most), spread over the whole cube."""
    everything = itertools.product(*(codes(name) for name in SIZES))
    total = math.prod(SIZES.values())
    # A step without a common divisor meets every code of every dimension.
    step = next(n for n in range(total // series, 0, -1) if math.gcd(n, total) == 1)
    return itertools.islice(itertools.islice(everything, 0, None, step), series)


def write_xml(path: Path, series: int, periods: int = PERIODS) -> int:
    """Write an SDMX-ML 2.1 structure-specific message; returns its number of observations."""
    numbers = random.Random(1)
    fixed = " ".join(f'{name}="{_SERIES_VALUES[name]}"' for name in SERIES)
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEAD)
        for key in keys(series):
            pairs = zip(SIZES, key, strict=True)
            file.write("<Series " + " ".join(f'{n}="{c}"' for n, c in pairs) + f" {fixed}>\n")
            for year in range(2024 - periods, 2024):
                value = numbers.randrange(10_000_000)
                file.write(f'<Obs TIME_PERIOD="{year}" OBS_VALUE="{value}" {_REST}\n')
            file.write("</Series>\n")
        file.write(_TAIL)
    return series * periods
