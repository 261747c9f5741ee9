"""Structure queries over HTTP that the table of the standard asks for and others forget."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Running

V2 = "/sdmx/v2/structure"
FLOW = "MAGHREB/DF_WORK_PERMIT/1.0.0"
JSON = "application/vnd.sdmx.structure+json;version=2.0.0"


def _ask(hub: Running, path: str) -> dict[str, list[Any]]:
    with hub.client(Accept=JSON) as client:
        answer = client.get(path)
    assert answer.status_code == 200, answer.text
    found: dict[str, list[Any]] = answer.json()["data"]
    return found


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("codelist", {"dataflows", "codelists"}),
        ("codelist,conceptscheme", {"dataflows", "codelists", "conceptSchemes"}),
        ("children,provisionagreement", {"dataflows", "dataStructures", "provisionAgreements"}),
        ("none,codelist", {"dataflows", "codelists"}),
        ("datastructure,none", {"dataflows", "dataStructures"}),
    ],
)
def test_several_references_are_the_union(demo_hub: Running, words: str, kinds: set[str]) -> None:
    assert set(_ask(demo_hub, f"{V2}/dataflow/{FLOW}?references={words}")) == kinds


def test_several_general_references_are_the_union(demo_hub: Running) -> None:
    both = _ask(demo_hub, f"{V2}/dataflow/{FLOW}?references=parents,children")
    parents = _ask(demo_hub, f"{V2}/dataflow/{FLOW}?references=parents")
    children = _ask(demo_hub, f"{V2}/dataflow/{FLOW}?references=children")
    assert set(both) == set(parents) | set(children)


def test_constraints_by_role_in_v1(demo_hub: Running) -> None:
    every = _ask(demo_hub, "/sdmx/v1/contentconstraint")["dataConstraints"]
    allowed = _ask(demo_hub, "/sdmx/v1/allowedconstraint")["dataConstraints"]
    assert every == allowed
    with demo_hub.client(Accept=JSON) as client:
        assert client.get("/sdmx/v1/actualconstraint").status_code == 404
    flow = f"/sdmx/v1/dataflow/{FLOW}?references="
    assert _ask(demo_hub, flow + "allowedconstraint")["dataConstraints"]
    assert "dataConstraints" not in _ask(demo_hub, flow + "actualconstraint")


@pytest.mark.parametrize(
    "path",
    [
        "codelist/MAGHREB,SDMX/CL_SEX,CL_AREA/1.0.0,~",
        "codelist/MAGHREB,*/CL_SEX,CL_AREA/~",
        "codelist/*/CL_SEX,CL_AREA/*",
    ],
)
def test_lists_in_every_position_of_v2(demo_hub: Running, path: str) -> None:
    assert {e["id"] for e in _ask(demo_hub, f"{V2}/{path}")["codelists"]} == {"CL_SEX", "CL_AREA"}


@pytest.mark.parametrize(
    "path",
    [
        "codelist/MAGHREB+SDMX/CL_SEX+CL_AREA/1.0.0+latest",
        "codelist/all/CL_SEX+CL_AREA/all",
        "codelist/MAGHREB+all/CL_SEX+CL_AREA",
    ],
)
def test_lists_in_every_position_of_v1(demo_hub: Running, path: str) -> None:
    found = _ask(demo_hub, f"/sdmx/v1/{path}")["codelists"]
    assert {e["id"] for e in found} == {"CL_SEX", "CL_AREA"}


@pytest.mark.parametrize("path", [f"{V2}/codelist/MAGHREB/CL_SEX/1.0.0/F,M",
                                  "/sdmx/v1/codelist/MAGHREB/CL_SEX/1.0.0/F+M"])  # fmt: skip
def test_items(demo_hub: Running, path: str) -> None:
    (found,) = _ask(demo_hub, path)["codelists"]
    assert {code["id"] for code in found["codes"]} == {"F", "M"}
    assert found["isPartial"] is True


@pytest.mark.parametrize(
    ("kind", "key", "items"),
    [
        ("agencyscheme", "agencySchemes", "agencies"),
        ("dataproviderscheme", "dataProviderSchemes", "dataProviders"),
        ("dataconsumerscheme", "dataConsumerSchemes", "dataConsumers"),
    ],
)
def test_detail_of_organisation_schemes(demo_hub: Running, kind: str, key: str, items: str) -> None:
    def ask(detail: str) -> dict[str, Any]:
        (scheme,) = _ask(demo_hub, f"{V2}/{kind}/MAGHREB?detail={detail}")[key]
        found: dict[str, Any] = scheme
        return found

    full = ask("full")
    assert full[items]
    for detail in ("raw", "referencestubs", "referencecompletestubs", "referencepartial"):
        assert ask(detail) == full
    stub = ask("allstubs")
    assert items not in stub
    assert "description" not in stub
    assert items not in ask("allcompletestubs")


def test_partial_providers_are_those_of_the_agreement(demo_hub: Running) -> None:
    path = f"{V2}/provisionagreement/MAGHREB/PA_DF_WORK_PERMIT_MA_MIEPEEC"
    found = _ask(demo_hub, f"{path}?references=descendants&detail=referencepartial")
    (providers,) = found["dataProviderSchemes"]
    assert [entry["id"] for entry in providers["dataProviders"]] == ["MA_MIEPEEC"]
    assert providers["isPartial"] is True
