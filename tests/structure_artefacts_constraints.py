"""Hypothesis strategies for constraints of SDMX 2.1: on metadata, on sets, of attachments."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from sdmx_service.model import structures as model
from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import Annotation
from tests.structure_artefacts import about, maintainable, names, refs, texts
from tests.structure_artefacts_maps import some

included = st.just(True)
sets = st.builds(
    model.SetReference,
    provider=st.just(Ref(Class.DATA_PROVIDER_SCHEME, "MA", "DATA_PROVIDERS", None, "P")),
    id=names,
)
data_keys = st.builds(
    model.DataKey,
    members=some(st.builds(model.MemberSelection, component=names, values=st.tuples(names)), 1),
)
key_sets = some(st.builds(model.DataKeySet, keys=some(data_keys, 1), include=st.booleans()))


def targets(most: int, include: Any = included) -> st.SearchStrategy[model.TargetSelection]:
    """What metadata are about: one to so many values of one kind; of more than one, also times."""
    objects = refs(Class.DATAFLOW, False) | refs(Class.CODELIST, False, item=True)
    kinds: dict[str, Any] = {
        "values": names,
        "data_sets": sets,
        "data_keys": data_keys,
        "objects": objects,
    }
    own = {"component": names, "include": include}
    held = [
        st.builds(model.TargetSelection, **own, **{field: some(value, 1, most)})
        for field, value in kinds.items()
    ]
    times = st.builds(model.TargetSelection, **own, time_range=st.just(model.TimeRange(end="2010")))
    return st.one_of(*held, *([times] if most > 1 else []))


metadata_key_sets = some(
    st.builds(
        model.MetadataKeySet,
        keys=some(
            st.builds(model.MetadataKey, report=names, target=names, members=some(targets(1), 1)), 1
        ),
        include=st.booleans(),
    )
)


def attachment_constraints() -> st.SearchStrategy[tuple[Any, ...]]:
    kinds = [Class.DATA_STRUCTURE, Class.METADATAFLOW, Class.PROVISION_AGREEMENT]
    attached: dict[str, Any] = {
        "attachment": st.sampled_from(kinds).flatmap(lambda kind: some(refs(kind, False), 1)),
        "files": some(st.just("https://example.org/data.xml"), 1),
        "data_sets": some(sets),
        "metadata_sets": some(sets),
    }
    held = [
        st.builds(
            model.AttachmentConstraint,
            ref=refs(Class.ATTACHMENT_CONSTRAINT, False),
            about=about(False, maintainable=True),
            key_sets=key_sets,
            metadata_key_sets=metadata_key_sets,
            **{field: place},
        )
        for field, place in attached.items()
    ]
    return st.tuples(st.one_of(*held))


def unique_refs(kind: Class) -> st.SearchStrategy[tuple[Ref, ...]]:
    return st.lists(refs(kind, False), min_size=1, max_size=2, unique=True).map(tuple)


def _of_reports(
    constraint: model.MetadataConstraint, notes: tuple[Annotation, ...]
) -> model.MetadataConstraint:
    """The same, where it says of each region of which report and target it is."""
    told = (*constraint.about.annotations, *notes[: len(constraint.regions)])
    return replace(constraint, about=replace(constraint.about, annotations=told))


def metadata_constraints(include: Any = included) -> st.SearchStrategy[tuple[Any, ...]]:
    """Constraints on metadata, of one or more reports, attached to anything they may be."""
    region = st.builds(
        model.MetadataTargetRegion,
        include=st.booleans(),
        components=some(
            st.builds(
                model.MemberSelection, component=names, values=some(texts, 1), include=include
            )
        ),
        targets=some(targets(3, include)),
    )
    kinds = [Class.METADATA_STRUCTURE, Class.METADATAFLOW, Class.METADATA_PROVISION_AGREEMENT]
    provider = st.builds(lambda one: one.provider, sets)
    service = st.builds(model.QueryableSource, url=st.just("https://example.org/sdmx"))
    places: list[dict[str, Any]] = [
        {
            "attachment": st.sampled_from(kinds).flatmap(unique_refs),
            "services": some(service),
        },
        {"attachment": st.tuples(provider)},
        {"files": st.just(("https://example.org/metadata.xml",))},
        {"metadata_sets": st.tuples(sets)},
        {},
    ]
    calendar = model.ReleaseCalendar(periodicity="P1Y", offset="P1M", tolerance="P7D")
    period = model.ReferencePeriod(start="2010-01-01T00:00:00", end="2020-01-01T00:00:00")
    held = [
        st.builds(
            model.MetadataConstraint,
            ref=refs(Class.METADATA_CONSTRAINT, False),
            about=about(False, maintainable=True),
            role=st.sampled_from(model.ConstraintRole),
            regions=some(region),
            key_sets=metadata_key_sets,
            release_calendar=st.sampled_from([None, calendar]),
            reference_period=st.sampled_from([None, period]),
            **place,
        )
        for place in places
    ]
    note = st.builds(Annotation, type=st.just("METADATA_TARGET_REGION"), id=names, title=names)
    return st.tuples(st.builds(_of_reports, st.one_of(*held), st.tuples(note, note)))


def constraints_on_data_sets() -> st.SearchStrategy[tuple[Any, ...]]:
    """Data constraints attached to what only files and data sets may be."""
    places: list[dict[str, Any]] = [
        {"data_sets": st.tuples(sets)},
        {"files": st.just(("https://example.org/data.xml",))},
    ]
    held = [
        st.builds(
            model.DataConstraint,
            **maintainable(Class.DATA_CONSTRAINT, False),
            key_sets=key_sets,
            **place,
        )
        for place in places
    ]
    return st.tuples(st.one_of(*held))
