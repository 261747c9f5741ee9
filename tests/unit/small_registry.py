"""A registry small enough to be read: one data structure, two dataflows, three providers."""

from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.refs import Ref
from sdmx_service.model.regions import CubeRegion, MemberSelection
from sdmx_service.model.structures import (
    About,
    Annotation,
    AttachmentLevel,
    Attribute,
    AttributeRelationship,
    Categorisation,
    Category,
    CategoryScheme,
    Code,
    Codelist,
    Concept,
    ConceptScheme,
    DataConstraint,
    Dataflow,
    DataStructure,
    Dimension,
    Measure,
    Organisation,
    OrganisationScheme,
    ProvisionAgreement,
    Representation,
    TextFormat,
)
from sdmx_service.model.text import LocalisedText


def named(text, **annotations):
    return About(
        names=LocalisedText.of({"fr": text, "en": text, "ar": text}),
        descriptions=LocalisedText.of({"en": f"About {text}"}),
        annotations=tuple(
            Annotation(type=kind, title=title) for kind, title in annotations.items()
        ),
    )


def ref(artefact, id_, version="1.0.0", item=None):
    return Ref(artefact, "AG", id_, version, item)


def codes(id_, *entries, version="1.0.0"):
    items = tuple(Code(id=code, parent=parent, about=named(code)) for code, parent in entries)
    return Codelist(ref=ref(Class.CODELIST, id_, version), about=named(id_), items=items)


AREA = codes("CL_AREA", ("_T", None), ("X", "_T"), ("X1", "X"), ("Y", "_T"), ("_Z", None))
SEX_OLD = codes("CL_SEX", ("F", None), ("M", None))
SEX = codes("CL_SEX", ("F", None), ("M", None), ("_T", None), version="1.1.0")
SEX_DRAFT = codes("CL_SEX", ("F", None), version="2.0.0-draft")
UNUSED = codes("CL_UNUSED", ("A", None))
STATUS = codes("CL_STATUS", ("A", None), ("M", None))


def concept(id_, codelist=None, **text):
    core = Representation(
        enumeration=codelist.ref if codelist else None,
        text_format=TextFormat(**text) if text else None,
    )
    return Concept(id=id_, about=named(id_), core_representation=core)


CONCEPTS = ConceptScheme(
    ref=ref(Class.CONCEPT_SCHEME, "CS"),
    about=named("CS"),
    items=(
        concept("AREA", AREA),
        concept("SEX", SEX),
        concept("STATUS", STATUS),
        concept("UNUSED", UNUSED),
        concept("TIME_PERIOD", data_type="ObservationalTimePeriod"),
        concept("OBS_VALUE", data_type="Double"),
    ),
)


def of(id_):
    return ref(Class.CONCEPT_SCHEME, "CS", item=id_)


STRUCTURE = DataStructure(
    ref=ref(Class.DATA_STRUCTURE, "DSD"),
    about=named("DSD"),
    dimensions=(
        Dimension(id="AREA", concept=of("AREA")),
        Dimension(
            id="SEX", concept=of("SEX"), representation=Representation(enumeration=SEX_OLD.ref)
        ),
    ),
    time_dimension=Dimension(
        id="TIME_PERIOD",
        concept=of("TIME_PERIOD"),
        representation=Representation(text_format=TextFormat(data_type="ObservationalTimePeriod")),
    ),
    measures=(Measure(id="OBS_VALUE", concept=of("OBS_VALUE")),),
    attributes=(
        Attribute(
            id="STATUS",
            concept=of("STATUS"),
            relationship=AttributeRelationship(level=AttachmentLevel.OBSERVATION),
        ),
    ),
)
FLOW = Dataflow(ref=ref(Class.DATAFLOW, "DF"), structure=STRUCTURE.ref, about=named("DF"))
OTHER = Dataflow(
    ref=ref(Class.DATAFLOW, "DF_OTHER"),
    structure=ref(Class.DATA_STRUCTURE, "DSD", "1+.0.0"),
    about=named("DF_OTHER"),
)
PROVIDERS = OrganisationScheme(
    ref=ref(Class.DATA_PROVIDER_SCHEME, "DATA_PROVIDERS", None),
    about=named("providers"),
    items=(
        Organisation(id="NSO", about=named("NSO", COUNTRY="XX")),
        Organisation(id="INT", about=named("INT")),
        Organisation(id="AG", about=named("AG")),
    ),
)
AGENCIES = OrganisationScheme(
    ref=ref(Class.AGENCY_SCHEME, "AGENCIES", None),
    about=named("agencies"),
    items=(
        Organisation(id="SUB", about=named("SUB")),
        Organisation(id="IDLE", about=named("IDLE")),
    ),
)
SUB_LIST = Codelist(
    ref=Ref(Class.CODELIST, "AG.SUB", "CL_OWN", "1.0.0"),
    about=named("own"),
    items=(Code(id="A", about=named("A")),),
)


def agreement(flow, provider, **annotations):
    return ProvisionAgreement(
        ref=ref(Class.PROVISION_AGREEMENT, f"PA_{flow.ref.id}_{provider}"),
        dataflow=flow.ref,
        data_provider=ref(Class.DATA_PROVIDER_SCHEME, "DATA_PROVIDERS", None, provider),
        about=named(f"PA {provider}", **annotations),
    )


BY_NSO = agreement(FLOW, "NSO", SHARING_TIER="national", PRECEDENCE="5")
BY_INT = agreement(FLOW, "INT", SHARING_TIER="public")
OTHER_BY_NSO = agreement(OTHER, "NSO")


def constraint(id_, target, *members):
    return DataConstraint(
        ref=ref(Class.DATA_CONSTRAINT, id_),
        about=named(id_),
        attachment=(target,),
        cube_regions=(CubeRegion(members=members),),
    )


ON_FLOW = constraint(
    "DC_DF", FLOW.ref, MemberSelection(component="AREA", values=("_Z", "_T"), include=False)
)
ON_AGREEMENT = constraint("DC_PA", BY_NSO.ref, MemberSelection(component="AREA", values=("X1",)))
ON_STRUCTURE = constraint(
    "DC_DSD", STRUCTURE.ref, MemberSelection(component="SEX", values=("F", "M"))
)
CATEGORIES = CategoryScheme(
    ref=ref(Class.CATEGORY_SCHEME, "CAS"),
    about=named("CAS"),
    items=(
        Category(
            id="P",
            about=named("P"),
            categories=(Category(id="Q", about=named("Q")), Category(id="R", about=named("R"))),
        ),
        Category(id="S", about=named("S")),
    ),
)
FILED = Categorisation(
    ref=ref(Class.CATEGORISATION, "CAT"),
    about=named("CAT"),
    source=FLOW.ref,
    target=ref(Class.CATEGORY_SCHEME, "CAS", item="P.Q"),
)
ARTEFACTS = (
    AREA, SEX_OLD, SEX, SEX_DRAFT, UNUSED, STATUS, CONCEPTS, STRUCTURE, FLOW, OTHER, PROVIDERS,
    AGENCIES, SUB_LIST, BY_NSO, BY_INT, OTHER_BY_NSO, ON_FLOW, ON_AGREEMENT, ON_STRUCTURE,
    CATEGORIES, FILED,
)  # fmt: skip
