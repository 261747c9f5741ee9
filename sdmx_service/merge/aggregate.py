"""Totals over one dimension, from rows that the total's own audience sees unmasked.

What rule there is, ``declared`` says; where the totals go, is not known here.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.merge.declared import AggregationRule
from sdmx_service.model.columns import CODED, TEXT, Layout

ESTIMATED, FREE = "E", "F"
_VALUES, _PARTS = "_values", "_parts"


def totals(rows: pa.Table, layout: Layout, rule: AggregationRule) -> pa.Table:
    """The totals of a rule.

    Shape: ``rows`` has ``layout.schema(lines=False)``, one row an observation; so has the answer.
    A row without a number is missing, and missing is not zero. Attributes that all summed rows
    share are kept; where units or scale differ there is no total.
    """
    usable = _usable(rows, layout, rule)
    if usable.num_rows == 0:
        return layout.schema(lines=False).empty_table()
    kept = [name for name in layout.key if name not in rule.outputs]
    shared = [c.id for c in layout.attributes if c.id not in {*rule.assigned, *_OWN}]
    grouped = usable.group_by(kept).aggregate(_aggregations(rule, shared))
    complete = pc.greater_equal(grouped[f"{rule.dimension}_count_distinct"], rule.minimum)
    return _build(grouped.filter(pc.and_(complete, _same_unit(grouped))), layout, rule, shared)


_OWN = frozenset({"OBS_STATUS", "CONF_STATUS", "COMMENT_OBS"})
_UNIT = ("UNIT_MEASURE", "UNIT_MULT")


def _usable(rows: pa.Table, layout: Layout, rule: AggregationRule) -> pa.Table:
    plain = pa.table({name: rows[name].cast(pa.string()) for name in layout.columns})
    value = pc.cast(plain[layout.measures[0]], pa.float64())
    keep = pc.and_(pc.is_valid(value), pc.invert(pc.fill_null(pc.is_nan(value), True)))
    limits = {name: tuple(codes) for name, codes in rule.inputs.items()} | dict(rule.where)
    for name, values in limits.items():
        keep = pc.and_(keep, pc.is_in(plain[name], value_set=pa.array(values)))
    return plain.append_column(_VALUES, value).filter(keep)


def _aggregations(rule: AggregationRule, shared: list[str]) -> list[tuple[str, str]]:
    found = [(_VALUES, "sum"), (rule.dimension, "count_distinct"), (rule.dimension, "distinct")]
    return found + [(name, how) for name in shared for how in ("min", "max")]


def _same(grouped: pa.Table, name: str) -> pa.ChunkedArray:
    return pc.fill_null(pc.equal(grouped[f"{name}_min"], grouped[f"{name}_max"]), False)


def _same_unit(grouped: pa.Table) -> pa.Array:
    same = pa.array([True] * grouped.num_rows)
    for name in _UNIT:
        if f"{name}_min" in grouped.column_names:
            same = pc.and_(same, _same(grouped, name))
    return same


def _build(grouped: pa.Table, layout: Layout, rule: AggregationRule, shared: list[str]) -> pa.Table:
    size = grouped.num_rows
    fixed = {name: next(iter(codes)) for name, codes in rule.outputs.items()}
    fixed |= dict(rule.assigned) | {"OBS_STATUS": ESTIMATED, "CONF_STATUS": FREE}
    columns = {}
    for field_ in layout.schema(lines=False):
        name = field_.name
        if name in fixed:
            column = pa.array([fixed[name]] * size, pa.string())
        elif name == "COMMENT_OBS":
            column = _missing(grouped[f"{rule.dimension}_distinct"], rule)
        elif name == layout.measures[0]:
            column = grouped[f"{_VALUES}_sum"].cast(TEXT)
        elif name in shared:
            text = grouped[f"{name}_min"]
            column = pc.if_else(_same(grouped, name), text, pa.scalar(None, pa.string()))
        else:
            column = grouped[name] if name in grouped.column_names else pa.nulls(size, TEXT)
        columns[name] = column.cast(field_.type) if field_.type == CODED else column
    return pa.table(columns, schema=layout.schema(lines=False))


def _missing(found: pa.ChunkedArray, rule: AggregationRule) -> pa.Array:
    """``missing: LY`` where parts are missing; a loop over totals, of which there are few."""
    texts = []
    for present in found.to_pylist():
        missing = [part for part in rule.parts if part not in present]
        texts.append(f"missing: {', '.join(missing)}" if missing else None)
    return pa.array(texts, pa.string())
