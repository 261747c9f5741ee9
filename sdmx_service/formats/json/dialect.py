"""What data messages of SDMX-JSON 1.0, 2.0 and 2.1 do differently, as values."""

from __future__ import annotations

from dataclasses import dataclass

_TOOLS = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/"
    "tools/schemas/{}/sdmx-json-data-schema.json"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A version of SDMX-JSON.

    ``root_schema``: ``$schema`` stands at the root, else ``schema`` in ``meta``. ``merge``: the
    word for that action. ``one_structure``: one ``structure`` of all data sets, whose attributes
    are all written by their place among its values, none of them above the observation in flat
    messages; there is one measure and every value has an id and a name. ``lists``: lists may be
    of numbers and of places, else they are of texts (ADR 14).
    """

    schema: str
    root_schema: bool = False
    merge: str = "Append"
    one_structure: bool = False
    lists: bool = False


JSON_10 = Dialect(schema=_TOOLS.format("1.0"), one_structure=True)
JSON_20 = Dialect(schema=_TOOLS.format("2.0.0"))
JSON_21 = Dialect(
    schema="https://json.sdmx.org/2.1/sdmx-json-data-schema.json",
    root_schema=True,
    merge="Merge",
    lists=True,
)
