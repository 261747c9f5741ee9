"""How the values of a component, concept or metadata attribute are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sdmx_service.model.refs import Ref
from sdmx_service.model.text import LocalisedText

Occurrences = int | Literal["unbounded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentinelValue:
    """A value that stands for something else than itself, as -1 for "unknown"."""

    value: str
    names: LocalisedText = LocalisedText()
    descriptions: LocalisedText = LocalisedText()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFormat:
    """How an uncoded component is written (SDMX TextFormat; ``data_type`` is its textType)."""

    data_type: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_value: str | None = None
    max_value: str | None = None
    start_value: str | None = None
    end_value: str | None = None
    interval: str | None = None
    time_interval: str | None = None
    start_time: str | None = None
    end_time: str | None = None
    decimals: int | None = None
    pattern: str | None = None
    is_sequence: bool | None = None
    is_multilingual: bool | None = None
    sentinel_values: tuple[SentinelValue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """A code list or value list, or a format; with neither, what the concept says applies.

    With both, the format is that of the codes. ``min_occurs``, ``max_occurs``: how many values
    a component may have at once (SDMX 3.0), None where the message does not say. A concept
    scheme as enumeration makes the measure dimension of SDMX 2.1.
    """

    enumeration: Ref | None = None
    text_format: TextFormat | None = None
    min_occurs: int | None = None
    max_occurs: Occurrences | None = None
