"""What a format is: the protocols its readers and writers keep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO, Protocol

from sdmx_service.model.collecting import ProblemCollector
from sdmx_service.model.limits import Limits
from sdmx_service.model.message import (
    DataMessage,
    Header,
    OutDataSet,
    ResolveStructure,
    WriteOptions,
)
from sdmx_service.model.schema import DataSchema
from sdmx_service.model.structures import StructureMessage


class DataReader(Protocol):
    """Reads a data message as a stream of batches."""

    def __call__(
        self,
        source: BinaryIO,
        resolve: ResolveStructure,
        problems: ProblemCollector,
        limits: Limits,
    ) -> DataMessage:
        """Read the header at once, the batches as they are walked.

        What is wrong but does not end the reading (an unknown component, an embargo) goes to
        ``problems``, counted exactly, with its line. What ends it (malformed text, an unknown
        structure, a limit) is raised as ``Refused``, by the call or while walking. ``source`` is
        a seekable binary file; memory is bounded by ``limits.batch_rows``.
        """
        ...


class DataWriter(Protocol):
    """Writes data sets as the text of one message, in pieces of about 64 kB to 1 MB."""

    def __call__(
        self, header: Header, datasets: Iterable[OutDataSet], options: WriteOptions, /
    ) -> Iterator[bytes]: ...


class StructureReader(Protocol):
    """Reads a structure message. Raises Refused where it cannot be read; nothing is dropped."""

    def __call__(self, source: bytes, limits: Limits) -> StructureMessage: ...


class StructureWriter(Protocol):
    """Writes a structure message. Raises Refused (FORMAT_CANNOT_CARRY) rather than drop."""

    def __call__(self, header: Header, message: StructureMessage) -> bytes: ...


class SchemaWriter(Protocol):
    """Writes what data may hold as a schema that a validator of the format reads."""

    def __call__(self, schema: DataSchema) -> bytes: ...
