"""Hypothesis strategies for the classes and fields that SDMX 3.0 has beyond those of 2.1.

Those that 2.1 has as well (processes, taxonomies, VTL schemes) take ``extended=False`` too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from sdmx_service.model import structures as model
from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.refs import Ref
from sdmx_service.model.text import LocalisedText
from tests.structure_artefacts import (
    about,
    annotations,
    code_ids,
    data_structures,
    dataflows,
    maintainable,
    names,
    periods,
    refs,
    texts,
    unique,
    urls,
    with_parents,
)
from tests.structure_artefacts_maps import (
    flags,
    item_scheme_maps,
    noted,
    processes,
    representation_maps,
    some,
    structure_maps,
    vtl_schemes,
)

TARGETS = (
    "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=*:*(*)",
    "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=MA:DF(1.0)",
)


link = st.builds(
    model.Link,
    relation=st.sampled_from(["alternate", "describedby"]),
    url=urls,
    type=st.none() | names,
)


def linked_codelists() -> Any:
    """A code list with all it can say since 3.0."""
    # The schema of 3.0 has a range of characters where it means a hyphen.
    selected = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,4}", fullmatch=True)
    member = st.builds(model.MemberValue, value=selected, cascade=st.sampled_from(model.Cascade))
    members = st.lists(member, min_size=1, max_size=2, unique=True).map(tuple)
    selection = st.builds(model.CodeSelection, include=flags, members=members)
    extension = st.builds(
        model.CodelistExtension,
        codelist=refs(Class.CODELIST, True),
        prefix=st.none() | names,
        selection=st.none() | selection,
    )
    said = st.builds(
        lambda base, links, uri: replace(
            base, links=links, uri=uri, service_url=uri, structure_url=uri
        ),
        about(True, maintainable=True),
        some(link),
        st.none() | urls,
    )
    return st.builds(
        model.Codelist,
        ref=refs(Class.CODELIST, True),
        about=said,
        items=unique(st.builds(model.Code, id=names, about=about(True))).map(with_parents),
        extensions=some(extension),
    )


def geographic() -> Any:
    feature = st.builds(model.GeoFeatureSetCode, id=names, about=about(True), value=texts)
    cell = st.builds(model.GeoGridCode, id=names, about=about(True), cell=texts)
    return st.builds(
        model.GeographicCodelist,
        **maintainable(Class.GEOGRAPHIC_CODELIST, True),
        items=unique(feature),
    ) | st.builds(
        model.GeoGridCodelist,
        **maintainable(Class.GEO_GRID_CODELIST, True),
        items=unique(cell),
        grid=texts,
    )


def value_lists() -> Any:
    value = st.builds(model.ValueItem, id=texts, about=about(True))
    return st.builds(model.ValueList, **maintainable(Class.VALUE_LIST, True), items=unique(value))


def organisation_schemes_of_30() -> Any:
    contact = st.builds(model.Contact, faxes=some(texts), x400s=some(texts))
    unit = st.builds(model.Organisation, id=names, about=about(True), contacts=some(contact))
    return st.sampled_from(
        [
            (Class.METADATA_PROVIDER_SCHEME, "METADATA_PROVIDERS"),
            (Class.ORGANISATION_UNIT_SCHEME, "UNITS"),
        ]
    ).flatmap(
        lambda kind: st.builds(
            model.OrganisationScheme,
            ref=st.just(Ref(kind[0], "MA", kind[1])),
            about=about(True, maintainable=True),
            items=unique(unit).map(
                with_parents if kind[0] is Class.ORGANISATION_UNIT_SCHEME else tuple
            ),
        )
    )


def taxonomies(extended: bool) -> Any:
    structures = some(refs(Class.DATA_STRUCTURE, extended), 1)
    flows = some(refs(Class.DATAFLOW, extended), 1)
    own = {"id": code_ids, "about": about(extended)}
    leaf = st.builds(model.ReportingCategory, **own)
    branch = st.one_of(
        st.builds(
            model.ReportingCategory, id=code_ids, about=about(extended), structures=structures
        ),
        st.builds(model.ReportingCategory, id=code_ids, about=about(extended), flows=flows),
        st.builds(
            model.ReportingCategory, id=code_ids, about=about(extended), categories=unique(leaf, 2)
        ),
    )
    return st.builds(
        model.ReportingTaxonomy,
        **maintainable(Class.REPORTING_TAXONOMY, extended),
        items=unique(branch, 3),
        is_partial=flags,
    )


def metadata_structures() -> Any:
    own = {
        "id": names,
        "concept": refs(Class.CONCEPT_SCHEME, True, item=True),
        "about": noted(True),
        "min_occurs": st.sampled_from([None, 0, 2]),
        "max_occurs": st.sampled_from([None, 3, "unbounded"]),
        "is_presentational": flags,
    }
    leaf = st.builds(
        model.MetadataAttribute,
        **own,
        representation=st.none()
        | st.builds(model.Representation, enumeration=refs(Class.CODELIST, True))
        | st.just(
            model.Representation(
                text_format=model.TextFormat(
                    data_type="String",
                    is_multilingual=True,
                    sentinel_values=(
                        model.SentinelValue(value="-1", names=LocalisedText.of({"en": "none"})),
                    ),
                )
            )
        ),
    )
    branch = st.builds(model.MetadataAttribute, **own, attributes=unique(leaf, 2))
    return st.builds(
        model.MetadataStructure,
        **maintainable(Class.METADATA_STRUCTURE, True),
        attributes=st.lists(branch, min_size=1, max_size=2, unique_by=lambda one: one.id).map(
            tuple
        ),
        attribute_list_annotations=annotations(True),
        attribute_list_links=some(link),
    )


def metadata_flows() -> Any:
    targets = st.sampled_from([TARGETS, TARGETS[:1]])
    return st.builds(
        model.Metadataflow,
        **maintainable(Class.METADATAFLOW, True),
        structure=refs(Class.METADATA_STRUCTURE, True),
        targets=targets,
    ) | st.builds(
        model.MetadataProvisionAgreement,
        **maintainable(Class.METADATA_PROVISION_AGREEMENT, True),
        metadataflow=refs(Class.METADATAFLOW, True),
        metadata_provider=st.just(
            Ref(Class.METADATA_PROVIDER_SCHEME, "MA", "METADATA_PROVIDERS", None, "P")
        ),
        targets=targets,
    )


def selections(dated: bool = True) -> Any:
    """Members of a region with all that can be said of values; in a key they are not dated."""
    validity = st.none() | periods if dated else st.none()
    value = st.builds(
        model.SelectedValue,
        value=names,
        cascade=st.sampled_from(model.Cascade),
        valid_from=validity,
        valid_to=validity,
    )
    values = st.lists(value, min_size=1, max_size=3, unique_by=lambda one: one.value)
    return st.builds(_selection, names, values, flags, flags)


def _selection(component: str, values: Any, include: bool, prefix: bool) -> Any:
    return model.MemberSelection(
        component=component,
        values=tuple(one.value for one in values),
        details=tuple(one for one in values if one != model.SelectedValue(value=one.value)),
        include=include,
        remove_prefix=prefix,
    )


def metadata_constraints() -> Any:
    many = [Class.METADATA_STRUCTURE, Class.METADATAFLOW, Class.METADATA_PROVISION_AGREEMENT]
    region = st.builds(
        model.MetadataTargetRegion,
        include=flags,
        components=some(selections()),
        annotations=st.just(()),
        valid_from=st.none() | periods,
    )
    return st.builds(
        model.MetadataConstraint,
        **maintainable(Class.METADATA_CONSTRAINT, True),
        attachment=st.sampled_from(many).flatmap(lambda one: some(refs(one, True))),
        regions=st.lists(region, max_size=2, unique_by=lambda one: one.include).map(tuple),
    )


def key_constraints() -> Any:
    """Data constraints with key sets and values of which more is said."""
    member = st.builds(
        model.MemberSelection, component=names, values=st.tuples(names), remove_prefix=flags
    )
    key = st.builds(
        model.DataKey,
        members=some(member),
        components=some(selections(dated=False)),
        annotations=annotations(True),
        valid_from=st.none() | periods,
    )
    sets = st.builds(model.DataKeySet, keys=some(key, 1), include=flags)
    region = st.builds(
        model.CubeRegion, include=flags, members=some(selections()), annotations=annotations(True)
    )
    return st.builds(
        model.DataConstraint,
        **maintainable(Class.DATA_CONSTRAINT, True),
        attachment=some(refs(Class.DATAFLOW, True)),
        key_sets=some(sets),
        cube_regions=st.lists(region, max_size=2, unique_by=lambda one: one.include).map(tuple),
    )


def any_constraints() -> Any:
    """Data constraints of which most say something somewhere that a version has no place for."""
    period = st.none() | periods
    said = st.builds(
        model.SelectedValue,
        value=names,
        cascade=st.sampled_from(model.Cascade),
        language=st.sampled_from([None, "en"]),
        valid_from=period,
    )
    member = st.builds(
        lambda member, values, times, dated: replace(
            member, values=member.values + values, time_range=times, valid_to=dated
        ),
        selections(),
        some(names),
        st.sampled_from([None, model.TimeRange(start="2010"), model.TimeRange(valid_to="2010")]),
        period,
    ) | st.builds(_selection, names, st.lists(said, max_size=2), flags, flags)
    own = {"members": some(member), "components": some(member)}
    key = st.builds(model.DataKey, **own, valid_to=period)
    region = st.builds(model.CubeRegion, **own, include=flags)
    return st.builds(
        model.DataConstraint,
        **maintainable(Class.DATA_CONSTRAINT, False),
        role=st.sampled_from(model.ConstraintRole),
        attachment=some(refs(Class.DATAFLOW, False) | refs(Class.DATA_STRUCTURE, False)),
        key_sets=some(st.builds(model.DataKeySet, keys=some(key, 1), include=flags)),
        cube_regions=some(region, 0, 3),
        series_count=st.sampled_from([None, 3]),
    )


def hierarchies() -> Any:
    below = st.builds(model.Level, id=names, about=about(True))
    coding = model.TextFormat(data_type="Alpha", max_length=3)
    level = st.builds(
        model.Level,
        id=names,
        about=about(True),
        coding_format=st.none() | st.just(coding),
        level=st.none() | below,
    ).filter(lambda one: one.level is None or one.level.id != one.id)
    code = {
        "id": names,
        "code": refs(Class.CODELIST, True, item=True),
        "about": st.builds(
            model.About,
            annotations=annotations(True),
            valid_from=st.sampled_from([None, "2020-01-01T00:00:00"]),
        ),
    }
    leaf = st.builds(model.HierarchicalCode, **code, level=st.none() | names)
    branch = st.builds(model.HierarchicalCode, **code, codes=unique(leaf, 2)).map(_by_place)
    return st.builds(
        model.Hierarchy,
        **maintainable(Class.HIERARCHY, True),
        has_formal_levels=flags,
        level=st.none() | level,
        codes=st.lists(branch, min_size=1, max_size=2, unique_by=lambda one: one.id).map(tuple),
    )


def _by_place(code: model.HierarchicalCode) -> model.HierarchicalCode:
    """The same with ids that no other place has, as SDMX-ML 3 asks."""
    below = (replace(one, id=f"{code.id}_{place}") for place, one in enumerate(code.codes))
    return replace(code, id=f"T-{code.id}", codes=tuple(below))


def associations() -> Any:
    dimension = refs(Class.DATA_STRUCTURE, True).map(
        lambda ref: replace(ref, item="SEX", part="Dimension")
    )
    return st.builds(
        model.HierarchyAssociation,
        **maintainable(Class.HIERARCHY_ASSOCIATION, True),
        hierarchy=refs(Class.HIERARCHY, True),
        linked=dimension | refs(Class.CODELIST, True),
        context=st.none() | refs(Class.DATAFLOW, True),
    )


@st.composite
def data_structures_of_30(draw: Any) -> Any:
    """Several measures and values, optional dimensions, uses of metadata attributes."""
    base = draw(data_structures(True))
    keys = tuple(dimension.id for dimension in base.dimensions)
    several = model.Representation(
        text_format=model.TextFormat(data_type="String", is_multilingual=True),
        min_occurs=draw(st.sampled_from([None, 0, 2])),
        max_occurs=draw(st.sampled_from([None, 3, "unbounded"])),
    )
    relationship = model.AttributeRelationship(
        level=model.AttachmentLevel.DIMENSIONS,
        dimensions=keys,
        optional=keys[:1] if draw(flags) else (),
    )
    usage = model.MetadataAttributeUsage(
        metadata_attribute=draw(names), relationship=relationship, about=draw(noted(True))
    )
    second = replace(base.measures[0], id="SECOND", representation=several)
    attributes = tuple(
        replace(one, relationship=relationship, representation=several, measures=("SECOND",))
        for one in base.attributes
    )
    links = draw(some(link))
    return replace(
        base,
        dimension_list_links=links,
        attribute_list_links=links,
        measures=(*base.measures, second),
        attributes=attributes,
        metadata_usages=(usage,),
        metadata=draw(refs(Class.METADATA_STRUCTURE, True)),
    )


def with_a_nested_usage(structure: Any) -> Any:
    """The same with a use of an attribute in another one, which SDMX-ML 3 has no name for."""
    usages = structure.metadata_usages
    nested = replace(usages[0], metadata_attribute="CONTACT.NAME")
    return replace(structure, metadata_usages=(*usages, nested))


def with_an_annotated_region(constraint: Any) -> Any:
    """The same with a region of which more is said, for which the schema of XML has no place."""
    region = model.MetadataTargetRegion(annotations=(model.Annotation(title="Why"),))
    return replace(constraint, regions=(region,))


ONLY_IN_JSON = {
    "MetadataAttributeUsage CONTACT.NAME": data_structures_of_30().map(with_a_nested_usage),
    "MetadataTargetRegion.annotations": metadata_constraints().map(with_an_annotated_region),
}
"""Strategies of what SDMX-JSON says since 2.0 and no SDMX-ML 3, which names it so."""
BEYOND_21 = {
    "associations": associations(),
    "codelists": linked_codelists(),
    "data_structures": data_structures_of_30(),
    "geographic": geographic(),
    "hierarchies": hierarchies(),
    "item_scheme_maps": item_scheme_maps(),
    "key_constraints": key_constraints(),
    "metadata_constraints": metadata_constraints(),
    "metadata_flows": metadata_flows(),
    "metadata_structures": metadata_structures(),
    "organisation_schemes": organisation_schemes_of_30(),
    "processes": processes(True),
    "representation_maps": representation_maps(),
    "structure_maps": structure_maps(),
    "taxonomies": taxonomies(True),
    "value_lists": value_lists(),
    "vtl_schemes": vtl_schemes(True),
}
"""Strategies of what SDMX 3.0 and 3.1 both have."""
IN_21 = {"processes": processes(False), "taxonomies": taxonomies(False), "vtl": vtl_schemes(False)}
"""Strategies of what SDMX 2.1 has beside the classes of ``structure_artefacts``."""
ONLY_31 = {
    "data_structures": data_structures(True).map(lambda one: replace(one, is_evolving=True)),
    "dataflows": dataflows(True).map(
        lambda one: replace(
            one,
            dimensions=("SEX", "AREA"),
            about=replace(one.about, is_partial_language=True),
        )
    ),
}
"""Strategies of what came with SDMX 3.1."""
