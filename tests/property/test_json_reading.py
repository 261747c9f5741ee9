"""What the writers of SDMX-JSON write is read back, however it is cut into batches."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from decimal import Decimal, InvalidOperation

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdmx_service.formats.base import DataWriter
from sdmx_service.formats.json.read import read_json
from sdmx_service.formats.json.write import write_json_10, write_json_20, write_json_21
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.columns import Layout, layout_of
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Action, Header, StructureContext, WriteOptions
from sdmx_service.model.problem import Refused
from sdmx_service.model.structures import Representation
from sdmx_service.model.values import MARKS
from tests.facts import Collector, Facts, context_of, facts_for, is_observed, out_dataset
from tests.facts_metadata import NESTED, metadata_context
from tests.facts_several import several_context
from tests.messages_of_tests import rows_of
from tests.structures_of_tests import knows


def _with_lists(context: StructureContext) -> StructureContext:
    """Named as its dataflow is; the data structure itself says what is coded, as real ones do."""
    structure = context.data_structure

    def listed(item: object) -> object:
        codelist = context.codelists.get(item.id)  # type: ignore[attr-defined]
        known = item.representation or Representation()  # type: ignore[attr-defined]
        if codelist is None:
            return item
        return replace(item, representation=replace(known, enumeration=codelist.ref))  # type: ignore[type-var]

    return replace(
        context,
        data_structure=replace(
            structure,
            ref=replace(structure.ref, id="DF"),
            dimensions=tuple(map(listed, structure.dimensions)),
            measures=tuple(map(listed, structure.measures)),
            attributes=tuple(map(listed, structure.attributes)),
        ),
    )


CONTEXTS = {
    "several": _with_lists(several_context()),
    "metadata": _with_lists(metadata_context(NESTED)),
    "coded": _with_lists(context_of()),
    "bare": _with_lists(context_of(coded=(), dimensions=("SECTOR",), time=False)),
}
ESCAPES = tuple(json.dumps(sign)[1:-1].encode() for sign in ("\0", *MARKS))
CASES = [
    (writer, name)
    for writer in (write_json_10, write_json_20, write_json_21)
    for name in CONTEXTS
    if writer is not write_json_10 or name not in ("several", "metadata")
]


@pytest.mark.parametrize(("writer", "name"), CASES)
@settings(max_examples=25, deadline=None)
@given(data=st.data(), flat=st.booleans(), rows=st.sampled_from([1, 2, 65536]))
def test_what_is_written_is_read_back(
    writer: DataWriter, name: str, data: st.DataObject, flat: bool, rows: int
) -> None:
    context = CONTEXTS[name]
    layout = layout_of(context.data_structure)
    facts = data.draw(facts_for(context))
    at = "AllDimensions" if flat else "TIME_PERIOD"
    options = WriteOptions(dimension_at_observation=at)
    text = b"".join(writer(Header(id="M", sender="S"), [out_dataset(context, facts)], options))
    problems = ProblemCollector()
    limits = Limits(batch_rows=rows)
    resolve = knows(context.data_structure)
    if any(escape in text for escape in ESCAPES):
        with pytest.raises(Refused) as caught:
            read_json(io.BytesIO(text), resolve, problems, limits)
        assert caught.value.problem.code in ("CONTROL_CHARACTER", "MESSAGE_NUL")
        return
    message = read_json(io.BytesIO(text), resolve, problems, limits)
    batches = list(message.batches)
    assert all(batch.rows.num_rows <= rows for batch in batches)
    found = [row for batch in batches for row in rows_of(batch)]
    assert not problems.report().problems
    assert [row["_line"] for row in found] == list(range(1, len(found) + 1))
    collector = Collector(layout, {})
    for row in found:
        if set(row) & set(layout.dimensions):
            collector.add(row, observed=is_observed(row, layout))
    expected = facts.series
    if writer is write_json_10 and (flat or layout.time is None):
        expected = {key: one for key, one in expected.items() if one[1]}
    assert plain(collector.facts, layout) == plain(Facts({}, expected), layout)
    for one in layout.dataset_attributes:
        assert {row[one] for row in found if one in row} <= {facts.dataset.get(one)}


def plain(facts: Facts, layout: Layout) -> dict[object, object]:
    """Facts whose numbers are numbers: JSON has no place for how a number is written."""

    def number(name: str, text: str | None) -> object:
        if text is None or name not in layout.measures or name in layout.multiple:
            return text and tuple(map(_decimal, text.split(MARKS[0])))
        return _decimal(text)

    return {
        key: (
            above,
            {
                period: (number("OBS_VALUE", value), {n: number(n, t) for n, t in own.items()})
                for period, (value, own) in periods.items()
            },
        )
        for key, (above, periods) in facts.series.items()
    }


def _decimal(text: str) -> object:
    try:
        return Decimal(text) if text not in ("007", "NaN") else text
    except InvalidOperation:
        return text


def test_actions_and_several_data_sets() -> None:
    context = CONTEXTS["coded"]
    facts = Facts({}, {("A", "A", "s"): ({}, {"2020": ("1", {})})})
    for writer in (write_json_10, write_json_20, write_json_21):
        sets = [out_dataset(context, facts, action=action) for action in Action]
        text = b"".join(writer(Header(id="M", sender="S"), sets, WriteOptions()))
        message = read_json(
            io.BytesIO(text), knows(context.data_structure), ProblemCollector(), Limits()
        )
        batches = list(message.batches)
        assert [batch.action for batch in batches] == list(Action)
        assert [batch.dataset for batch in batches] == [0, 1, 2]
        assert (message.header.id, message.header.sender) == ("M", "S")
