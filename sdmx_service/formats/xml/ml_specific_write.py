"""Writes structure-specific data of SDMX-ML 2.1, 3.0 and 3.1: in series, flat, as time series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.formats.splice import Block, between, joined, rendered
from sdmx_service.formats.xml.escape import escaped, escaped_text
from sdmx_service.formats.xml.ml_complex_write import comp_elements, complex_components
from sdmx_service.formats.xml.ml_message_write import (
    Dialect,
    Writing,
    set_attributes,
    write_message,
)
from sdmx_service.formats.xml.ml_versions import ML_21, ML_30, ML_31, Version
from sdmx_service.model.message import Header, OutDataSet, WriteOptions


def write_specific_21(
    header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """A StructureSpecificData message of SDMX-ML 2.1.

    Attributes of groups stand on each series they hold for. Raises: as ``write_message``.
    Source: SDMX 2.1 section 3A.
    """
    # Deviates: attributes of groups have no Group element (ADR 7).
    return write_message(_SPECIFIC_21, header, tuple(datasets), options)


def write_specific_time_series(
    header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """A StructureSpecificTimeSeriesData message; as ``write_specific_21``, never flat."""
    return write_message(_TIME_SERIES, header, tuple(datasets), options)


def write_specific_30(
    header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """A StructureSpecificData message of SDMX-ML 3.0.

    Components of several values or languages stand in Comp elements, those of the data set in an
    Atts; attributes of groups as in ``write_specific_21``. Source: SDMX-ML 3.0,
    SDMXDataStructureSpecific.xsd.
    """
    return write_message(_SPECIFIC_30, header, tuple(datasets), options)


def write_specific_31(
    header: Header, datasets: Iterable[OutDataSet], options: WriteOptions
) -> Iterator[bytes]:
    """A StructureSpecificData message of SDMX-ML 3.1; as ``write_specific_30``."""
    return write_message(_SPECIFIC_31, header, tuple(datasets), options)


def _begin_series(writing: Writing, series: pa.Table) -> pa.Array:
    simple, comps = _series_parts(writing, series)
    return joined(series.num_rows, ["</Series>\n<Series", *simple, ">\n", *comps])


def _observations(writing: Writing, rows: pa.RecordBatch) -> pa.Array:
    simple, comps = _observation_parts(writing, rows)
    return joined(rows.num_rows, ["<Obs", *simple, *_observation_end(rows.num_rows, comps)])


def _flat(writing: Writing, block: Block) -> pa.Array:
    rows, count = block.rows, block.rows.num_rows
    of_row = pa.array(block.positions)
    above, above_comps = _series_parts(writing, block.series)
    simple, comps = _observation_parts(writing, rows)
    if above_comps:
        comps.append(joined(block.series.num_rows, above_comps).take(of_row))
    key = joined(block.series.num_rows, above).take(of_row)
    return joined(count, ["<Obs", key, *simple, *_observation_end(count, comps)])


def _observation_end(count: int, comps: list[pa.Array]) -> list[pa.Array | str]:
    """How an Obs goes on after its attributes: with its Comp elements, or not at all."""
    if not comps:
        return ["/>\n"]
    inner = joined(count, comps)
    return [pc.if_else(pc.equal(inner, ""), "/>\n", between(">\n", inner, "</Obs>\n"))]


def _series_parts(writing: Writing, series: pa.Table) -> tuple[list[pa.Array], list[pa.Array]]:
    layout = writing.layout
    names = layout.dimensions
    names += layout.series_attributes if writing.options.attributes else ()
    return _parts(writing, names, series)


def _observation_parts(
    writing: Writing, rows: pa.RecordBatch
) -> tuple[list[pa.Array], list[pa.Array]]:
    layout, options = writing.layout, writing.options
    names = ((layout.time,) if layout.time else ()) + (layout.measures if options.measures else ())
    names += layout.observation_attributes if options.attributes else ()
    return _parts(writing, names, rows)


def _parts(
    writing: Writing, names: Sequence[str], table: Any
) -> tuple[list[pa.Array], list[pa.Array]]:
    """The XML attributes of each row, and its Comp elements."""
    layout, prefix = writing.layout, writing.entry.prefix
    complex_ones = complex_components(layout)
    simple = [_attribute(name, table[name]) for name in names if name not in complex_ones]
    comps = [
        between("", comp_elements(layout, prefix, name, table[name]), "\n")
        for name in names
        if name in complex_ones
    ]
    return simple, comps


def _attribute(name: str, column: Any) -> pa.Array:
    return rendered(column, partial(_quoted, name))


def _quoted(name: str, texts: pa.Array) -> pa.Array:
    return between(f' {name}="', escaped(texts), '"')


def _begin_dataset(writing: Writing) -> str:
    prefix, layout = writing.entry.prefix, writing.layout
    given = writing.dataset.slice.dataset_attributes if writing.options.attributes else {}
    complex_ones = complex_components(layout)
    own = "".join(
        f' {name}="{escaped_text(value)}"'
        for name, value in given.items()
        if name not in complex_ones
    )
    comps = [
        comp_elements(layout, prefix, name, pa.array([value], pa.string()))[0].as_py()
        for name, value in given.items()
        if name in complex_ones
    ]
    apart = "\n".join(["<Atts>", *comps, "</Atts>\n"]) if comps else ""
    scope = "" if writing.version.complex_values else ' s:dataScope="DataStructure"'
    return (
        f'<m:DataSet xsi:type="{prefix}:DataSetType"{set_attributes(writing, "s:")}'
        f"{scope}{own}>\n{apart}"
    )


def _dialect(version: Version) -> Dialect:
    return Dialect(
        version=version,
        root="StructureSpecificData",
        begin_series=_begin_series,
        end_series="</Series>\n",
        observations=_observations,
        flat=_flat,
        begin_dataset=_begin_dataset,
        namespaces={
            "s": f"{version.base}data/structurespecific",
            "xsi": "http://www.w3.org/2001/XMLSchema-instance",
        },
        structures_have_namespaces=True,
    )


_SPECIFIC_21, _SPECIFIC_30, _SPECIFIC_31 = _dialect(ML_21), _dialect(ML_30), _dialect(ML_31)
_TIME_SERIES = replace(_SPECIFIC_21, root="StructureSpecificTimeSeriesData", time_series=True)
