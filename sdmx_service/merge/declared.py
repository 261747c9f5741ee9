"""Totals as annotations of an agreement declare them: their grammar, and the rule it gives.

No figure is computed here, and no code looked up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sdmx_service.model.structures import About

OVER = "AGGREGATE_OVER"
"""``DIMENSION:CODE,CODE>CODE``: the codes summed and their total."""
FROM = "AGGREGATE_FROM"
"""``DIMENSION:CODE>CODE``: what is read and how the result is named."""
WHERE = "AGGREGATE_WHERE"
"""``COMPONENT:CODE,CODE``: what the inputs must say."""
MINIMUM = "AGGREGATE_MINIMUM"
"""How many of the codes must be there for a total."""
SET = "AGGREGATE_SET"
"""``COMPONENT=CODE``: what the total's component says."""
TOGETHER = (OVER, FROM, MINIMUM)
"""Annotations that say nothing without each other."""

_CODE = r"[A-Za-z0-9_@$-]+"
_MOVE = re.compile(rf"(?P<component>\w+):(?P<codes>{_CODE}(?:,{_CODE})*)>(?P<total>{_CODE})")
_FORMS = {
    MINIMUM: re.compile(r"(?P<count>[1-9]\d*)"),
    OVER: _MOVE,
    FROM: _MOVE,
    WHERE: re.compile(rf"(?P<component>\w+):(?P<codes>{_CODE}(?:,{_CODE})*)"),
    SET: re.compile(rf"(?P<component>\w+)=(?P<codes>{_CODE})"),
}
KINDS = tuple(_FORMS)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What one annotation says; ``total`` of OVER and FROM, ``count`` of MINIMUM alone."""

    component: str = ""
    codes: tuple[str, ...] = ()
    total: str = ""
    count: int = 0


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


def declaration(kind: str, title: str) -> Declaration:
    """What an annotation of one of ``KINDS`` says. Raises ValueError where it is malformed."""
    match = _FORMS[kind].fullmatch(title)
    if match is None:
        raise ValueError(f"{kind} {title}")
    said = match.groupdict()
    return Declaration(
        component=said.get("component", ""),
        codes=tuple(said["codes"].split(",")) if "codes" in said else (),
        total=said.get("total", ""),
        count=int(said.get("count", 0)),
    )


def rule_of(about: About) -> AggregationRule | None:
    """The rule that annotations AGGREGATE_… declare, None where there is none.

    Raises ValueError where they are malformed.
    """
    if about.annotation(OVER) is None:
        return None
    said = {kind: [declaration(kind, title) for title in about.titles(kind)] for kind in KINDS}
    over = said[OVER][0]
    return AggregationRule(
        dimension=over.component,
        parts=over.codes,
        total=over.total,
        moved={one.component: (one.codes[0], one.total) for one in said[FROM]},
        where={one.component: one.codes for one in said[WHERE]},
        minimum=said[MINIMUM][0].count if said[MINIMUM] else len(over.codes),
        assigned={one.component: one.codes[0] for one in said[SET]},
    )
