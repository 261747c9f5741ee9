"""What data are bound to: structures, constraints, rights."""

from dataclasses import replace

import pytest
from small_registry import (
    AREA,
    ARTEFACTS,
    BY_INT,
    BY_NSO,
    FLOW,
    ON_AGREEMENT,
    ON_FLOW,
    ON_STRUCTURE,
    OTHER,
    OTHER_BY_NSO,
    SEX_OLD,
    STATUS,
    STRUCTURE,
    agreement,
    ref,
)

from sdmx_service.access.gate import AgreementPolicy, Tier
from sdmx_service.access.principal import Principal, PrincipalKind
from sdmx_service.model.problem import Refused
from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.structures import DataKey, DataKeySet, MemberSelection, Representation
from sdmx_service.registry.registry import Registry

REGISTRY = Registry(ARTEFACTS)


@pytest.mark.parametrize("usage", [FLOW.ref, STRUCTURE.ref, BY_NSO.ref])
def test_structure_use(usage):
    use = REGISTRY.structure_use(usage)
    assert use.declared == usage
    assert use.data_structure == STRUCTURE
    assert use.layout.columns == ("AREA", "SEX", "TIME_PERIOD", "OBS_VALUE", "STATUS")


def test_structure_use_of_the_latest_says_which_it_is():
    assert REGISTRY.structure_use(ref(Class.DATAFLOW, "DF", None)).declared == FLOW.ref


def test_what_is_no_usage_has_no_structure():
    assert REGISTRY.structure_use(AREA.ref) is None
    assert REGISTRY.structure_use(ref(Class.DATAFLOW, "DF_NONE")) is None


def test_structure_context_of_an_agreement():
    context = REGISTRY.structure_context(BY_NSO.ref)
    assert context.usage == BY_NSO.ref
    assert context.dataflow == FLOW
    assert context.codelists == {"AREA": AREA, "SEX": SEX_OLD, "STATUS": STATUS}
    assert context.concepts["OBS_VALUE"].get("fr") == "OBS_VALUE"
    assert [scheme.ref.id for scheme in context.concept_schemes] == ["CS"]
    assert REGISTRY.structure_context(BY_NSO.ref) is context


def test_an_unknown_context_is_refused():
    with pytest.raises(Refused) as caught:
        REGISTRY.structure_context(ref(Class.DATAFLOW, "DF_NONE"))
    assert caught.value.problem.code == "STRUCTURE_UNKNOWN"


def test_representations_are_local_before_core():
    found = REGISTRY.representations(STRUCTURE)
    assert found["SEX"].enumeration == SEX_OLD.ref
    assert found["AREA"].enumeration == AREA.ref
    assert found["OBS_VALUE"].text_format.data_type == "Double"


def test_a_representation_that_says_neither_list_nor_format_leaves_it_to_the_concept():
    bare = replace(STRUCTURE.dimensions[0], representation=Representation(min_occurs=1))
    found = REGISTRY.representations(replace(STRUCTURE, dimensions=(bare,)))
    assert found["AREA"].enumeration == AREA.ref


def test_constraints_add_up_from_structure_to_agreement():
    assert REGISTRY.constraints_for(BY_NSO.ref) == (
        ("CONSTRAINT_DATA_STRUCTURE", ON_STRUCTURE),
        ("CONSTRAINT_DATAFLOW", ON_FLOW),
        ("CONSTRAINT_AGREEMENT", ON_AGREEMENT),
    )
    assert [code for code, _ in REGISTRY.constraints_for(OTHER.ref)] == [
        "CONSTRAINT_DATA_STRUCTURE"
    ]


def test_dataflows_and_agreements():
    assert REGISTRY.dataflows() == (FLOW, OTHER)
    assert REGISTRY.agreements_of(FLOW.ref) == (BY_INT, BY_NSO)
    assert REGISTRY.agreements_of(ref(Class.DATAFLOW, "DF_NONE")) == ()
    assert REGISTRY.agreement_for(FLOW.ref, "NSO") == BY_NSO
    assert REGISTRY.agreement_for(OTHER.ref, "INT") is None


def test_policies():
    assert REGISTRY.policy(BY_NSO) == AgreementPolicy(
        agreement="AG:PA_DF_NSO(1.0.0)", provider="NSO", country="XX", tier=Tier.NATIONAL, rank=5
    )
    assert REGISTRY.policy(BY_INT).country is None
    assert REGISTRY.policy(BY_INT).tier is Tier.PUBLIC


def test_what_is_unsaid_or_malformed_is_shared_with_nobody():
    assert REGISTRY.policy(OTHER_BY_NSO).tier is Tier.OWN
    odd = agreement(FLOW, "NSO", SHARING_TIER="Public!", PRECEDENCE="first")
    assert REGISTRY.policy(odd).tier is Tier.OWN
    assert REGISTRY.policy(odd).rank == 0


