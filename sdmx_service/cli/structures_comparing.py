"""structures diff, impact: what changes, which version it asks for, and whom it touches."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sdmx_service.cli.options import Key, Language
from sdmx_service.cli.settings import free_data
from sdmx_service.cli.show import fail, out, refusals
from sdmx_service.cli.structure_source import TIMEOUT, file_artefacts, hub_artefacts, ref_of
from sdmx_service.cli.structures_moving import HubUrl
from sdmx_service.client.connection import Connection
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import Artefact
from sdmx_service.registry.check import name_of
from sdmx_service.registry.compare import Difference, compare
from sdmx_service.registry.impact import impact_of
from sdmx_service.registry.index import index_of
from sdmx_service.storage.duckdb import DuckDBStore

Source = Annotated[
    str,
    typer.Argument(help="A file, a folder, or Class=AGENCY:ID(VERSION) or a URN of the hub."),
]
_PAGE = 1000


def diff(language: Language, old: Source, new: Source, url: HubUrl = None, key: Key = None) -> None:
    """Say what differs between two versions of structures, and which version that asks for.

    Major: removed or retyped. Minor: something optional added. Patch: other words.

    Example: [bold]sdmx-service structures diff old/CL_AREA.xml new/CL_AREA.xml[/]
    """
    before, after = (_artefacts(text, url, key, language) for text in (old, new))
    found = compare(before, after)
    for difference in found:
        for line in _lines(difference):
            out.print(line, highlight=False, markup=False, soft_wrap=True)
    if not found:
        out.print("No difference.")


def _artefacts(text: str, url: str | None, key: str | None, language: str) -> tuple[Artefact, ...]:
    path = Path(text)
    if path.exists():
        return file_artefacts(path, language)
    index = index_of(hub_artefacts(url, key, language))
    found = index.find(_ref(text))
    if found is None:
        fail(f"{text} is not there.")
    return (index.artefacts[found],)


def _ref(text: str) -> Ref:
    try:
        return ref_of(text)
    except ValueError:
        fail(f"{text} is no file, and no artefact like Codelist=AGENCY:CL_X(1.0.0).")


def _lines(difference: Difference) -> list[str]:
    if difference.old is None or difference.new is None:
        there = difference.new or difference.old
        assert there is not None
        return [f"{name_of(there)}: {'new' if difference.old is None else 'gone'}"]
    level = difference.level.name.lower() if difference.level else "no change but the version"
    asks = f", asks for version {difference.proposed}" if difference.proposed else ""
    versions = f"{difference.old.version} > " if difference.old != difference.new else ""
    head = f"{name_of(difference.new)}: {versions}{level}{asks}"
    return [
        head,
        *(f"  {one.kind} {one.path} ({one.level.name.lower()})" for one in difference.changes),
    ]


def impact(
    language: Language,
    source: Source,
    url: HubUrl = None,
    key: Key = None,
) -> None:
    """List what a change of an artefact touches: dataflows, agreements, others, submissions.

    With --url the submissions your key may see, without it all.

    Example: [bold]sdmx-service structures impact "Codelist=MAGHREB:CL_SEX(1.0.0)"[/]
    """
    held = hub_artefacts(url, key, language)
    path = Path(source)
    changed = (
        [entry.ref for entry in file_artefacts(path, language)] if path.exists() else [_ref(source)]
    )
    touched = impact_of(held, changed)
    for ref in touched:
        out.print(name_of(ref), highlight=False, markup=False, soft_wrap=True)
    agreements = {ref.short for ref in touched if ref.artefact is ArtefactClass.PROVISION_AGREEMENT}
    for name, sender in _submissions(agreements, url, key, language):
        out.print(f"submission {name} of {sender}", highlight=False, soft_wrap=True)
    out.print(f"{len(touched)} artefacts refer to it.")


def _submissions(
    agreements: set[str], url: str | None, key: str | None, language: str
) -> list[tuple[str, str]]:
    if url is None:
        store = DuckDBStore(free_data().data / "hub.duckdb")
        try:
            kept = store.submissions(None, limit=_PAGE)
        finally:
            store.close()
        return [(one.id, one.principal) for one in kept if agreements & set(one.agreements)]
    if key is None:
        return []
    with refusals(), Connection(url, key, language, TIMEOUT) as hub:
        documents = hub.get("/submissions?limit=100").json()["submissions"]
    return [
        (one["id"], one["principal"]) for one in documents if agreements & set(one["agreements"])
    ]
