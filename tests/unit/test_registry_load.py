"""Reading folders of structure files."""

import pytest
from small_registry import AREA, ARTEFACTS, FLOW, SEX, STATUS

from sdmx_service.formats.json import structures as json_structures
from sdmx_service.formats.xml.structures import write_21, write_30
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Header
from sdmx_service.model.problem import Refused
from sdmx_service.model.structures import StructureMessage
from sdmx_service.registry.load import load_folders

HEADER = Header(id="TEST", sender="AG")


def message(*artefacts):
    return StructureMessage(artefacts=artefacts)


def test_folders_are_read_in_order_whatever_the_version_of_the_format(tmp_path):
    for folder in ("first", "second/inner"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "first/b.xml").write_bytes(write_30(HEADER, message(SEX)))
    (tmp_path / "first/a.XML").write_bytes(write_21(HEADER, message(AREA)))
    (tmp_path / "first/notes.txt").write_text("not a structure")
    (tmp_path / "second/inner/c.xml").write_bytes(write_30(HEADER, message(FLOW)))
    (tmp_path / "second/d.json").write_bytes(json_structures.write_20(HEADER, message(STATUS)))
    found = load_folders([tmp_path / "second", tmp_path / "first"], Limits())
    assert found == (STATUS, FLOW, AREA, SEX)


def test_everything_comes_back_as_it_was(tmp_path):
    (tmp_path / "all.xml").write_bytes(write_30(HEADER, message(*ARTEFACTS)))
    found = load_folders([tmp_path], Limits())
    assert {artefact.ref: artefact for artefact in found} == {
        artefact.ref: artefact for artefact in ARTEFACTS
    }


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "broken.xml").write_text("<a>")
    with pytest.raises(Refused) as caught:
        load_folders([tmp_path], Limits())
    assert caught.value.problem.code == "XML_MALFORMED"
    assert caught.value.problem.arguments["file"].endswith("broken.xml")


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_folders([tmp_path / "none"], Limits())
