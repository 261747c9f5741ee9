"""What is stored under an agreement, now or to come, as rows of a message. No rights are asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa

from sdmx_service.model.columns import Layout
from sdmx_service.storage.memory.state import Event, Rows, Value


def held(rows: Rows, layout: Layout, agreement: str, now: datetime) -> Iterator[pa.RecordBatch]:
    """One batch of observations, then one of attributes (``Store.held`` defines them)."""
    observations: list[dict[str, Any]] = [
        {**dict(zip(layout.dimensions, series, strict=True)), layout.time or "": period, **values}
        for (name, series, period), events in rows.observations.items()
        if name == agreement
        for values in _held(events, now)
    ]
    attributes: list[dict[str, Any]] = [
        {**dict(zip(layout.dimensions, partial, strict=True)), component: value}
        for (name, component, partial), events in rows.attributes.items()
        if name == agreement and component in layout.columns
        for value in _held(events, now)
    ]
    for found in (observations, attributes):
        if found:
            yield pa.RecordBatch.from_pylist(found, schema=layout.schema(lines=False))


def _held(events: tuple[Event[Value], ...], now: datetime) -> Iterator[Value]:
    """The value that holds now, and those that open later."""
    current = [event for event in events if event.at <= now][-1:]
    for event in (*current, *(event for event in events if event.at > now)):
        if event.value is not None:
            yield event.value
