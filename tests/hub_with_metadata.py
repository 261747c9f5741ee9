"""A data structure with reference metadata in a running hub, and ways to push and ask for them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx

from sdmx_service.model.refs import ArtefactClass as Class
from sdmx_service.model.structures import (
    AttachmentLevel,
    AttributeRelationship,
    Concept,
    DataStructure,
    MetadataAttribute,
    MetadataAttributeUsage,
    MetadataStructure,
    Representation,
    TextFormat,
)
from tests.conftest import Running, running
from tests.e2e import test_data_follows_structure as follow

FLOW = f"{follow.AGENCY}/DF"
KIND = follow.codes("CL_KIND", "1.0.0-draft", "SURVEY", "REGISTER")
CONCEPTS = replace(
    follow.CONCEPTS,
    items=(
        *follow.CONCEPTS.items,
        *(
            Concept(id=name, about=follow.about(name))
            for name in ("LICENCE", "CONTACT", "NAME", "SOURCE", "QUALITY", "TEAM")
        ),
    ),
)


def attribute(name: str, *inside: MetadataAttribute, **more: object) -> MetadataAttribute:
    made = MetadataAttribute(id=name, concept=follow.of(name), attributes=inside)
    return replace(made, **more)  # type: ignore[arg-type]


def text(**facets: object) -> Representation:
    return Representation(text_format=TextFormat(data_type="String", **facets))  # type: ignore[arg-type]


def metadata(version: str = "1.0.0-draft", *more: MetadataAttribute) -> MetadataStructure:
    """A licence of the data set, contacts and sources of areas, qualities of observations."""
    return MetadataStructure(
        ref=follow.ref(Class.METADATA_STRUCTURE, "MSD", version),
        about=follow.about("MSD"),
        attributes=(
            attribute("LICENCE", representation=text(max_length=20)),
            attribute(
                "CONTACT",
                attribute("NAME", representation=text(is_multilingual=True)),
                attribute("SOURCE", representation=follow.coded(KIND.ref), max_occurs=2),
                is_presentational=True,
            ),
            attribute("QUALITY", representation=text(), max_occurs="unbounded"),
            attribute("TEAM", attribute("NAME"), max_occurs="unbounded"),
            *more,
        ),
    )


AREA = AttributeRelationship(level=AttachmentLevel.DIMENSIONS, dimensions=("AREA",))
USAGES = tuple(
    MetadataAttributeUsage(metadata_attribute=name, relationship=level)
    for name, level in (
        ("LICENCE", AttributeRelationship(level=AttachmentLevel.DATAFLOW)),
        ("CONTACT", AREA),
        ("QUALITY", follow.OBSERVATION),
        ("TEAM", AREA),
    )
)


def structure(version: str = "1.0.0", of: str = "1.0.0-draft") -> DataStructure:
    linked = metadata(of).ref
    return follow.structure(version, metadata=linked, metadata_usages=USAGES)


COLUMNS = ",LICENCE,CONTACT.NAME[en;ar],CONTACT.SOURCE[],QUALITY[]"
MA = 'MA,F,2020,1,A,CC BY,"en:Ann;ar:آن",SURVEY;REGISTER,good;early'
DZ = "DZ,F,2020,3,M,,en:Bo,REGISTER,"
DATED = ("MA,F,2021,2,A", MA, DZ)
PATHS = ("LICENCE", "CONTACT.NAME", "CONTACT.SOURCE", "QUALITY")


@contextmanager
def hub_with(tmp_path: Path, of: DataStructure) -> Iterator[Running]:
    """A hub that knows this data structure, its metadata structure, and who sends data."""
    with running(tmp_path / "data") as hub:
        hub.keys[follow.AGENCY] = hub.hub.credentials.add(f"AGENCY_{follow.AGENCY}")
        posted(hub, *_first(of))
        yield hub


def _first(of: DataStructure) -> tuple[object, ...]:
    kept = [one for one in follow.FIRST if one.ref not in (of.ref, CONCEPTS.ref)]
    return (CONCEPTS, KIND, metadata(), of, *kept)


def posted(hub: Running, *artefacts: object) -> None:
    answer = follow.post(hub, *artefacts)
    assert answer.status_code in (200, 201, 207), follow.said(answer)


def pushed(hub: Running, *lines: str, action: str = "M", columns: str = COLUMNS) -> None:
    answer = push(hub, *lines, action=action, columns=columns)
    assert answer.status_code == 201, answer.text


def push(
    hub: Running, *lines: str, action: str = "M", columns: str = COLUMNS, version: str = "1.0.0"
) -> httpx.Response:
    head = f"STRUCTURE[;],STRUCTURE_ID,ACTION,AREA,SEX,TIME_PERIOD,OBS_VALUE,STATUS{columns}"
    empty = "," * columns.count(",")
    rows = [line + empty if line.count(",") == 4 else line for line in lines]
    body = "".join(f"dataflow,{follow.AGENCY}:DF({version}),{action},{row}\n" for row in rows)
    return hub.push("MA_CNSS", f"{head}\n{body}".encode())


def get(hub: Running, query: str, version: str = "1.0.0") -> httpx.Response:
    with hub.client() as client:
        return client.get(f"/sdmx/v2/data/dataflow/{FLOW}/{version}{query}")


def rows(hub: Running, query: str, version: str = "1.0.0") -> list[dict[str, str]]:
    answer = get(hub, f"{query}&format=csvdata", version)
    assert answer.status_code in (200, 204), answer.text
    found = csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")))
    return [{name.partition("[")[0]: cell for name, cell in row.items()} for row in found]
