"""What artefacts are made of, to count before and after a round trip that changes the form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from sdmx_service.model.text import LocalisedText


def parts_of(value: Any) -> Iterator[tuple[str, str]]:
    """Every class of the model met, and every text, by name."""
    if isinstance(value, LocalisedText):
        yield from value
    elif isinstance(value, tuple | list):
        for entry in value:
            yield from parts_of(entry)
    elif is_dataclass(value) and not isinstance(value, type):
        yield type(value).__name__, ""
        for entry in fields(value):
            yield from parts_of(getattr(value, entry.name))
