"""Whatever stands in the cells of a CSV message, and however it is cut, it is read as written."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdmx_service.formats.base import DataWriter
from sdmx_service.formats.csv.read import read_csv
from sdmx_service.formats.csv.write import write_csv_20, write_csv_21
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.columns import LINE, layout_of
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Header, StructureContext, WriteOptions
from sdmx_service.model.problem import Refused
from sdmx_service.model.values import MARKS
from tests.facts import Collector, Facts, facts_for, is_observed, out_dataset, single_texts
from tests.facts_metadata import NESTED, metadata_context
from tests.facts_several import several_context
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


SEVERAL, NESTED_METADATA = several_context(), metadata_context(NESTED)


def fit_to_send(facts: Facts) -> bool:
    """Whether the texts are such that a reader takes them: no NUL, no marks in single texts."""
    texts = str(facts).replace("\\x1d", "").replace("\\x1e", "").replace("\\x1f", "")
    return "\\x00" not in texts and not any(key[2] == "~" for key in facts.series)


@pytest.mark.parametrize("context", [SEVERAL, NESTED_METADATA], ids=["several", "metadata"])
@given(
    data=st.data(),
    writer=st.sampled_from([write_csv_20, write_csv_21]),
    options=st.builds(
        WriteOptions,
        labels=st.sampled_from(["id", "name"]),
        keys=st.sampled_from(["none", "both"]),
        languages=st.just(("fr", "en")),
    ),
)
@settings(max_examples=80, deadline=None)
def test_what_is_written_is_read_back(
    context: StructureContext, data: st.DataObject, writer: DataWriter, options: WriteOptions
) -> None:
    layout = layout_of(context.data_structure)
    facts = data.draw(facts_for(context).filter(fit_to_send))
    text = b"".join(writer(Header(), [out_dataset(context, facts)], options))
    problems = ProblemCollector()
    resolve = knows(
        replace(context.data_structure, ref=replace(context.data_structure.ref, id="DF"))
    )
    if any(mark in one for mark in MARKS for one in single_texts(facts, layout)):
        with pytest.raises(Refused) as caught:
            list(read_csv(io.BytesIO(text), resolve, problems, Limits()).batches)
        assert caught.value.problem.code == "CONTROL_CHARACTER"
        return
    message = read_csv(io.BytesIO(text), resolve, problems, Limits())
    rows = [row for batch in message.batches for row in rows_of(batch)]
    assert not problems.report().problems
    found = Collector(layout, {})
    for row in rows:
        found.add(row, observed=is_observed(row, layout))
    assert found.facts.series == facts.series
    for name in layout.dataset_attributes:
        assert {row.get(name) for row in rows} <= {facts.dataset.get(name)}


def read(data: bytes, block_bytes: int) -> list[dict[str, object]]:
    problems = ProblemCollector()
    message = read_csv(io.BytesIO(data), knows(SMALL), problems, Limits(), block_bytes=block_bytes)
    rows = [row for batch in message.batches for row in rows_of(batch)]
    assert not problems.report().problems
    return [
        {name: value for name, value in row.items() if name not in ("dataset", "action")}
        for row in rows
    ]
