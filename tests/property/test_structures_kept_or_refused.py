"""Whatever a format is given of structures, it writes whole and valid, or refuses by name."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdmx_service.model.limits import Limits
from sdmx_service.model.problem import Refused
from sdmx_service.model.structures import StructureMessage
from tests.property.test_structure_round_trip import (
    EVERY_FORMAT,
    FEW,
    FORMATS_SINCE_30,
    HEADER,
    assert_valid_json,
    assert_valid_xml,
    in_order,
)
from tests.structure_artefacts import messages
from tests.structure_artefacts_21 import IN_CLASSES_OF_21
from tests.structure_artefacts_30 import (
    BEYOND_21,
    IN_21,
    ONLY_31,
    ONLY_IN_JSON,
    any_constraints,
)
from tests.structure_artefacts_constraints import metadata_constraints
from tests.structure_parts import parts_of


def _alone(kinds: dict[str, Any]) -> dict[str, Any]:
    return {name: kinds[name].map(lambda one: (one,)) for name in kinds}


EVERY_KIND: dict[str, Any] = {
    "all since 2.1": messages(extended=True).map(lambda message: message.artefacts),
    "any constraints": any_constraints().map(lambda one: (one,)),
    "any constraints on metadata": metadata_constraints(st.booleans()),
    **_alone(BEYOND_21),
    **{f"{name} of 2.1": made for name, made in (_alone(IN_21) | IN_CLASSES_OF_21).items()},
    **_alone(ONLY_IN_JSON),
    **{f"{name} of 3.1": made for name, made in _alone(ONLY_31).items()},
}


@pytest.mark.parametrize("name", EVERY_FORMAT)
@pytest.mark.parametrize("kind", EVERY_KIND)
@settings(parent=FEW, max_examples=8)
@given(data=st.data())
def test_what_is_written_is_valid_and_whole(kind: str, name: str, data: st.DataObject) -> None:
    message = StructureMessage(artefacts=data.draw(EVERY_KIND[kind]))
    write, read = EVERY_FORMAT[name]
    try:
        text = write(HEADER, message)
    except Refused as refused:
        problem = refused.problem
        assert (problem.code, bool(problem.arguments["found"])) == ("FORMAT_CANNOT_CARRY", True)
        return
    language, _, version = name.partition(" ")
    (assert_valid_xml if language == "xml" else assert_valid_json)(text, version)
    again = read(text, Limits())
    if name in FORMATS_SINCE_30:
        assert in_order(again) == in_order(message)
    else:  # which does not count values, and has one measure for all
        assert Counter(parts_of(again.artefacts)) == Counter(parts_of(message.artefacts))
