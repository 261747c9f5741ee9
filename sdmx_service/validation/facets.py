"""Facets of a text format: lengths, limits, decimals, pattern."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.model.structures import TextFormat
from sdmx_service.validation.data_types import unlike
from sdmx_service.validation.numbers import Numbers
from sdmx_service.validation.rows import Mask

Finding = tuple[str, str, Mask]
"""Name of the facet as SDMX writes it, what it says, and which texts break it."""


def require_readable(text_format: TextFormat) -> None:
    """Raises ValueError where a facet cannot be read: a pattern, or a limit that is no number."""
    try:
        unlike(pa.array([""]), text_format.pattern or "")
    except pa.ArrowInvalid as reason:
        raise ValueError(text_format.pattern) from reason
    for limit in (text_format.min_value, text_format.max_value):
        if limit is not None:
            float(limit)


def broken_lengths(texts: pa.Array, text_format: TextFormat) -> Iterator[Finding]:
    """Facets of text: minLength, maxLength, pattern; null breaks none."""
    lengths: tuple[tuple[str, int | None, Callable[..., pa.Array]], ...] = (
        ("minLength", text_format.min_length, pc.less),
        ("maxLength", text_format.max_length, pc.greater),
    )
    for facet, limit, breaks in lengths:
        if limit is not None:
            broken = breaks(pc.utf8_length(texts), limit).fill_null(False)
            yield facet, str(limit), broken.to_numpy(zero_copy_only=False)
    if text_format.pattern is not None:
        yield "pattern", text_format.pattern, unlike(texts, text_format.pattern)


def broken_limits(texts: pa.Array, numbers: Numbers, text_format: TextFormat) -> Iterator[Finding]:
    """Facets of numbers: minValue, maxValue, decimals; null and NaN break none."""
    strict = text_format.data_type == "ExclusiveValueRange"
    if text_format.min_value is not None:
        least = float(text_format.min_value)
        yield "minValue", text_format.min_value, numbers <= least if strict else numbers < least
    if text_format.max_value is not None:
        most = float(text_format.max_value)
        yield "maxValue", text_format.max_value, numbers >= most if strict else numbers > most
    if text_format.decimals is not None:
        yield "decimals", str(text_format.decimals), _too_fine(texts, text_format.decimals)


def _too_fine(texts: pa.Array, decimals: int) -> Mask:
    found = pc.match_substring_regex(texts, rf"\.[0-9]{{{decimals + 1}}}").fill_null(False)
    mask: Mask = np.asarray(found.to_numpy(zero_copy_only=False))
    return mask
