"""What every use case works with: store, registry, clock, limits. Nothing is decided here."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sdmx_service.model.cache import Cache
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import Header
from sdmx_service.model.text import LocalisedText
from sdmx_service.registry.published import PublishedRegistry
from sdmx_service.registry.registry import Registry
from sdmx_service.storage.base import Store
from sdmx_service.storage.blobs import BlobStore
from sdmx_service.storage.bulk import BulkStore
from sdmx_service.storage.credentials import Credentials


class Clock:
    """The hub's time in UTC: it never stands still or goes back, also across a restart."""

    def __init__(self, after: datetime | None = None) -> None:
        self._last = after or datetime(1970, 1, 1, tzinfo=UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """A new instant, later than all before."""
        with self._lock:
            self._last = max(datetime.now(UTC), self._last + timedelta(microseconds=1))
            return self._last


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """The parts of a running hub. ``sources``: licence and source line of served
    messages. ``answers``: rendered structures, kept; ``slices``: small
    answers of data. ``bulk``: files to download. ``changed`` is
    set when something was published, for who follows it in the background."""

    store: Store
    published: PublishedRegistry
    blobs: BlobStore
    credentials: Credentials
    clock: Clock
    limits: Limits
    sender: str
    sources: LocalisedText
    new_id: Callable[[], str]
    bulk: BulkStore
    answers: Cache[bytes]
    slices: Cache[bytes]
    changed: threading.Event = field(default_factory=threading.Event)

    def header(self, state: str, prepared: datetime) -> Header:
        """The header of an answer in a state. It follows from the state, so that one state is one
        text (ADR 9)."""
        return Header(
            id=f"{self.sender}-{state}",
            prepared=prepared,
            sender=self.sender,
            sources=self.sources,
        )

    @property
    def registry(self) -> Registry:
        """The structures that hold now; a maintenance puts another registry in its place."""
        return self.published.current
