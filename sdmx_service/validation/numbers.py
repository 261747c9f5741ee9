"""Numbers: texts read as numbers, many at once."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.validation.data_types import INTEGER_RANGES, unlike, wrong_type
from sdmx_service.validation.rows import Mask

Numbers = npt.NDArray[np.float64]
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|NaN"


def read_numbers(texts: pa.Array) -> tuple[Numbers, Mask]:
    """The numbers, NaN where there is none, and which texts are none.

    A number is a decimal with or without exponent that a double can hold, or ``NaN``; null is
    never wrong.
    """
    try:
        numbers = _floats(texts)
    except pa.ArrowInvalid:
        wrong = unlike(texts, _NUMBER)
        kept = pc.if_else(pa.array(wrong), pa.scalar(None, texts.type), texts)
        numbers = _floats(kept)
    else:
        wrong = np.zeros(len(texts), np.bool_)
    odd = np.flatnonzero(~np.isfinite(numbers))
    if len(odd):
        wrong[odd] |= _not_nan(texts.take(pa.array(odd)))
    return numbers, wrong


def wrong_integers(texts: pa.Array, numbers: Numbers, data_type: str) -> Mask:
    """Which texts are no whole number, or one that the data type does not hold."""
    wrong = wrong_type(texts, data_type)
    limits = INTEGER_RANGES[data_type]
    if limits is None:
        return wrong
    least, greatest = limits
    near = np.flatnonzero(~wrong & ((numbers <= least) | (numbers >= greatest)))
    for position in near:
        wrong[position] = not least <= Decimal(texts[int(position)].as_py()) <= greatest
    return wrong


def _floats(texts: pa.Array) -> Numbers:
    numbers: Numbers = pc.cast(texts, pa.float64()).to_numpy(zero_copy_only=False)
    return numbers


def _not_nan(texts: pa.Array) -> Mask:
    wrong: Mask = pc.not_equal(texts, "NaN").fill_null(False).to_numpy(zero_copy_only=False)
    return wrong
