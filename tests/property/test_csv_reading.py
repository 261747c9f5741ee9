"""Whatever stands in the cells of a CSV message, and however it is cut, it is read as written."""

from __future__ import annotations

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from sdmx_service.formats.csv.read import read_csv
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.columns import LINE
from sdmx_service.model.limits import Limits
from tests.messages_of_tests import rows_of
from tests.structures_of_tests import SMALL, knows

NAMES = ("TIME_PERIOD", "COMMENT", "FREQ", "UNIT")
CELLS = st.text(st.sampled_from('a é"\n;,\t1ⵣ\r:'), max_size=6).filter(
    lambda text: "\r" not in text.replace("\r\n", "") and ": " not in text
)


@given(
    st.lists(st.tuples(*[CELLS] * len(NAMES)), max_size=12),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 200),
    st.booleans(),
)
@settings(max_examples=50, deadline=None)
def test_cells_and_lines_are_read_as_written(
    rows: list[tuple[str, ...]], separator: str, end: str, block_bytes: int, last_end: bool
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=end)
    writer.writerow(["STRUCTURE", "STRUCTURE_ID", *NAMES])
    lines = []
    for row in rows:
        lines.append(text.getvalue().count("\n") + 1)
        writer.writerow(["dataflow", "TEST:SMALL(1.0)", *row])
    data = text.getvalue() if last_end else text.getvalue().removesuffix(end)
    assert read(data.encode(), block_bytes) == [
        {name: cell for name, cell in zip(NAMES, row, strict=True) if cell} | {LINE: line}
        for row, line in zip(rows, lines, strict=True)
    ]


def read(data: bytes, block_bytes: int) -> list[dict[str, object]]:
    problems = ProblemCollector()
    message = read_csv(io.BytesIO(data), knows(SMALL), problems, Limits(), block_bytes=block_bytes)
    rows = [row for batch in message.batches for row in rows_of(batch)]
    assert not problems.report().problems
    return [
        {name: value for name, value in row.items() if name not in ("dataset", "action")}
        for row in rows
    ]
