"""A data structure of nine dimensions for the bench, with all that a hub needs around it."""

from __future__ import annotations

from pathlib import Path

from sdmx_service.formats.xml.structures import write_30
from sdmx_service.model.message import Header
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    About,
    Annotation,
    Artefact,
    AttachmentLevel,
    Attribute,
    AttributeRelationship,
    Code,
    Codelist,
    Concept,
    ConceptScheme,
    Dataflow,
    DataStructure,
    Dimension,
    Measure,
    Organisation,
    OrganisationScheme,
    ProvisionAgreement,
    Representation,
    StructureMessage,
    TextFormat,
)
from sdmx_service.model.text import LocalisedText

AGENCY, VERSION, PROVIDER = "BENCH", "1.0.0", "P1"
SIZES = {
    "FREQ": 1, "REF_AREA": 50, "SOURCE": 5, "INDICATOR": 10, "SEX": 3, "AGE": 12,
    "EDUCATION": 4, "ACTIVITY": 5, "STATUS": 2,
}  # fmt: skip
OBSERVATION = ("OBS_STATUS", "CONF_STATUS")
SERIES = ("UNIT_MEASURE", "UNIT_MULT", "DECIMALS", "COMMENT_TS")
CODES = {
    "FREQ": ["A"], "OBS_STATUS": ["A", "B", "E"], "CONF_STATUS": ["F"], "UNIT_MEASURE": ["PS"],
    "UNIT_MULT": ["0"], "DECIMALS": ["0"],
}  # fmt: skip


def ref(artefact: ArtefactClass, name: str, item: str | None = None) -> Ref:
    return Ref(artefact, AGENCY, name, VERSION, item)


def codes(component: str) -> list[str]:
    """The codes of a component, made up where it matters not."""
    return CODES.get(component) or [f"{component[:2]}{n}" for n in range(SIZES[component])]


def _about(text: str) -> About:
    return About(names=LocalisedText.of({"en": text, "fr": text, "ar": text}))


def _codelist(component: str) -> Codelist:
    items = tuple(Code(id=code, about=_about(code)) for code in codes(component))
    name = f"CL_{component}"
    return Codelist(ref=ref(ArtefactClass.CODELIST, name), about=_about(name), items=items)


def _concept(component: str) -> Ref:
    return ref(ArtefactClass.CONCEPT_SCHEME, "CS", component)


def _coded(component: str) -> Representation:
    return Representation(enumeration=ref(ArtefactClass.CODELIST, f"CL_{component}"))


def _attribute(component: str, level: AttachmentLevel) -> Attribute:
    dimensions = tuple(SIZES) if level is AttachmentLevel.DIMENSIONS else ()
    free = component == "COMMENT_TS"
    return Attribute(
        id=component,
        concept=_concept(component),
        relationship=AttributeRelationship(level=level, dimensions=dimensions),
        representation=Representation(text_format=TextFormat(data_type="String"))
        if free
        else _coded(component),
        mandatory=not free,
    )


def _data_structure() -> DataStructure:
    return DataStructure(
        ref=ref(ArtefactClass.DATA_STRUCTURE, "DSD"),
        about=_about("Bench"),
        dimensions=tuple(
            Dimension(id=name, concept=_concept(name), representation=_coded(name))
            for name in SIZES
        ),
        time_dimension=Dimension(
            id="TIME_PERIOD",
            concept=_concept("TIME_PERIOD"),
            representation=Representation(
                text_format=TextFormat(data_type="ObservationalTimePeriod")
            ),
        ),
        measures=(
            Measure(
                id="OBS_VALUE",
                concept=_concept("OBS_VALUE"),
                representation=Representation(text_format=TextFormat(data_type="Double")),
            ),
        ),
        attributes=tuple(
            [_attribute(name, AttachmentLevel.OBSERVATION) for name in OBSERVATION]
            + [_attribute(name, AttachmentLevel.DIMENSIONS) for name in SERIES]
        ),
    )


def artefacts() -> tuple[Artefact, ...]:
    """Everything a hub needs to take and serve the bench's data."""
    components = [*SIZES, "TIME_PERIOD", "OBS_VALUE", *OBSERVATION, *SERIES]
    coded = [name for name in components if name in SIZES or name in CODES]
    concepts = tuple(Concept(id=name, about=_about(name)) for name in components)
    providers = Ref(ArtefactClass.DATA_PROVIDER_SCHEME, AGENCY, "DATA_PROVIDERS")
    flow = ref(ArtefactClass.DATAFLOW, "DF")
    public = (Annotation(type="SHARING_TIER", title="public"),)
    names = LocalisedText.of({"en": "Agreement", "fr": "Accord", "ar": "اتفاق"})
    return (
        *(_codelist(name) for name in coded),
        ConceptScheme(
            ref=ref(ArtefactClass.CONCEPT_SCHEME, "CS"), about=_about("CS"), items=concepts
        ),
        _data_structure(),
        Dataflow(ref=flow, about=_about("Flow"), structure=_data_structure().ref),
        OrganisationScheme(
            ref=Ref(ArtefactClass.AGENCY_SCHEME, AGENCY, "AGENCIES"), about=_about("Agencies")
        ),
        OrganisationScheme(
            ref=providers,
            about=_about("Providers"),
            items=(Organisation(id=PROVIDER, about=_about(PROVIDER)),),
        ),
        ProvisionAgreement(
            ref=ref(ArtefactClass.PROVISION_AGREEMENT, "PA"),
            about=About(names=names, annotations=public),
            dataflow=flow,
            data_provider=Ref(
                ArtefactClass.DATA_PROVIDER_SCHEME, AGENCY, "DATA_PROVIDERS", None, PROVIDER
            ),
        ),
    )


def write_folder(folder: Path) -> None:
    """Write the structures where a hub can load them."""
    folder.mkdir(parents=True, exist_ok=True)
    text = write_30(Header(id="BENCH", sender="BENCH"), StructureMessage(artefacts=artefacts()))
    (folder / "bench.xml").write_bytes(text)
