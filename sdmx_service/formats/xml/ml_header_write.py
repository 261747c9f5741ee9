"""The header of an SDMX-ML data message: who sends what, and against which structures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sdmx_service.formats.xml.escape import escaped_text
from sdmx_service.formats.xml.ml_versions import Version
from sdmx_service.model.message import Action, Header, StructureContext
from sdmx_service.model.refs import Ref
from sdmx_service.model.text import LocalisedText


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureEntry:
    """A Structure of the header. ``prefix``: of its namespace, in structure-specific data."""

    id: str
    prefix: str
    context: StructureContext
    observation_dimension: str

    @property
    def namespace(self) -> str:
        """Target namespace of the structure-specific schema (SDMX 2.1 section 3A)."""
        return f"{self.context.data_structure.ref.urn}:ObsLevelDim:{self.observation_dimension}"


def header_text(
    version: Version,
    header: Header,
    entries: Sequence[StructureEntry],
    actions: set[Action],
    *,
    namespaces: bool,
) -> str:
    """The Header element. ``namespaces``: whether each Structure says its own.

    ``actions``: of the data sets; the header gives it where there is one for all.
    """
    prepared = header.prepared or datetime.now(UTC)
    lines = [
        "<m:Header>",
        f"<m:ID>{escaped_text(header.id or 'UNNAMED')}</m:ID>",
        f"<m:Test>{'true' if header.test else 'false'}</m:Test>",
        f"<m:Prepared>{prepared.isoformat()}</m:Prepared>",
        f'<m:Sender id="{escaped_text(header.sender or "UNKNOWN")}"/>',
        *(f'<m:Receiver id="{escaped_text(receiver)}"/>' for receiver in header.receivers),
        *_texts("c:Name", header.names),
        *(_structure(version, entry, namespaces) for entry in entries),
    ]
    if len(actions) == 1:
        (action,) = actions
        lines.append(f"<m:DataSetAction>{version.actions[action]}</m:DataSetAction>")
    lines += _texts("m:Source", header.sources)
    return "\n".join([*lines, "</m:Header>\n"])


def _texts(element: str, texts: LocalisedText) -> list[str]:
    return [
        f'<{element} xml:lang="{escaped_text(language)}">{escaped_text(text)}</{element}>'
        for language, text in texts
    ]


def _structure(version: Version, entry: StructureEntry, namespace: bool) -> str:
    usage = entry.context.usage
    attributes = f'structureID="{entry.id}" dimensionAtObservation="{entry.observation_dimension}"'
    if namespace:
        attributes += f' namespace="{escaped_text(entry.namespace)}"'
    element = version.usage_element(usage.artefact)
    reference = escaped_text(usage.urn) if version.references_are_urns else _ref(usage)
    return f"<m:Structure {attributes}><c:{element}>{reference}</c:{element}></m:Structure>"


def _ref(ref: Ref) -> str:
    version = f' version="{escaped_text(ref.version)}"' if ref.version else ""
    return f'<Ref agencyID="{escaped_text(ref.agency)}" id="{escaped_text(ref.id)}"{version}/>'