def test_principals():
    provider, focal, hub = PrincipalKind.PROVIDER, PrincipalKind.FOCAL_POINT, PrincipalKind.HUB
    assert REGISTRY.principal("NSO") == Principal(
        id="NSO", kind=provider, provider="NSO", country="XX"
    )
    assert REGISTRY.principal("INT").country is None
    assert REGISTRY.principal("FOCAL_XX") == Principal(id="FOCAL_XX", kind=focal, country="XX")
    assert REGISTRY.principal("AG") == Principal(id="AG", kind=hub, provider="AG")


@pytest.mark.parametrize("principal_id", ["NOBODY", "FOCAL_YY", "FOCAL_", "XX", "anonymous"])
def test_nobody_else_is_a_principal(principal_id):
    with pytest.raises(ValueError, match=principal_id):
        REGISTRY.principal(principal_id)


def versioned(agreement_, version, **annotations):
    about = replace(BY_NSO.about, annotations=())
    noted = agreement(FLOW, "NSO", **annotations) if annotations else None
    about = noted.about if noted else about
    return replace(agreement_, ref=replace(agreement_.ref, version=version), about=about)


def test_the_newest_version_of_an_agreement_rules_the_rows_of_its_line():
    newer = versioned(BY_NSO, "1.1.0", SHARING_TIER="own")
    registry = Registry((*ARTEFACTS, newer))
    assert registry.agreements_of(FLOW.ref) == (BY_INT, newer)
    assert registry.policy(BY_NSO) == registry.policy(newer)
    assert registry.policy(BY_NSO).tier is Tier.OWN
    assert registry.policy(newer).agreement == BY_NSO.ref.short


def test_versions_of_a_dataflow_share_their_agreements():
    flow = replace(FLOW, ref=replace(FLOW.ref, version="1.1.0"))
    other = replace(FLOW, ref=replace(FLOW.ref, version="2.0.0"))
    registry = Registry((*ARTEFACTS, flow, other))
    assert registry.agreements_of(flow.ref) == (BY_INT, BY_NSO)
    assert registry.agreements_of(FLOW.ref) == (BY_INT, BY_NSO)
    assert registry.agreements_of(other.ref) == ()
    assert registry.newest(FLOW.ref) == flow.ref
    assert [one.ref for one in registry.dataflows_of(STRUCTURE.ref)] == [
        flow.ref,
        other.ref,
        OTHER.ref,
    ]


def test_a_draft_is_a_line_of_its_own():
    draft = versioned(BY_NSO, "1.1.0-draft", SHARING_TIER="own")
    registry = Registry((*ARTEFACTS, draft))
    assert registry.policy(BY_NSO).tier is not Tier.OWN
    assert registry.agreements_of(FLOW.ref) == (BY_INT, BY_NSO, draft)


def keyed(*keys, include=True, **selected):
    """A constraint on the dataflow of keys, each a code of AREA and maybe one of SEX."""
    members = [
        tuple(
            MemberSelection(component=name, values=(value,), **selected)
            for name, value in zip(("AREA", "SEX"), key, strict=False)
        )
        for key in keys
    ]
    found = DataKeySet(keys=tuple(DataKey(members=one) for one in members), include=include)
    return replace(ON_FLOW, cube_regions=(), key_sets=(found,))


@pytest.mark.parametrize(
    ("constraint", "areas", "sexes"),
    [
        (keyed(("X", "F"), ("Y", "M")), ("X", "Y"), ("F", "M")),
        (keyed(("X",)), ("X",), ("F", "M")),
        (keyed(("X",), ("Y",), include=False), ("_T", "X1", "_Z"), ("F", "M")),
        (keyed(("X", "F"), include=False), ("_T", "X", "X1", "Y", "_Z"), ("F", "M")),
        (keyed(("X",), include=False, valid_to="2012"), ("_T", "X", "X1", "Y", "_Z"), ("F", "M")),
    ],
)
def test_schemas_know_the_codes_of_key_sets(constraint, areas, sexes):
    others = (one for one in ARTEFACTS if one not in (ON_FLOW, ON_STRUCTURE))
    schema = Registry((*others, constraint)).data_schema(FLOW.ref, None, deletion=False)
    assert schema.codes["AREA"] == areas
    assert schema.codes["SEX"] == sexes


def test_of_one_constraint_the_newest_version_counts():
    newer = replace(keyed(("X",)), ref=replace(ON_FLOW.ref, version="1.1.0"))
    found = Registry((*ARTEFACTS, newer)).constraints_for(FLOW.ref)
    assert [constraint.ref for _, constraint in found] == [ON_STRUCTURE.ref, newer.ref]
