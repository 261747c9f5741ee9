"""Hypothesis strategies for what SDMX 2.1 holds in classes of its own: hierarchical code lists,
structure sets, report structures. They are artefacts of the model, as any message gives them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from sdmx_service.formats.structures.metadata import ANYTHING
from sdmx_service.model import structures as model
from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import Annotation
from sdmx_service.model.text import LocalisedText
from tests.structure_artefacts import (
    about,
    annotations,
    code_ids,
    maintainable,
    names,
    refs,
    representations,
    texts,
    unique,
)
from tests.structure_artefacts_constraints import (
    attachment_constraints,
    constraints_on_data_sets,
    metadata_constraints,
)
from tests.structure_artefacts_maps import noted, some

instants = st.sampled_from([None, "2020-01-01T00:00:00"])


def hierarchies() -> st.SearchStrategy[tuple[model.Hierarchy, ...]]:
    """Two of them, each of codes of lists that may have one id."""
    below = st.builds(model.Level, id=names, about=about(False))
    coding = model.TextFormat(data_type="Alpha", max_length=3)
    level = st.builds(
        model.Level,
        id=names.map("L_{}".format),
        about=about(False),
        coding_format=st.none() | st.just(coding),
        level=st.none() | below,
    )
    code = {
        "id": code_ids,
        "code": refs(Class.CODELIST, False, item=True),
        "about": st.builds(model.About, annotations=annotations(False), valid_from=instants),
    }
    leaf = st.builds(model.HierarchicalCode, **code, level=st.none() | names)
    branch = st.builds(model.HierarchicalCode, **code, codes=unique(leaf, 2))
    one = st.builds(
        model.Hierarchy,
        **maintainable(Class.HIERARCHY, False),
        has_formal_levels=st.booleans(),
        level=st.none() | level,
        codes=st.lists(branch, min_size=1, max_size=2, unique_by=lambda one: one.id).map(tuple),
    )
    return st.lists(one, max_size=2, min_size=1, unique_by=lambda one: one.ref).map(tuple)


def scheme_maps() -> st.SearchStrategy[tuple[model.ItemSchemeMap, ...]]:
    pairs = {
        Class.CATEGORY_SCHEME_MAP: Class.CATEGORY_SCHEME,
        Class.CONCEPT_SCHEME_MAP: Class.CONCEPT_SCHEME,
        Class.ORGANISATION_SCHEME_MAP: Class.AGENCY_SCHEME,
        Class.REPORTING_TAXONOMY_MAP: Class.REPORTING_TAXONOMY,
    }
    source = st.builds(model.SourceValue, value=names)
    each = st.builds(model.ItemMap, source=source, target=names, about=noted(False))
    return st.sampled_from(sorted(pairs.items())).flatmap(
        lambda pair: st.builds(
            model.ItemSchemeMap,
            **maintainable(pair[0], False),
            source=refs(pair[1], False),
            target=refs(pair[1], False),
            maps=some(each, 1),
        ).map(lambda one: (one,))
    )


def representation_maps() -> st.SearchStrategy[model.RepresentationMap]:
    codelist = st.builds(model.MappedRepresentation, codelist=refs(Class.CODELIST, False))
    mapping = st.builds(
        model.ValueMapping,
        sources=st.builds(model.SourceValue, value=code_ids).map(lambda one: (one,)),
        targets=st.tuples(code_ids),
        about=noted(False),
    )
    return st.builds(
        model.RepresentationMap,
        ref=refs(Class.REPRESENTATION_MAP, False),
        about=about(False),
        sources=st.tuples(codelist),
        targets=st.tuples(codelist),
        mappings=some(mapping, 1),
    )


@st.composite
def structure_maps(draw: Any) -> tuple[Any, ...]:
    """A map of structures with the maps of representations it uses, and one of texts."""
    used = draw(representation_maps())
    same_name = draw(st.booleans())
    held = draw(
        st.builds(
            model.StructureMap,
            **maintainable(Class.STRUCTURE_MAP, False),
            source=refs(Class.DATA_STRUCTURE, False),
            target=refs(Class.DATA_STRUCTURE, False),
        )
    )
    if same_name:
        used = replace(used, ref=replace(held.ref, artefact=Class.REPRESENTATION_MAP))
    text = model.MappedRepresentation(data_type="String")
    values = model.RepresentationMap(
        ref=replace(held.ref, artefact=Class.REPRESENTATION_MAP, id=f"{held.ref.id}_A_B"),
        sources=(text,),
        targets=(text,),
        mappings=(
            model.ValueMapping(
                sources=(model.SourceValue(value=draw(texts)),), targets=(draw(texts),)
            ),
        ),
    )
    components = (
        model.ComponentMap(sources=("FREQ",), targets=("FREQUENCY",), about=draw(noted(False))),
        model.ComponentMap(sources=("A",), targets=("B",), representation_map=values.ref),
        model.ComponentMap(sources=("C",), targets=("D",), representation_map=used.ref),
    )
    return (replace(held, component_maps=components), values, used)


@st.composite
def maps_of_21(draw: Any) -> tuple[Any, ...]:
    """Maps that no class of SDMX 3 says: to texts, hybrid ones, with related structures."""
    held, _, used = draw(structure_maps())
    to_text = model.TextConversion(
        text_format=model.TextFormat(data_type="String", max_length=3), value_type="Name"
    )
    components = (*held.component_maps[:1], replace(held.component_maps[1], to_text=to_text))
    related = Annotation(type="RELATED_STRUCTURE", title=draw(refs(Class.DATAFLOW, False)).urn)
    mark = Annotation(
        type="STRUCTURE_SET", id="SET", title="MAP", text=LocalisedText.of({"en": "All"})
    )
    extends = Annotation(type="STRUCTURE_MAP_EXTENSION")
    held = replace(
        held,
        ref=replace(held.ref, id="SET"),
        about=replace(held.about, annotations=(extends, mark, related)),
        component_maps=tuple(replace(one, representation_map=None) for one in components),
    )
    ends = st.sampled_from([Class.CODELIST, Class.HIERARCHY])
    sources, targets = (
        (model.MappedRepresentation(codelist=draw(ends.flatmap(lambda kind: refs(kind, False)))),)
        for _ in range(2)
    )
    hybrid = replace(
        used,
        about=replace(used.about, annotations=(Annotation(type="HYBRID_CODELIST_MAP"),)),
        sources=sources,
        targets=targets,
        mappings=tuple(
            replace(one, sources=(model.SourceValue(value="H.A"),)) for one in used.mappings
        ),
    )
    return draw(st.sampled_from([(held,), (hybrid,)]))


def metadata_structures() -> st.SearchStrategy[tuple[Any, ...]]:
    attribute = {
        "id": names,
        "concept": refs(Class.CONCEPT_SCHEME, False, item=True),
        "about": noted(False),
        "min_occurs": st.sampled_from([None, 0, 2]),
        "max_occurs": st.sampled_from([None, 3, "unbounded"]),
        "is_presentational": st.booleans(),
    }
    leaf = st.builds(model.MetadataAttribute, **attribute, representation=representations(False))
    branch = st.builds(model.MetadataAttribute, **attribute, attributes=unique(leaf, 2))
    held = st.builds(
        model.MetadataStructure,
        **maintainable(Class.METADATA_STRUCTURE, False),
        attributes=st.lists(branch, min_size=1, max_size=2, unique_by=lambda one: one.id).map(
            tuple
        ),
    )
    return st.tuples(held)


def metadata_flows() -> st.SearchStrategy[tuple[Any, ...]]:
    flow = st.builds(
        model.Metadataflow,
        **maintainable(Class.METADATAFLOW, False),
        structure=refs(Class.METADATA_STRUCTURE, False),
        targets=st.just((ANYTHING,)),
    )
    agreement = st.builds(
        model.MetadataProvisionAgreement,
        **maintainable(Class.METADATA_PROVISION_AGREEMENT, False),
        metadataflow=refs(Class.METADATAFLOW, False),
        metadata_provider=st.just(
            Ref(Class.DATA_PROVIDER_SCHEME, "MA", "DATA_PROVIDERS", None, "P")
        ),
        targets=st.just((ANYTHING,)),
    )
    return st.tuples(flow | agreement)


IN_CLASSES_OF_21 = {
    "attachment_constraints": attachment_constraints(),
    "constraints_on_data_sets": constraints_on_data_sets(),
    "hierarchies": hierarchies(),
    "maps_of_21": maps_of_21(),
    "metadata_constraints": metadata_constraints(),
    "metadata_flows": metadata_flows(),
    "metadata_structures": metadata_structures(),
    "representation_maps": representation_maps().map(lambda one: (one,)),
    "scheme_maps": scheme_maps(),
    "structure_maps": structure_maps(),
}
"""Strategies of artefacts that travel together."""
