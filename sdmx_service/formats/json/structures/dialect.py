"""What SDMX-JSON 1.0, 2.0 and 2.1 do differently, as values. The classes stand in ``shapes``."""

from __future__ import annotations

from dataclasses import dataclass

_TOOLS = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/"
    "tools/schemas/{}/sdmx-json-structure-schema.json"
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """A version of SDMX-JSON and the address of its schema."""

    version: str
    schema: str

    @property
    def is_10(self) -> bool:
        """The information model is that of SDMX 2.1."""
        return self.version == "1.0"

    @property
    def is_21(self) -> bool:
        """The information model is that of SDMX 3.1."""
        return self.version == "2.1"


JSON_10 = Dialect("1.0", _TOOLS.format("1.0"))
JSON_20 = Dialect("2.0", _TOOLS.format("2.0.0"))
JSON_21 = Dialect("2.1", "https://json.sdmx.org/2.1/sdmx-json-structure-schema.json")
