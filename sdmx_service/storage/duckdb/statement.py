"""A query being put together: values become parameters, never text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_NAME = re.compile(r"\$(p\d+)")


@dataclass(slots=True)
class Parameters:
    """Values by the names they have in the SQL text."""

    values: dict[str, object] = field(default_factory=dict)

    def add(self, value: object) -> str:
        """The name that stands for the value in SQL."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"${name}"

    def used(self, statement: str) -> dict[str, object]:
        """The values a statement names; DuckDB takes no others."""
        return {name: self.values[name] for name in _NAME.findall(statement)}
