"""How much of a message is read before it is refused, how much is answered, how much is held in
memory; the values come from the settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """``message_bytes``: of the body, after decompression. ``structure_bytes``: of a
    structure message, which is read whole. ``token_bytes``: one XML tag with its
    attributes or one CSV row. ``compression_ratio``: decompressed to compressed size.
    ``batch_rows``: rows a batch; memory is bounded by it. ``datasets``: data sets a message (in
    CSV, runs of rows of one structure and action); each costs as much as thousands of rows.
    ``samples``: problems shown a code.
    ``response_observations``: of an answer of data; a larger one is refused before it begins; 0
    refuses none.
    ``cross_section_observations``: of an answer with another dimension than time at the
    observation, which is put together in memory.
    ``kept_answer_bytes``: of rendered structures kept in memory, all together; 0 keeps none;
    ``kept_slice_bytes``: of answers of data, each of at most ``small_answer_bytes`` before it is
    encoded. ``kept_series_bytes``: of a data structure's series, kept in memory;
    ``kept_row_bytes``: of the rows of small slices, of all data structures together."""

    message_bytes: int = 2 * 1024**3
    structure_bytes: int = 50 * 1024**2
    compression_ratio: int = 200
    xml_depth: int = 64
    token_bytes: int = 1024**2
    batch_rows: int = 65536
    datasets: int = 500
    samples: int = 20
    response_observations: int = 0
    cross_section_observations: int = 1_000_000
    kept_answer_bytes: int = 64 * 1024**2
    kept_slice_bytes: int = 24 * 1024**2
    small_answer_bytes: int = 256 * 1024
    kept_series_bytes: int = 64 * 1024**2
    kept_row_bytes: int = 64 * 1024**2
