"""The values met while data are written: a component's value stands as its place among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from sdmx_service.formats.json.dialect import Dialect
from sdmx_service.model.message import OutDataSet
from sdmx_service.model.values import values_of

Numbers = dict[str, int]
"""Values in order of first appearance, each with its place."""


@dataclass(frozen=True, slots=True)
class MetValues:
    """The values met so far of each component that is written by its place among them.

    ``multiple``: components of which a cell holds several values, whose places are a list.
    """

    components: Mapping[str, Numbers] = field(default_factory=dict)
    multiple: frozenset[str] = frozenset()

    def places(self, name: str, column: Any) -> pa.Array:
        """The place of each value as text, null for null; new values are added."""
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        if len(column.dictionary) > len(column):  # A block uses few of a large dictionary.
            column = column.dictionary_decode().dictionary_encode()
        used = column.indices.drop_null().unique()
        written = np.full(len(column.dictionary), "", dtype=object)
        values = column.dictionary.take(used).to_pylist()
        written[used.to_numpy()] = [self.place(name, value) for value in values]
        return pa.array(written, pa.string()).take(column.indices)

    def place(self, name: str, value: str) -> str:
        """The place of one value, or the list of places of several."""
        met = self.components[name]
        if name not in self.multiple:
            return str(met.setdefault(value, len(met)))
        places = (str(met.setdefault(one, len(met))) for one in values_of(value))
        return f"[{','.join(places)}]"


def met_values(datasets: Iterable[OutDataSet], dialect: Dialect) -> MetValues:
    """Nothing met yet: dimensions, time and coded components are written by place."""
    components: dict[str, Numbers] = {}
    multiple: set[str] = set()
    for dataset in datasets:
        layout = dataset.slice.layout
        valued = (*layout.measures, *(column.id for column in layout.attributes))
        coded = [name for name in valued if _by_place(name, dataset, dialect)]
        components |= {name: {} for name in (*layout.key, *coded)}
        multiple.update(name for name in coded if name in layout.multiple)
    return MetValues(components, frozenset(multiple))


def _by_place(name: str, dataset: OutDataSet, dialect: Dialect) -> bool:
    layout = dataset.slice.layout
    if dialect.one_structure:
        return name not in layout.measures
    coded = name in dataset.context.codelists
    return coded and (dialect.lists or name not in layout.multiple)
