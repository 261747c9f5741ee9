"""Totals over one dimension, from rows that the total's own audience sees unmasked.

A rule is declared by annotations on the hub's provision agreement; see docs/aggregates.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from sdmx_service.model.columns import CODED, TEXT, Layout
from sdmx_service.model.structures import About

ESTIMATED, FREE = "E", "F"
_VALUES, _PARTS = "_values", "_parts"


@dataclass(frozen=True, slots=True, kw_only=True)
class AggregationRule:
    """``dimension``: its ``parts`` are summed into ``total``. ``moved``: dimension → (code of
    the inputs, code of the total). ``where``: attribute → values an input must have. A total
    needs ``minimum`` of the parts. ``assigned``: attributes every total gets."""

    dimension: str
    parts: tuple[str, ...]
    total: str
    moved: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    minimum: int = 1
    assigned: Mapping[str, str] = field(default_factory=dict)

    @property
    def inputs(self) -> dict[str, frozenset[str]]:
        """Codes the inputs have: dimension → codes."""
        codes = {name: frozenset({source}) for name, (source, _) in self.moved.items()}
        return codes | {self.dimension: frozenset(self.parts)}

    @property
    def outputs(self) -> dict[str, frozenset[str]]:
        """Codes the totals have: dimension → codes."""
        codes = {name: frozenset({target}) for name, (_, target) in self.moved.items()}
        return codes | {self.dimension: frozenset({self.total})}


def rule_of(about: About) -> AggregationRule | None:
    """The rule that annotations AGGREGATE_… declare, None where there is none.

    Raises ValueError where they are malformed.
    """
    over = about.annotation("AGGREGATE_OVER")
    if over is None:
        return None
    dimension, parts, total = _over(over.title or "")
    minimum = about.annotation("AGGREGATE_MINIMUM")
    return AggregationRule(
        dimension=dimension,
        parts=parts,
        total=total,
        moved=dict(_moved(title) for title in _titles(about, "AGGREGATE_FROM")),
        where=dict(_where(title) for title in _titles(about, "AGGREGATE_WHERE")),
        minimum=int(minimum.title or "") if minimum else len(parts),
        assigned=dict(_assigned(title) for title in _titles(about, "AGGREGATE_SET")),
    )


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


def _over(title: str) -> tuple[str, tuple[str, ...], str]:
    dimension, _, rest = title.partition(":")
    parts, arrow, total = rest.partition(">")
    if not (dimension and parts and arrow and total):
        raise ValueError(title)
    return dimension, tuple(parts.split(",")), total


def _moved(title: str) -> tuple[str, tuple[str, str]]:
    dimension, parts, total = _over(title)
    return dimension, (parts[0], total)


def _where(title: str) -> tuple[str, tuple[str, ...]]:
    component, colon, values = title.partition(":")
    if not (component and colon and values):
        raise ValueError(title)
    return component, tuple(values.split(","))


def _assigned(title: str) -> tuple[str, str]:
    component, equals, value = title.partition("=")
    if not (component and equals and value):
        raise ValueError(title)
    return component, value


def _titles(about: About, kind: str) -> list[str]:
    return [note.title or "" for note in about.annotations if note.type == kind]


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
