"""SDMX REST at /sdmx/v1 and /sdmx/v2: raw URL → query → service → negotiated format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from sdmx_service.access.permissions import Permission, needs
from sdmx_service.access.principal import Principal
from sdmx_service.formats.media import DATA_OFFERS, STRUCTURE_OFFERS, Offer
from sdmx_service.formats.negotiate import Negotiated, negotiate
from sdmx_service.formats.table import DATA_WRITERS, STRUCTURE_WRITERS
from sdmx_service.i18n.negotiate import choose
from sdmx_service.model.message import Header, WriteOptions
from sdmx_service.model.problem import refuse
from sdmx_service.model.query import DataQuery, StructureQuery
from sdmx_service.rest import v1, v2
from sdmx_service.rest.querystring import parameter
from sdmx_service.rest.respond import common_headers, stream
from sdmx_service.rest.routes import Kind
from sdmx_service.rest.security import hub_of, principal_of
from sdmx_service.service.data import DataAnswer, query_data
from sdmx_service.service.hub import Hub
from sdmx_service.service.structures import query_structures

router = APIRouter(include_in_schema=False)
_METHODS = ["GET", "HEAD"]
