"""Run every measure and print one table: ``python -m bench [--observations 1000000] [--large]``.

``--large`` asks slices of ten million observations too, which takes some minutes more.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bench import libraries, reading, service
from bench.messages import PERIODS, write_xml
from bench.structures import write_folder
from bench.table import Row, show

LARGE = 10_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--observations", type=int, default=1_000_000)
    parser.add_argument("--library-observations", type=int, default=50_000)
    parser.add_argument("--large", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_folder(folder / "structures")
        large, small = folder / "large.xml", folder / "small.xml"
        observations = write_xml(large, options.observations // PERIODS)
        few = write_xml(small, options.library_observations // PERIODS)
        rows: list[Row] = [
            *libraries.measure(folder / "structures" / "bench.xml", small, few),
            *reading.measure(folder / "structures", large, observations),
            *reading.measure_kinds(),
            *service.measure(folder, large, observations),
            *service.measure_structures(folder),
        ]
        if options.large:
            ten_million = folder / "ten_million.xml"
            count = write_xml(ten_million, LARGE // PERIODS)
            rows += service.measure_large(folder, ten_million, count)
        show(rows, observations)


if __name__ == "__main__":
    main()
