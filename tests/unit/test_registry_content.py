"""What the store keeps of an artefact is all of it, whatever version says it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdmx_service.formats.recognise_structures import read_structures
from sdmx_service.model.limits import Limits
from sdmx_service.model.problem import Refused
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    About,
    Annotation,
    AttachmentLevel,
    Attribute,
    AttributeRelationship,
    Code,
    Codelist,
    DataStructure,
    Dimension,
    Link,
    Measure,
)
from sdmx_service.model.text import LocalisedText
from sdmx_service.registry.content import artefact_of, content_of
from sdmx_service.registry.folder import export_folder
from tests.structure_artefacts_30 import BEYOND_21, ONLY_31

NAMED = LocalisedText.of({"en": "Name"})
LINKED = Codelist(
    ref=Ref(ArtefactClass.CODELIST, "MA", "CL", "1.0"),
    about=About(
        names=NAMED,
        annotations=(Annotation(links=(Link(relation="a", url="https://example.org/"),)),),
    ),
    items=(Code(id="A", about=About(names=NAMED)),),
)


@pytest.mark.parametrize("kind", [*BEYOND_21, *(f"{kind} of 3.1" for kind in ONLY_31)])
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_kept_is_the_artefact(kind: str, data: st.DataObject) -> None:
    every: dict[str, Any] = {**BEYOND_21, **{f"{name} of 3.1": ONLY_31[name] for name in ONLY_31}}
    artefact = data.draw(every[kind])
    assert artefact_of(content_of(artefact)) == artefact
    assert content_of(artefact) == content_of(artefact)


def test_what_only_json_says_is_kept_in_json() -> None:
    assert content_of(LINKED).startswith(b"{")
    assert artefact_of(content_of(LINKED)) == LINKED


def test_what_no_version_says_is_refused() -> None:
    """A dimension that may be missing came with 3.1, a group beside dimensions went with 3.0."""
    relationship = AttributeRelationship(
        level=AttachmentLevel.DIMENSIONS, dimensions=("SEX",), attachment_groups=("G",)
    )
    concept = Ref(ArtefactClass.CONCEPT_SCHEME, "MA", "CS", "1.0", "NOTE")
    both = DataStructure(
        ref=Ref(ArtefactClass.DATA_STRUCTURE, "MA", "DSD", "1.0"),
        about=About(names=NAMED),
        dimensions=(Dimension(id="SEX", concept=concept),),
        measures=(Measure(id="OBS_VALUE", concept=concept),),
        attributes=(Attribute(id="NOTE", concept=concept, relationship=relationship),),
    )
    assert artefact_of(content_of(both)) == both
    with pytest.raises(Refused) as caught:
        content_of(replace(both, is_evolving=True))
    assert caught.value.problem.code == "FORMAT_CANNOT_CARRY"


def test_a_folder_holds_both(tmp_path: Path) -> None:
    plain = Codelist(
        ref=Ref(ArtefactClass.CODELIST, "MA", "PLAIN", "1.0"), about=About(names=NAMED)
    )
    written, others = export_folder((LINKED, plain), tmp_path)
    assert [path.suffix for path in written] == [".json", ".xml"]
    assert others == ()
    assert b"\n  " in written[0].read_bytes()
    found = [read_structures(path.read_bytes(), Limits()).artefacts[0] for path in written]
    assert found == [LINKED, plain]
    assert export_folder((LINKED, plain), tmp_path) == (written, ())
