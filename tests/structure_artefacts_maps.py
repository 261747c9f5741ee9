"""Hypothesis strategies of maps, processes and VTL schemes."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from sdmx_service.model import structures as model
from sdmx_service.model.refs import ArtefactClass as Class
from tests.structure_artefacts import (
    about,
    annotations,
    localised,
    maintainable,
    names,
    refs,
    texts,
    unique,
)

flags = st.booleans()
words = st.from_regex(r"[A-Za-z][A-Za-z0-9 ]{0,8}[a-z]", fullmatch=True)


def some(items: st.SearchStrategy[Any], low: int = 0, high: int = 2) -> Any:
    return st.lists(items, min_size=low, max_size=high).map(tuple)


def told_apart(items: st.SearchStrategy[Any], *names: str) -> Any:
    """At most two, which say different things by each name; None is no thing said."""
    return some(items).filter(
        lambda held: all(
            len(set(said)) == len(said)
            for name in names
            for said in [[getattr(one, name) for one in held if getattr(one, name) is not None]]
        )
    )


def noted(extended: bool) -> Any:
    return st.builds(model.About, annotations=annotations(extended))


def structure_maps() -> Any:
    pair = st.builds(model.MappedComponent, source=names, target=names)
    dated: dict[str, Any] = {
        "id": st.none() | names,
        "about": noted(True),
        "components": some(pair, 1),
        "resolve_period": st.sampled_from([None, "midPeriod"]),
    }
    by_dimension = {"frequency_dimension": names, "mapped_frequencies": some(names)}
    epoch = {"base_period": st.just("1970"), "epoch_period": st.just("day")}
    pattern = {"source_pattern": words, "locale": st.just("en")}
    return st.builds(
        model.StructureMap,
        **maintainable(Class.STRUCTURE_MAP, True),
        source=refs(Class.DATAFLOW, True),
        target=refs(Class.DATA_STRUCTURE, True),
        epoch_maps=told_apart(st.builds(model.EpochMap, **dated, **epoch, **by_dimension), "id"),
        date_pattern_maps=told_apart(
            st.builds(model.DatePatternMap, **dated, **pattern, target_frequency=names), "id"
        ),
        frequency_formats=told_apart(
            st.builds(
                model.FrequencyFormat, id=names, frequency=names, pattern=words, about=noted(True)
            ),
            "id",
            "frequency",
        ),
        component_maps=some(
            st.builds(
                model.ComponentMap,
                sources=some(names, 1),
                targets=some(names, 1),
                representation_map=st.none() | refs(Class.REPRESENTATION_MAP, True),
                about=noted(True),
            )
        ),
        fixed_values=some(
            st.builds(model.FixedValueMap, source=names, values=some(texts), about=noted(True))
            | st.builds(model.FixedValueMap, target=names, values=some(texts), about=noted(True))
        ),
    )


def source_values() -> Any:
    index = st.sampled_from([None, 1, 4])
    return st.builds(
        model.SourceValue,
        value=texts,
        is_regular_expression=flags,
        start_index=index,
        end_index=index,
    )


def representation_maps() -> Any:
    side = some(
        st.builds(model.MappedRepresentation, codelist=refs(Class.VALUE_LIST, True))
        | st.just(model.MappedRepresentation(data_type="String")),
        1,
        3,
    )
    mapping = st.builds(
        model.ValueMapping,
        sources=some(source_values(), 1),
        targets=some(texts),
        about=noted(True),
    )
    return st.builds(
        model.RepresentationMap,
        **maintainable(Class.REPRESENTATION_MAP, True),
        sources=side,
        targets=side,
        mappings=some(mapping),
    )


def item_scheme_maps() -> Any:
    pairs = {
        Class.CATEGORY_SCHEME_MAP: Class.CATEGORY_SCHEME,
        Class.CONCEPT_SCHEME_MAP: Class.CONCEPT_SCHEME,
        Class.ORGANISATION_SCHEME_MAP: Class.AGENCY_SCHEME,
        Class.REPORTING_TAXONOMY_MAP: Class.REPORTING_TAXONOMY,
    }
    each = st.builds(
        model.ItemMap, source=source_values(), target=st.none() | texts, about=noted(True)
    )
    return st.sampled_from(sorted(pairs.items())).flatmap(
        lambda pair: st.builds(
            model.ItemSchemeMap,
            **maintainable(pair[0], True),
            source=refs(pair[1], True),
            target=refs(pair[1], True),
            maps=some(each),
        )
    )


def processes(extended: bool) -> Any:
    moved = st.builds(
        model.InputOutput,
        object=refs(Class.DATAFLOW, extended),
        local_id=st.none() | names,
        about=noted(extended),
    )
    computation = st.builds(
        model.Computation,
        about=st.builds(
            model.About, annotations=annotations(extended), descriptions=localised(1).filter(bool)
        ),
        local_id=st.none() | names,
        software_package=st.none() | words,
        software_version=st.none() | words,
    )
    transition = st.builds(
        model.Transition,
        target_step=names,
        condition=localised(1).filter(bool),
        id=st.none() | names,
        local_id=st.none() | names,
        about=noted(extended),
    )
    leaf = st.builds(model.ProcessStep, id=names, about=about(extended))
    step = st.builds(
        model.ProcessStep,
        id=names,
        about=about(extended),
        inputs=some(moved),
        outputs=some(moved),
        computation=st.none() | computation,
        transitions=some(transition),
        steps=unique(leaf, 2),
    )
    return st.builds(model.Process, **maintainable(Class.PROCESS, extended), steps=unique(step, 2))


def _distinct(items: Any) -> Any:
    return st.lists(items, max_size=2, unique=True).map(tuple)


def vtl_schemes(extended: bool) -> Any:
    """One of the six schemes."""
    own = {"id": names, "about": about(extended)}
    version = {"vtl_version": st.just("2.0"), "is_partial": flags}
    mapping = {"mapping_scheme": st.none() | refs(Class.VTL_MAPPING_SCHEME, extended)}
    rulesets = {"ruleset_schemes": _distinct(refs(Class.RULESET_SCHEME, extended))}

    def scheme(kind: Class, made: Any, item: Any, **more: Any) -> Any:
        return st.builds(made, **maintainable(kind, extended), items=unique(item, 2), **more)

    transformation = st.builds(
        model.Transformation, **own, expression=texts, result=words, is_persistent=flags
    )
    ruleset = st.builds(model.Ruleset, **own, definition=texts, type=words, scope=words)
    operator = st.builds(model.UserDefinedOperator, **own, definition=texts)
    custom = st.builds(
        model.CustomType,
        **own,
        vtl_scalar_type=words,
        data_type=words,
        null_value=st.none() | words,
    )
    personal = st.builds(
        model.NamePersonalisation,
        **own,
        default_name=words,
        personalised_name=words,
        vtl_artefact=words,
    )
    return st.one_of(
        scheme(
            Class.TRANSFORMATION_SCHEME,
            model.TransformationScheme,
            transformation,
            **version,
            **mapping,
            **rulesets,
            operator_schemes=_distinct(refs(Class.USER_DEFINED_OPERATOR_SCHEME, extended)),
        ),
        scheme(Class.RULESET_SCHEME, model.RulesetScheme, ruleset, **version, **mapping),
        scheme(
            Class.USER_DEFINED_OPERATOR_SCHEME,
            model.UserDefinedOperatorScheme,
            operator,
            **version,
            **rulesets,
        ),
        scheme(Class.CUSTOM_TYPE_SCHEME, model.CustomTypeScheme, custom, **version),
        scheme(
            Class.NAME_PERSONALISATION_SCHEME,
            model.NamePersonalisationScheme,
            personal,
            **version,
        ),
        scheme(Class.VTL_MAPPING_SCHEME, model.VtlMappingScheme, _vtl_mappings(own, extended)),
    )


def _vtl_mappings(own: dict[str, Any], extended: bool) -> Any:
    method = st.none() | st.builds(
        model.VtlMethod, method=st.sampled_from([None, "Basic"]), keys=some(names, 1)
    )
    return st.one_of(
        st.builds(
            model.VtlMapping,
            **own,
            alias=words,
            dataflow=refs(Class.DATAFLOW, extended),
            to_vtl=method,
            from_vtl=method,
        ),
        st.builds(model.VtlMapping, **own, alias=words, is_generic_dataflow=st.just(True)),
        st.builds(model.VtlMapping, **own, alias=words, codelist=refs(Class.CODELIST, extended)),
        st.builds(
            model.VtlMapping,
            **own,
            alias=words,
            concept=refs(Class.CONCEPT_SCHEME, extended, item=True),
        ),
    )
