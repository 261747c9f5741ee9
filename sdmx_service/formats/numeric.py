"""Which components hold numbers, as their data structure says."""

from __future__ import annotations

from sdmx_service.model.structures import Attribute, Measure

_NUMERIC = frozenset({
    "BigInteger", "Count", "Decimal", "Double", "ExclusiveValueRange", "Float",
    "InclusiveValueRange", "Incremental", "Integer", "Long", "Numeric", "Short",
})  # fmt: skip


def is_numeric(component: Measure | Attribute) -> bool:
    """Whether the values are numbers; a measure of which nothing is said is one, as in SDMX 2.1."""
    representation = component.representation
    if representation is not None and representation.enumeration is not None:
        return False
    written = representation.text_format if representation else None
    if written is None or written.data_type is None:
        return isinstance(component, Measure)
    return written.data_type in _NUMERIC
