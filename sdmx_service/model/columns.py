"""Data structure → columns: the one place that decides column names, their order and types.

Observations move as Arrow record batches whose columns are, in this order: the dimensions, the
time dimension, the measures, the attributes, each named by its component id and in the order of
the data structure; every one of them text, null where the message gives nothing. A measure is
the text the producer wrote (``12.50`` stays ``12.50``); numbers are made of it where needed.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace

import pyarrow as pa

from sdmx_service.model.refs import Ref
from sdmx_service.model.structures import (
    AttachmentLevel,
    Attribute,
    DataStructure,
    Measure,
    Representation,
)
from sdmx_service.model.versions import line_of

CODED = pa.dictionary(pa.int32(), pa.string())
"""Type of dimensions, time and attributes: few distinct values, each checked once a batch."""
TEXT = pa.string()
"""Type of measures: mostly distinct values."""
LINE = "_line"
"""int64 column of a batch read from a message: line (XML, CSV) the row begins at, from 1."""
SERIES = "_series"
"""int32 column of a batch read from a store: the row of the slice's series table."""


@dataclass(frozen=True, slots=True)
class AttributeColumn:
    """An attribute and the dimensions it depends on.

    ``dimensions`` empty = attached to the data set; ``observation`` True = depends on the whole
    key with time (then ``dimensions`` is not looked at). ``metadata``: it is of the metadata
    structure, and its id the path there (``CONTACT.NAME``).
    """

    id: str
    dimensions: tuple[str, ...]
    observation: bool
    mandatory: bool
    metadata: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a data structure.

    ``multiple``: measures and attributes that may have several values at once, ``multilingual``:
    those that are one text in several languages (``model.values`` says how a cell holds them).

    What is served may be a cross-section: then ``time`` names whichever dimension is at the
    observation, and the time dimension stands among ``dimensions``.
    """

    data_structure: Ref
    dimensions: tuple[str, ...]
    time: str | None
    measures: tuple[str, ...]
    attributes: tuple[AttributeColumn, ...]
    multiple: tuple[str, ...] = ()
    multilingual: tuple[str, ...] = ()

    def holds_several(self, component: str) -> bool:
        """Whether a cell of this component is several texts: values or languages."""
        return component in self.multiple or component in self.multilingual

    @property
    def line(self) -> Ref:
        """What stored data belong to: the versions of one major line share their rows."""
        return line_of(self.data_structure)

    @property
    def key(self) -> tuple[str, ...]:
        """Dimensions and, last, the time dimension where there is one."""
        return self.dimensions + ((self.time,) if self.time else ())

    @property
    def columns(self) -> tuple[str, ...]:
        """Every component, in column order."""
        return self.key + self.measures + tuple(column.id for column in self.attributes)

    @property
    def observation_attributes(self) -> tuple[str, ...]:
        return tuple(column.id for column in self.attributes if column.observation)

    @property
    def higher_attributes(self) -> tuple[AttributeColumn, ...]:
        """Attributes above the observation: of series, of some dimensions, of the data set."""
        return tuple(column for column in self.attributes if not column.observation)

    @property
    def series_attributes(self) -> tuple[str, ...]:
        """Attributes that are one value for a series (of all or some dimensions)."""
        return tuple(column.id for column in self.higher_attributes if column.dimensions)

    @property
    def metadata_attributes(self) -> tuple[str, ...]:
        """Attributes of the metadata structure, at whatever level."""
        return tuple(column.id for column in self.attributes if column.metadata)

    def without_metadata(self) -> Layout:
        """The layout with the attributes of the data structure alone."""
        return self.without(self.metadata_attributes)

    def without(self, names: Container[str]) -> Layout:
        """The layout without some attributes."""
        if not any(column.id in names for column in self.attributes):
            return self
        return replace(
            self,
            attributes=tuple(column for column in self.attributes if column.id not in names),
            multiple=tuple(name for name in self.multiple if name not in names),
            multilingual=tuple(name for name in self.multilingual if name not in names),
        )

    @property
    def dataset_attributes(self) -> tuple[str, ...]:
        return tuple(column.id for column in self.higher_attributes if not column.dimensions)

    def schema(self, *, lines: bool = True) -> pa.Schema:
        """Schema of a batch read from a message; with ``lines``, LINE is the last column.

        A row whose measures and observation attributes are all null and whose time is null is no
        observation: it carries attributes of the series, group or data set that its non-null
        dimensions name (and, under the Delete action, names what is deleted).
        """
        fields = [pa.field(name, CODED) for name in self.key]
        fields += [pa.field(name, TEXT) for name in self.measures]
        fields += [pa.field(column.id, CODED) for column in self.attributes]
        if lines:
            fields.append(pa.field(LINE, pa.int64()))
        return pa.schema(fields)

    def series_schema(self) -> pa.Schema:
        """Schema of a slice's series table: one row a series, attributes of all levels above
        the observation but the data set's written on it."""
        names = self.dimensions + self.series_attributes
        return pa.schema([pa.field(name, CODED) for name in names])

    def observation_schema(self) -> pa.Schema:
        """Schema of a slice's observation batches."""
        fields = [pa.field(SERIES, pa.int32())]
        fields += [pa.field(self.time, CODED)] if self.time else []
        fields += [pa.field(name, TEXT) for name in self.measures]
        fields += [pa.field(name, CODED) for name in self.observation_attributes]
        return pa.schema(fields)


