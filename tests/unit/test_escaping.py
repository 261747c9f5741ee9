"""Text put into XML, JSON and CSV comes out as it was."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from sdmx_service.formats.csv.quote import quoted
from sdmx_service.formats.json.escape import numbers, strings
from sdmx_service.formats.json.write import write_json_20
from sdmx_service.formats.xml.escape import escaped
from sdmx_service.model.message import Header, WriteOptions
from sdmx_service.model.structures import Representation, TextFormat
from tests.facts import Facts, context_of, out_dataset

TEXTS = st.lists(st.none() | st.text() | st.text('&<>"\\\x00\t\r\n,\ufffe\x1f'), max_size=5)


@settings(max_examples=50, deadline=None)
@given(TEXTS)
def test_xml_attributes_and_elements(texts: list[str | None]) -> None:
    for text, safe in zip(texts, escaped(pa.array(texts, pa.string())).to_pylist(), strict=True):
        if text is None:
            assert safe is None
            continue
        fit = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", text)
        element = etree.fromstring(f'<a b="{safe}">{safe}</a>'.encode())
        assert (element.get("b"), element.text or "") == (fit, fit)


@settings(max_examples=50, deadline=None)
@given(TEXTS)
def test_json_strings(texts: list[str | None]) -> None:
    safe = strings(pa.array(texts, pa.string())).to_pylist()
    assert [None if text is None else json.loads(text) for text in safe] == texts


@settings(max_examples=50, deadline=None)
@given(TEXTS)
def test_csv_cells(texts: list[str | None]) -> None:
    cells = quoted(pa.array(texts, pa.string())).to_pylist()
    assert [cell is None for cell in cells] == [text is None for text in texts]
    line = "x," + ",".join(cell or "" for cell in cells)
    (found,) = csv.reader(io.StringIO(line, newline=""))
    assert found[1:] == ([text or "" for text in texts] or [""])


@pytest.mark.parametrize("text", ["0", "-0", "12.50", "1e5", "-1.5E-7", "98765432109876543210"])
def test_what_json_takes_for_a_number_stays_as_it_is(text: str) -> None:
    assert numbers(pa.array([text])).to_pylist() == [text]


@pytest.mark.parametrize(
    "text", ["NaN", "007", "+1", ".5", "1.", "1,5", "", "1\n", "Infinity", "-"]
)
def test_what_json_takes_for_no_number_becomes_a_string(text: str) -> None:
    assert numbers(pa.array(["1", text])).to_pylist() == ["1", json.dumps(text)]


@pytest.mark.parametrize(("data_type", "expected"), [("String", '"12"'), ("Decimal", "12")])
def test_a_measure_declared_as_text_is_a_json_string(data_type: str, expected: str) -> None:
    context = context_of()
    (measure,) = context.data_structure.measures
    format_ = Representation(text_format=TextFormat(data_type=data_type))
    structure = replace(
        context.data_structure, measures=(replace(measure, representation=format_),)
    )
    facts = Facts({}, {("A", "A", "s"): ({}, {"2019": ("12", {})})})
    dataset = out_dataset(replace(context, data_structure=structure), facts)
    text = b"".join(write_json_20(Header(), [dataset], WriteOptions())).decode()
    assert f'"0":[{expected},' in text
