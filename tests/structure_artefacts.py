"""Hypothesis strategies for artefacts of every class, valid for SDMX 2.1 and 3.0 alike.

``extended=True`` adds what only SDMX 3.0 can say.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.refs import Ref
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
    ConstraintRole,
    Contact,
    CubeRegion,
    DataConstraint,
    Dataflow,
    DataStructure,
    Dimension,
    Group,
    Measure,
    MemberSelection,
    Organisation,
    OrganisationScheme,
    ProvisionAgreement,
    Representation,
    StructureMessage,
    TextFormat,
    TimeRange,
)
from sdmx_service.model.text import LocalisedText

LETTERS = "ABCXYZabz"
SCHEMES = {
    Class.AGENCY_SCHEME: "AGENCIES",
    Class.DATA_CONSUMER_SCHEME: "DATA_CONSUMERS",
    Class.DATA_PROVIDER_SCHEME: "DATA_PROVIDERS",
}

texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r<>&\"']"),
    min_size=1,
    max_size=12,
)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_\-]{0,6}", fullmatch=True)
code_ids = st.from_regex(r"[A-Za-z0-9_@$\-]{1,6}", fullmatch=True)
agencies = st.sampled_from(["MA", "SDMX", "MAGHREB.HUB"])
periods = st.sampled_from(["2010", "2010-Q1", "2010-01", "2010-01-01"])
urls = st.sampled_from(["https://example.org/a?b=1&c=2", "mailto:a@example.org"])


def localised(min_size: int = 0) -> st.SearchStrategy[LocalisedText]:
    languages = st.sampled_from(["en", "fr", "ar", "pt-BR", "zh-Hant"])
    return st.dictionaries(languages, texts, min_size=min_size, max_size=3).map(LocalisedText.of)


def _localised_urls() -> st.SearchStrategy[LocalisedText]:
    """By languages without region or script: the pattern of JSON schemas forbids capitals."""
    words = st.sampled_from(["en", "fr", "ar"])
    return st.dictionaries(words, urls, max_size=2).map(LocalisedText.of)


def versions(extended: bool) -> st.SearchStrategy[str]:
    return st.sampled_from(["1.0", "1.0.0", "2", "12.3"] + ["1.2.3-draft"] * extended)


def annotations(extended: bool) -> st.SearchStrategy[tuple[Annotation, ...]]:
    one = st.builds(
        Annotation,
        type=st.none() | texts,
        id=st.none() | names,
        title=st.none() | texts,
        url=st.none() | urls,
        value=texts if extended else st.none(),
        text=localised(),
        urls=_localised_urls() if extended else st.just(LocalisedText()),
    )
    return st.lists(one, max_size=2).map(tuple)


def about(extended: bool, *, maintainable: bool = False) -> st.SearchStrategy[About]:
    instants = st.sampled_from([None, "2020-01-01T00:00:00", "2020-01-01T00:00:00+01:00"])
    return st.builds(
        About,
        names=localised(1),
        descriptions=localised(),
        annotations=annotations(extended),
        valid_from=instants if maintainable else st.none(),
        valid_to=instants if maintainable else st.none(),
    )


@st.composite
def refs(draw: Any, artefact: Class, extended: bool, *, item: bool = False) -> Ref:
    fixed = SCHEMES.get(artefact)
    return Ref(
        artefact,
        draw(agencies),
        fixed or draw(names),
        None if fixed else draw(versions(extended)),
        draw(names) if item else None,
    )


def text_formats() -> st.SearchStrategy[TextFormat]:
    return st.one_of(
        st.builds(
            TextFormat,
            data_type=st.sampled_from([None, "String", "AlphaNumeric"]),
            min_length=st.sampled_from([None, 1]),
            max_length=st.sampled_from([None, 20]),
            pattern=st.none() | texts,
            is_sequence=st.sampled_from([None, False]),
        ),
        st.builds(
            TextFormat,
            data_type=st.sampled_from(["Decimal", "Integer"]),
            min_value=st.sampled_from([None, "0", "-1.5"]),
            max_value=st.sampled_from([None, "100", "1.25"]),
            start_value=st.sampled_from([None, "3"]),
            end_value=st.sampled_from([None, "9"]),
            interval=st.sampled_from([None, "2"]),
            decimals=st.sampled_from([None, 2]),
        ),
    )


def representations(
    extended: bool, *, counted: bool = False
) -> st.SearchStrategy[Representation | None]:
    counts = st.sampled_from([None, 0, 1]) if counted and extended else st.none()
    coded = st.builds(
        Representation,
        enumeration=refs(Class.CODELIST, extended),
        text_format=st.none() | st.just(TextFormat(data_type="String", max_length=3)),
        min_occurs=counts,
    )
    free = st.builds(Representation, text_format=text_formats(), min_occurs=counts)
    return st.one_of(st.none(), coded, free)


def unique(items: st.SearchStrategy[Any], size: int = 4) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=size, unique_by=lambda item: item.id).map(tuple)


def with_parents(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """Each item below the first, where a parent may have its id by the schema of 3.0, which takes
    fewer there than for codes."""
    if not items or re.fullmatch(r"[A-Za-z][A-Za-z0-9_\-]*", items[0].id) is None:
        return items
    return (items[0], *(replace(item, parent=items[0].id) for item in items[1:]))


def maintainable(artefact: Class, extended: bool) -> dict[str, Any]:
    return {"ref": refs(artefact, extended), "about": about(extended, maintainable=True)}


def codelists(extended: bool) -> st.SearchStrategy[Codelist]:
    codes = unique(st.builds(Code, id=code_ids, about=about(extended)))
    shared = maintainable(Class.CODELIST, extended)
    return st.builds(Codelist, **shared, items=codes.map(with_parents), is_partial=st.booleans())


def concept_schemes(extended: bool) -> st.SearchStrategy[ConceptScheme]:
    concept = st.builds(
        Concept,
        id=names,
        about=about(extended),
        core_representation=representations(extended),
    )
    items = unique(concept).map(with_parents)
    shared = maintainable(Class.CONCEPT_SCHEME, extended)
    return st.builds(ConceptScheme, **shared, items=items, is_partial=st.booleans())


def category_schemes(extended: bool) -> st.SearchStrategy[CategoryScheme]:
    leaf = st.builds(Category, id=code_ids, about=about(extended))
    branch = st.builds(Category, id=code_ids, about=about(extended), categories=unique(leaf, 2))
    shared = maintainable(Class.CATEGORY_SCHEME, extended)
    return st.builds(CategoryScheme, **shared, items=unique(branch, 3), is_partial=st.booleans())


def organisation_schemes(extended: bool) -> st.SearchStrategy[OrganisationScheme]:
    contact = st.builds(
        Contact,
        id=st.none() | names,
        names=localised(),
        departments=localised(),
        roles=localised(),
        telephones=st.lists(texts, max_size=2).map(tuple),
        emails=st.lists(st.just("a@example.org"), max_size=2).map(tuple),
        uris=st.lists(urls, max_size=2).map(tuple),
    )
    organisation = st.builds(
        Organisation,
        id=names,
        about=about(extended),
        contacts=st.lists(contact, max_size=2).map(tuple),
    )
    return st.builds(
        OrganisationScheme,
        ref=st.sampled_from(list(SCHEMES)).flatmap(lambda one: refs(one, extended)),
        about=about(extended, maintainable=True),
        items=unique(organisation, 3),
        is_partial=st.booleans(),
    )


@st.composite
def relationships(
    draw: Any, dimensions: tuple[Dimension, ...], groups: tuple[Group, ...]
) -> AttributeRelationship:
    levels = set(AttachmentLevel) - (set() if groups else {AttachmentLevel.GROUP})
    level = draw(st.sampled_from(sorted(levels)))
    if level is AttachmentLevel.GROUP:
        return AttributeRelationship(level=level, group=groups[0].id)
    if level is AttachmentLevel.DIMENSIONS:
        return AttributeRelationship(level=level, dimensions=tuple(d.id for d in dimensions))
    return AttributeRelationship(level=level)


@st.composite
def data_structures(draw: Any, extended: bool) -> DataStructure:
    concepts = refs(Class.CONCEPT_SCHEME, extended, item=True)
    roles = st.lists(concepts, max_size=1).map(tuple)
    component = {
        "concept": concepts,
        "about": st.builds(About, annotations=annotations(extended)),
    }
    plain = st.builds(
        Dimension,
        id=names.map("D_{}".format),
        **component,
        roles=roles,
        representation=representations(extended),
    )
    dimensions = draw(
        st.lists(plain, min_size=1, max_size=3, unique_by=lambda one: one.id).map(tuple)
    )
    time = Representation(text_format=TextFormat(data_type="ObservationalTimePeriod"))
    keys = tuple(dimension.id for dimension in dimensions)
    groups = draw(
        st.just(())
        | st.builds(Group, id=names, dimensions=st.just(keys), about=component["about"]).map(
            lambda group: (group,)
        )
    )
    counted = representations(extended, counted=True)
    measure = st.builds(
        Measure,
        id=st.just("OBS_VALUE"),
        **component,
        representation=counted,
        mandatory=st.booleans() if extended else st.just(False),
        roles=roles if extended else st.just(()),
    )
    attribute = st.builds(
        Attribute,
        id=names.map("A_{}".format),  # no id twice in a data structure
        **component,
        relationship=relationships(dimensions, groups),
        representation=counted,
        mandatory=st.booleans(),
        roles=roles,
        measures=st.just(("OBS_VALUE",)) if extended else st.just(()),
    )
    attributes = draw(unique(attribute, 3))
    return DataStructure(
        ref=draw(refs(Class.DATA_STRUCTURE, extended)),
        about=draw(about(extended, maintainable=True)),
        dimensions=dimensions,
        time_dimension=draw(
            st.none()
            | st.builds(
                Dimension, id=st.just("TIME_PERIOD"), **component, representation=st.just(time)
            )
        ),
        groups=groups,
        measures=(draw(measure),),
        attributes=attributes,
        dimension_list_annotations=draw(annotations(extended)),
        measure_list_annotations=draw(annotations(extended)),
        attribute_list_annotations=draw(annotations(extended)) if attributes else (),
    )


def data_constraints(extended: bool) -> st.SearchStrategy[DataConstraint]:
    flags = st.booleans()
    ranges = st.one_of(
        st.builds(TimeRange, start=periods, start_inclusive=flags),
        st.builds(TimeRange, end=periods, end_inclusive=flags),
        st.builds(
            TimeRange, start=periods, start_inclusive=flags, end=periods, end_inclusive=flags
        ),
    )
    values = st.builds(
        MemberSelection,
        component=names,
        values=st.lists(texts, min_size=1, max_size=3).map(tuple),
        include=flags,
    )
    times = st.builds(MemberSelection, component=names, time_range=ranges, include=flags)
    selections = st.lists(values | times, max_size=3, unique_by=lambda one: one.component).map(
        tuple
    )
    regions = st.builds(CubeRegion, include=flags, members=selections, components=selections)
    many = [Class.DATA_STRUCTURE, Class.DATAFLOW, Class.PROVISION_AGREEMENT]
    attached = st.sampled_from(many).flatmap(
        lambda one: st.lists(refs(one, extended), max_size=3, unique=True).map(tuple)
    )
    provider = refs(Class.DATA_PROVIDER_SCHEME, extended, item=True).map(lambda one: (one,))
    return st.builds(
        DataConstraint,
        **maintainable(Class.DATA_CONSTRAINT, extended),
        role=st.sampled_from(ConstraintRole),
        attachment=attached | provider,
        cube_regions=st.lists(regions, max_size=2, unique_by=lambda one: one.include).map(tuple),
    )


def dataflows(extended: bool) -> st.SearchStrategy[Dataflow]:
    structure = refs(Class.DATA_STRUCTURE, extended)
    return st.builds(Dataflow, **maintainable(Class.DATAFLOW, extended), structure=structure)


def provision_agreements(extended: bool) -> st.SearchStrategy[ProvisionAgreement]:
    return st.builds(
        ProvisionAgreement,
        **maintainable(Class.PROVISION_AGREEMENT, extended),
        dataflow=refs(Class.DATAFLOW, extended),
        data_provider=refs(Class.DATA_PROVIDER_SCHEME, extended, item=True),
    )


def categorisations(extended: bool) -> st.SearchStrategy[Categorisation]:
    path = st.lists(names, min_size=1, max_size=3).map(".".join)
    target = st.builds(
        lambda ref, item: replace(ref, item=item), refs(Class.CATEGORY_SCHEME, extended), path
    )
    source = st.sampled_from([Class.DATAFLOW, Class.DATA_STRUCTURE, Class.DATA_CONSTRAINT])
    return st.builds(
        Categorisation,
        **maintainable(Class.CATEGORISATION, extended),
        source=source.flatmap(lambda one: refs(one, extended)),
        target=target,
    )


def messages(extended: bool) -> st.SearchStrategy[StructureMessage]:
    """One artefact of every kind."""
    makers = (
        categorisations,
        category_schemes,
        codelists,
        concept_schemes,
        data_constraints,
        data_structures,
        dataflows,
        organisation_schemes,
        provision_agreements,
    )
    return st.tuples(*(maker(extended) for maker in makers)).map(
        lambda artefacts: StructureMessage(artefacts=artefacts)
    )


def fit_31(message: StructureMessage) -> StructureMessage:
    """The same without what SDMX 3.1 took away: actual constraints, versions of categorisations."""
    return replace(message, artefacts=tuple(map(_fit_31, message.artefacts)))


def _fit_31(artefact: Any) -> Any:
    if isinstance(artefact, DataConstraint):
        return replace(artefact, role=ConstraintRole.ALLOWED)
    if isinstance(artefact, Categorisation):
        return replace(artefact, ref=replace(artefact.ref, version="1.0"))
    return artefact


def fit_json_10(message: StructureMessage) -> StructureMessage:
    """The same without what SDMX-JSON 1.0 has no member for: ids of contacts, members that take
    values away."""
    return replace(message, artefacts=tuple(map(_fit_json_10, message.artefacts)))


def _fit_json_10(artefact: Any) -> Any:
    if isinstance(artefact, OrganisationScheme):
        return replace(artefact, items=tuple(map(_without_contact_ids, artefact.items)))
    if isinstance(artefact, DataConstraint):
        return replace(artefact, cube_regions=tuple(map(_all_included, artefact.cube_regions)))
    return artefact


def _without_contact_ids(organisation: Organisation) -> Organisation:
    contacts = tuple(replace(contact, id=None) for contact in organisation.contacts)
    return replace(organisation, contacts=contacts)


def _all_included(region: CubeRegion) -> CubeRegion:
    return replace(
        region,
        members=tuple(replace(member, include=True) for member in region.members),
        components=tuple(replace(member, include=True) for member in region.components),
    )