def layout_of(data_structure: DataStructure) -> Layout:
    """The columns of a data structure, a group's attributes taken to its dimensions.

    Attributes that are metadata attributes in use (``registry.reference_metadata`` puts them
    there) are told by their usages.
    """
    groups = {group.id: group.dimensions for group in data_structure.groups}
    time = data_structure.time_dimension
    return Layout(
        data_structure=data_structure.ref,
        dimensions=tuple(dimension.id for dimension in data_structure.dimensions),
        time=time.id if time else None,
        measures=tuple(measure.id for measure in data_structure.measures),
        attributes=tuple(
            _attribute_column(data_structure, attribute, groups)
            for attribute in data_structure.attributes
        ),
        multiple=tuple(c.id for c in _valued(data_structure) if _is_multiple(c.representation)),
        multilingual=tuple(
            c.id for c in _valued(data_structure) if _is_multilingual(c.representation)
        ),
    )


def cross_sectional(layout: Layout, dimension: str) -> Layout:
    """The layout with the dimension in the place of time, which is last among the others; an
    attribute that depends on the dimension is one of the observation."""
    return replace(
        layout,
        dimensions=tuple(name for name in layout.key if name != dimension),
        time=dimension,
        attributes=tuple(_lowered(column, dimension) for column in layout.attributes),
    )


def _lowered(column: AttributeColumn, dimension: str) -> AttributeColumn:
    if dimension not in column.dimensions:
        return column
    return replace(column, dimensions=(), observation=True)


def _valued(data_structure: DataStructure) -> tuple[Measure | Attribute, ...]:
    return (*data_structure.measures, *data_structure.attributes)


def _is_multiple(representation: Representation | None) -> bool:
    most = representation.max_occurs if representation else None
    return most == "unbounded" or (isinstance(most, int) and most > 1)


def _is_multilingual(representation: Representation | None) -> bool:
    # Said outright only: the schema's default would make every text of every structure one.
    text_format = representation.text_format if representation else None
    return text_format is not None and text_format.is_multilingual is True


def _attribute_column(
    data_structure: DataStructure, attribute: Attribute, groups: dict[str, tuple[str, ...]]
) -> AttributeColumn:
    relationship, time = attribute.relationship, data_structure.time_dimension
    dimensions = relationship.dimensions
    if relationship.level is AttachmentLevel.GROUP and relationship.group:
        dimensions = groups[relationship.group]
    observation = relationship.level is AttachmentLevel.OBSERVATION or (
        time is not None and time.id in dimensions
    )
    usages = {usage.metadata_attribute for usage in data_structure.metadata_usages}
    return AttributeColumn(
        attribute.id,
        () if observation else dimensions,
        observation,
        attribute.mandatory,
        attribute.id in usages,
    )
