"""The contract of data writers, kept by all: what is written says what the slice says."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from unittest.mock import patch

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bench.slices import big_dataset
from sdmx_service.formats import splice
from sdmx_service.formats.base import DataWriter
from sdmx_service.formats.csv.write import write_csv_10
from sdmx_service.formats.excel.write import write_xlsx
from sdmx_service.formats.json.write import write_json_10, write_json_20
from sdmx_service.formats.xml.ml_generic_write import write_generic_time_series
from sdmx_service.formats.xml.ml_specific_write import (
    write_specific_21,
    write_specific_31,
)
from sdmx_service.model.columns import cross_sectional, layout_of
from sdmx_service.model.message import Action, WriteOptions
from sdmx_service.model.refs import ArtefactClass
from tests.facts import Facts, context_of, facts_for, out_dataset
from tests.facts_read import read_ours, read_specific
from tests.writing import (
    CODED,
    COLUMNAR,
    COLUMNAR_SCHEMAS,
    CONTEXTS,
    CSV_2,
    FLAT,
    FORMS,
    GENERIC,
    HEADER,
    JSON,
    JSON_2,
    ML_3,
    ML_21,
    ONE,
    READERS,
    SERIES,
    TIME_SERIES,
    XML,
    assert_valid,
    can_write,
    fit_for_xml,
    generic_schema,
    json_validator,
    observed_only,
    writers,
    written,
)

forms = pytest.mark.parametrize(
    ("writer", "options"),
    [
        pytest.param(writer, FORMS[form], id=f"{form}-{writer.__name__}")
        for form in ("series", "flat")
        for writer in READERS
        if can_write(writer, "coded", form)
    ],
)


@pytest.mark.parametrize(
    ("context", "form", "writer"),
    [
        pytest.param(context, form, writer, id=f"{context}-{form}-{writer.__name__}")
        for context in CONTEXTS
        for form in FORMS
        for writer in READERS
        if can_write(writer, context, form)
        and (form != "cross" or (writer in (*XML, *JSON) and context != "bare"))
    ],
)
@settings(max_examples=30, deadline=None)
@given(data=st.data(), block=st.sampled_from([1, 2, 5, 8192]), rows=st.integers(1, 7))
def test_what_is_written_is_valid_and_says_what_the_slice_says(
    writer: DataWriter, form: str, context: str, data: st.DataObject, block: int, rows: int
) -> None:
    chosen = CONTEXTS[context]
    layout = layout_of(chosen.data_structure)
    if form == "cross":
        layout = cross_sectional(layout, "AREA")
    facts = data.draw(facts_for(chosen, layout))
    expected = fit_for_xml(facts, layout) if writer in XML else facts
    if len(expected.series) < len(facts.series):
        return  # Two keys differed only in what XML cannot hold.
    with patch.object(splice, "BLOCK_ROWS", block):
        dataset = out_dataset(chosen, facts, batch_rows=rows, layout=layout)
        text = written(writer, dataset, options=FORMS[form])
    if writer is write_json_10 and (form == "flat" or layout.time is None):
        expected = observed_only(expected)
    assert_valid(writer, text, context, form)
    (found,) = READERS[writer](text, layout)
    assert found.series == expected.series
    assert list(found.series) == list(expected.series) or writer in JSON
    # Each row of CSV 1.0 is an observation: nowhere to put attributes of a data set without any.
    if found.series or writer is not write_csv_10:
        assert found.dataset == expected.dataset
    if writer in XML and (found.series or found.dataset):
        assert read_ours(text, chosen, layout) == [expected]


@pytest.mark.parametrize(
    ("context", "form", "writer"),
    [
        pytest.param(context, form, writer, id=f"{context}-{form}-{writer.__name__}")
        for context in CONTEXTS
        for form in FORMS
        for writer in XML
        if can_write(writer, context, form) and (form, context) != ("cross", "bare")
    ],
)
@settings(max_examples=10, deadline=None)
@given(data=st.data(), attributes=st.booleans(), measures=st.booleans(), rows=st.booleans())
def test_whatever_is_left_out_the_message_is_valid(
    writer: DataWriter,
    form: str,
    context: str,
    data: st.DataObject,
    attributes: bool,
    measures: bool,
    rows: bool,
) -> None:
    chosen = CONTEXTS[context]
    layout = layout_of(chosen.data_structure)
    if form == "cross":
        layout = cross_sectional(layout, "AREA")
    dataset = out_dataset(chosen, data.draw(facts_for(chosen, layout)), layout=layout)
    options = replace(FORMS[form], attributes=attributes, measures=measures, observations=rows)
    text = written(writer, dataset, options=options)
    # Without observations there is nothing to flatten.
    assert_valid(writer, text, context, "series" if form == "flat" and not rows else form)


@forms
def test_a_slice_without_series_is_a_valid_message(
    writer: DataWriter, options: WriteOptions
) -> None:
    text = written(writer, out_dataset(CODED, Facts()), options=options)
    assert_valid(writer, text, "coded", "series" if options is SERIES else "flat")
    assert READERS[writer](text, layout_of(CODED.data_structure)) == [Facts()]


@forms
def test_series_keys_alone_are_written_without_walking_observations(
    writer: DataWriter, options: WriteOptions
) -> None:
    keys = replace(options, observations=False, attributes=writer in JSON_2)
    dataset = out_dataset(CODED, ONE)

    def never() -> Iterator[object]:
        raise AssertionError("walked")
        yield

    dataset = replace(dataset, slice=replace(dataset.slice, observations=never()))
    text = written(writer, dataset, options=keys)
    assert_valid(writer, text, "coded", "series")
    (found,) = READERS[writer](text, layout_of(CODED.data_structure))
    assert list(found.series) == list(ONE.series)
    assert not any(periods for _, periods in found.series.values())


@forms
def test_attributes_and_measures_can_be_left_out(writer: DataWriter, options: WriteOptions) -> None:
    chosen = replace(options, attributes=False, measures=False)
    text = written(writer, out_dataset(CODED, ONE), options=chosen)
    (found,) = READERS[writer](text, layout_of(CODED.data_structure))
    kept = observed_only(ONE) if writer is write_json_10 and options is FLAT else ONE
    assert set(found.series) == set(kept.series)
    assert not found.dataset
    for key, (above, periods) in found.series.items():
        expected = ONE.series[key][1]
        assert not above
        assert periods == dict.fromkeys(expected, (None, {}))


@writers
def test_observations_are_closed_even_where_writing_stops(writer: DataWriter) -> None:
    closed = []

    def observations() -> Iterator[object]:
        try:
            yield from out_dataset(CODED, ONE).slice.observations
        finally:
            closed.append(True)

    dataset = out_dataset(CODED, ONE)
    walked = replace(dataset, slice=replace(dataset.slice, observations=observations()))
    pieces = writer(HEADER, [walked], SERIES)
    next(pieces)
    for piece in pieces:
        if b"12.50" in piece:
            break
    pieces.close()  # type: ignore[attr-defined]
    assert closed == [True]


@pytest.mark.parametrize(
    "writer", [w for w in (*XML, *JSON_2) if w is not write_generic_time_series]
)
def test_several_data_sets_each_have_a_structure_an_action_and_a_validity(
    writer: DataWriter,
) -> None:
    other = context_of(structure_id="OTHER")
    validity = datetime(2024, 1, 1, tzinfo=UTC)
    deleted = out_dataset(other, ONE, action=Action.DELETE)
    deleted = replace(deleted, slice=replace(deleted.slice, valid_from=validity, valid_to=validity))
    merged = out_dataset(CODED, ONE, action=Action.MERGE)
    text = written(writer, out_dataset(CODED, ONE), deleted, merged)
    assert READERS[writer](text, layout_of(CODED.data_structure)) == [ONE] * 3
    if writer in JSON:
        json_validator(writer).validate(json.loads(text))
        sets = json.loads(text)["data"]["dataSets"]
        assert [item["structure"] for item in sets] == [0, 1, 2]
        assert sets[1]["validFrom"] == sets[1]["validTo"] == "2024-01-01T00:00:00+00:00"
        merge = "Append" if writer is write_json_20 else "Merge"
        assert [item["action"] for item in sets] == ["Replace", "Delete", merge]
        return
    root = etree.fromstring(text)
    names = [element.get("structureID") for element in root.iterfind("{*}Header/{*}Structure")]
    found = [
        {etree.QName(name).localname: value for name, value in element.attrib.items()}
        for element in root.iterfind("{*}DataSet")
    ]
    assert [item["structureRef"] for item in found] == names
    assert names == ["STR1", "OTHER", "STR3"]
    merge = "Merge" if writer is write_specific_31 else "Append"
    assert [item["action"] for item in found] == ["Replace", "Delete", merge]
    assert found[1]["validFromDate"] == found[1]["validToDate"] == "2024-01-01T00:00:00+00:00"
    assert root.find("{*}Header/{*}DataSetAction") is None
    if writer in GENERIC:
        generic_schema().assertValid(root)


@writers
def test_data_asked_by_a_provision_agreement_name_it(writer: DataWriter) -> None:
    context = context_of(usage=ArtefactClass.PROVISION_AGREEMENT)
    text = written(writer, out_dataset(context, ONE))
    assert_valid(writer, text, "coded", "series")
    if writer in ML_21:
        ref = etree.fromstring(text).find("{*}Header/{*}Structure/{*}ProvisionAgrement/Ref")
        assert dict(ref.attrib) == {"agencyID": "T", "id": "PA", "version": "1.0"}
    elif writer in ML_3:
        named = etree.fromstring(text).find("{*}Header/{*}Structure/{*}ProvisionAgreement")
        assert named.text.endswith("ProvisionAgreement=T:PA(1.0)")
    elif writer in JSON:
        (link,) = json.loads(text)["data"]["dataSets"][0]["links"]
        assert link["rel"] == "provisionagreement"
        assert link["urn"].endswith("ProvisionAgreement=T:PA(1.0)")
    elif writer in COLUMNAR:
        metadata = COLUMNAR_SCHEMAS[writer](text).metadata
        assert json.loads(metadata[b"sdmx.provision_agreement"]) == [context.usage.urn]
    elif writer in CSV_2:
        assert text.splitlines()[1].startswith(b"dataprovision,T:PA(1.0),R,")
    else:
        assert text.splitlines()[1].startswith(b"T:DF(1.0),")


@pytest.mark.parametrize(
    "writer", [w for w in READERS if w not in TIME_SERIES], ids=lambda writer: writer.__name__
)
def test_rows_of_several_series_may_alternate(writer: DataWriter) -> None:
    """As a store hands them out that was asked to sort by time first."""
    facts = Facts(
        {},
        {
            ("A", "A", "s"): ({"UNIT": "A"}, {str(2000 + n): (str(n), {}) for n in range(9)}),
            ("A", "B_1", "s"): ({"UNIT": "_T"}, {}),
            ("A", "_T", "s"): ({}, {str(2000 + n): (str(n * n), {}) for n in range(9)}),
        },
    )
    dataset = out_dataset(CODED, facts, batch_rows=100)
    (batch,) = dataset.slice.observations
    in_time = batch.take(pa.array([place for n in range(9) for place in (9 + n, n)]))
    part = replace(dataset.slice, alternating=True, observations=iter([in_time]))
    with patch.object(splice, "BLOCK_ROWS", 4):
        text = written(writer, replace(dataset, slice=part), options=FLAT)
    (found,) = READERS[writer](text, layout_of(CODED.data_structure))
    assert found == (observed_only(facts) if writer is write_json_10 else facts)
    periods = re.findall(rb'[",](200[0-8])[",]', text if writer not in JSON else b"")
    assert periods == sorted(periods)


@writers
def test_no_code_is_written_that_only_a_dictionary_has(writer: DataWriter) -> None:
    """A store keeps one dictionary for what a reader sees and what is hidden."""
    dataset = out_dataset(CODED, ONE)
    areas = dataset.slice.series["AREA"].combine_chunks()
    shared = pa.concat_arrays([areas.dictionary, pa.array(["HIDDEN"])])
    column = pa.DictionaryArray.from_arrays(areas.indices, shared)
    place = dataset.slice.series.column_names.index("AREA")
    series = dataset.slice.series.set_column(place, "AREA", column)
    text = written(writer, replace(dataset, slice=replace(dataset.slice, series=series)))
    assert b"HIDDEN" not in text
    assert READERS[writer](text, layout_of(CODED.data_structure)) == [ONE]


TEXTS = [writer for writer in READERS if writer not in (*COLUMNAR, *TIME_SERIES)]


@pytest.mark.parametrize("writer", [*READERS, write_xlsx], ids=lambda writer: writer.__name__)
def test_one_state_is_one_text(writer: DataWriter) -> None:
    """Whenever it is written (ADR 9)."""
    first = written(writer, out_dataset(CODED, ONE))
    with patch.object(time, "time", lambda: 2e9):
        assert written(writer, out_dataset(CODED, ONE)) == first


@pytest.mark.parametrize("writer", TEXTS, ids=lambda writer: writer.__name__)
def test_a_large_data_set_is_written_in_small_pieces_and_little_memory(writer: DataWriter) -> None:
    dataset = big_dataset(series=4_000, periods=20, batch_rows=8_192)
    size, most, before = 0, 0, pa.total_allocated_bytes()
    with patch.object(splice, "BLOCK_ROWS", 1024):
        for piece in writer(HEADER, [dataset], FLAT):
            assert len(piece) <= splice.PIECE_BYTES
            size += len(piece)
            most = max(most, pa.total_allocated_bytes() - before)
    assert size > 3_000_000
    assert most < 4_000_000


def test_a_gap_of_series_without_observations_stays_within_blocks() -> None:
    facts = Facts(
        {}, {("A", "A", str(n)): ({}, {"2019": ("1", {})} if n % 7 == 6 else {}) for n in range(30)}
    )
    with patch.object(splice, "BLOCK_ROWS", 4):
        blocks = list(splice.blocks(out_dataset(CODED, facts).slice))
        assert max(block.series.num_rows for block in blocks) <= 4
        text = written(write_specific_21, out_dataset(CODED, facts))
    assert read_specific(text, layout_of(CODED.data_structure)) == [facts]
