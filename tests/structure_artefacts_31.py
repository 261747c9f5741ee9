"""Hypothesis strategies for what is there: availability constraints, and their older forms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from sdmx_service.model import structures as model
from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.refs import Ref
from tests.structure_artefacts import names, periods, refs, texts

ATTACHABLE = (Class.DATA_STRUCTURE, Class.DATAFLOW, Class.PROVISION_AGREEMENT)


def availability(extended: bool) -> st.SearchStrategy[model.DataConstraint]:
    """What is there for one artefact; ``extended``: with when each value holds."""
    validity = st.none() | periods if extended else st.none()
    value = st.builds(model.SelectedValue, value=texts, valid_from=validity, valid_to=validity)
    values = st.lists(value, min_size=1, max_size=3, unique_by=lambda one: one.value)
    times = st.builds(model.TimeRange, start=periods, end=periods)
    members = st.builds(_selected, names, values) | st.builds(
        model.MemberSelection, component=names, time_range=times
    )
    counts = st.none() | st.integers(0, 2**31 - 1)
    distinct = st.lists(members, max_size=3, unique_by=lambda one: one.component).map(tuple)
    return st.builds(
        _available,
        st.sampled_from(ATTACHABLE).flatmap(lambda kind: refs(kind, extended)),
        st.builds(model.CubeRegion, members=distinct),
        counts,
        counts,
    )


def _selected(component: str, values: list[model.SelectedValue]) -> model.MemberSelection:
    details = tuple(one for one in values if one != model.SelectedValue(value=one.value))
    listed = tuple(one.value for one in values)
    return model.MemberSelection(component=component, values=listed, details=details)


def _available(attached: Ref, region: Any, series: Any, observations: Any) -> model.DataConstraint:
    return model.DataConstraint(
        ref=model.available_ref(attached),
        role=model.ConstraintRole.ACTUAL,
        attachment=(attached,),
        cube_regions=(region,),
        series_count=series,
        observation_count=observations,
    )


def with_valid_ranges(constraint: model.DataConstraint) -> model.DataConstraint:
    """The same, its limits of time valid for a time themselves."""
    regions = tuple(
        replace(region, members=tuple(map(_valid_range, region.members)))
        for region in constraint.cube_regions
    )
    return replace(constraint, cube_regions=regions)


def _valid_range(member: model.MemberSelection) -> model.MemberSelection:
    if member.time_range is None:
        return member
    times = replace(member.time_range, valid_from="2020", valid_to="2021")
    return replace(member, time_range=times)
