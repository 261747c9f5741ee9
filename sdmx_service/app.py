"""Puts the program together: the one composition root."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from sdmx_service import __version__
from sdmx_service.model.cache import Cache
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.text import LocalisedText
from sdmx_service.registry.load import load_folders
from sdmx_service.registry.published import PublishedRegistry
from sdmx_service.registry.seed import Seeding, seed
from sdmx_service.rest import bulk, errors, health, maintenance, openapi, sdmx, submissions
from sdmx_service.rest.computing import places
from sdmx_service.service.bulk import BulkWorker
from sdmx_service.service.hub import Clock, Hub
from sdmx_service.settings import Settings
from sdmx_service.storage.base import Store
from sdmx_service.storage.blobs import BlobStore
from sdmx_service.storage.bulk import BulkStore
from sdmx_service.storage.credentials import Credentials
from sdmx_service.storage.duckdb import DuckDBStore
from sdmx_service.storage.memory import MemoryStore
from sdmx_service.storage.memory.structures import MemoryStructures
from sdmx_service.storage.structures_base import StructureStore
from sdmx_service.web import bulk as bulk_pages
from sdmx_service.web import pages

_log = logging.getLogger("sdmx_service")
_SOURCES = LocalisedText.of(
    {
        "fr": "Réseau maghrébin d'échange ; chaque série nomme sa source. Réutilisation libre "
        "avec mention de la source (CC BY 4.0, sauf mention contraire de la source).",
        "en": "Maghreb exchange; every series names its source. Free to reuse with attribution "
        "(CC BY 4.0 unless the source says otherwise).",
        "ar": "الشبكة المغاربية للتبادل؛ كل سلسلة تذكر مصدرها. إعادة الاستعمال حرة مع ذكر المصدر "
        "(CC BY 4.0 ما لم يذكر المصدر خلاف ذلك).",
    }
)


def build_hub(settings: Settings) -> Hub:
    """Open store, registry, blobs and keys as the settings say."""
    # What is inside is not for other users of the machine.
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    artefacts = load_folders(settings.structures, settings.limits)
    store, structures = _stores(settings)
    newest = store.submissions(None, limit=1)
    clock = Clock(newest[0].published_at if newest else None)
    _report(seed(structures, artefacts, clock.now()))
    published = PublishedRegistry(structures)
    for structure in published.current.of_class(ArtefactClass.DATA_STRUCTURE):
        use = published.current.structure_use(structure.ref)
        assert use is not None
        store.prepare(use.layout)
    return Hub(
        store=store,
        published=published,
        blobs=BlobStore(settings.data / "messages"),
        bulk=BulkStore(settings.data / "bulk"),
        credentials=Credentials(settings.data / "credentials.json"),
        clock=clock,
        limits=settings.limits,
        answers=Cache(settings.limits.kept_answer_bytes, len),
        slices=Cache(settings.limits.kept_slice_bytes, len),
        sender=settings.sender,
        sources=_SOURCES,
        new_id=lambda: uuid4().hex,
    )


def create_app(hub: Hub) -> FastAPI:
    """The web application over a hub; the store is closed when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.places = places()
        worker = BulkWorker(hub)
        worker.start()
        yield
        worker.stop()
        hub.store.close()

    app = FastAPI(
        title="SDMX exchange hub",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        description="Send data messages and read their reports. Data and structures are served "
        "by SDMX REST at /sdmx/v1 and /sdmx/v2.",
    )
    app.state.hub = hub
    for part in (submissions, maintenance, sdmx, bulk, health, pages, bulk_pages):
        app.include_router(part.router)
    openapi.describe(app)
    errors.install(app)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "POST", "PUT", "DELETE"],
        allow_headers=["*"],
        expose_headers=["*"],
    )
    return app


def _stores(settings: Settings) -> tuple[Store, StructureStore]:
    if settings.engine == "memory":
        return MemoryStore(), MemoryStructures()
    path = settings.data / "hub.duckdb"
    store = DuckDBStore(
        path,
        memory=settings.memory,
        threads=settings.threads,
        kept=settings.limits.kept_series_bytes,
        rows=settings.limits.kept_row_bytes,
    )
    return store, store.structures()


def _report(seeding: Seeding) -> None:
    """Say which files the hub does not follow: the store holds something else by their name."""
    for ref in seeding.differing:
        _log.warning("%s differs in the folders: the stored one is kept", ref.short)
    for ref in seeding.deleted:
        _log.warning("%s is in the folders but was deleted: it stays deleted", ref.short)
