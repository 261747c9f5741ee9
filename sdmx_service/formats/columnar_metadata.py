"""What a columnar file says of itself: the metadata of its schema. Every value is JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sdmx_service.model.message import Header, OutDataSet
from sdmx_service.model.refs import ArtefactClass, Ref

VERSION = 1
"""Of this form: names of columns, keys and meaning of the metadata."""


def schema_metadata(header: Header, datasets: Sequence[OutDataSet]) -> dict[str, str]:
    """URNs of dataflows, agreements and data structures; actions, licence, who and when."""
    contexts = [dataset.context for dataset in datasets]
    usages = [context.usage for context in contexts]
    agreements = [ref for ref in usages if ref.artefact is ArtefactClass.PROVISION_AGREEMENT]
    values: dict[str, Any] = {
        "sdmx.version": VERSION,
        "sdmx.dataflow": _urns([context.dataflow.ref for context in contexts]),
        "sdmx.provision_agreement": _urns(agreements),
        "sdmx.data_structure": _urns([context.data_structure.ref for context in contexts]),
        "sdmx.action": list(dict.fromkeys(dataset.slice.action.value for dataset in datasets)),
        "sdmx.name": [dict(context.dataflow.about.names) for context in contexts[:1]],
        "sdmx.source": dict(header.sources),
        "sdmx.id": header.id,
        "sdmx.sender": header.sender,
        "sdmx.prepared": header.prepared.isoformat() if header.prepared else None,
    }
    return {
        key: json.dumps(value, ensure_ascii=False)
        for key, value in values.items()
        if value not in (None, [], {}, "")
    }


def _urns(refs: Sequence[Ref]) -> list[str]:
    return list(dict.fromkeys(ref.urn for ref in refs))
