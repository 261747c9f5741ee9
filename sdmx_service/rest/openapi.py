"""What /openapi.json says beyond the routes: keys, and problems as the hub really answers them."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

_PROBLEM = {
    "description": "Refused: what is wrong, where, and what to do (RFC 9457)",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "remedy", "location"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Stable name of the problem"},
        "remedy": {"type": "string"},
        "location": {"type": "object"},
    },
}


def describe(app: FastAPI) -> None:
    """Have the application describe itself as it is."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()
        components = document.setdefault("components", {})
        components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        components["schemas"] = {"Problem": _PROBLEM_SCHEMA}
        for operations in document["paths"].values():
            for operation in operations.values():
                _name_problems(operation["responses"])
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _name_problems(responses: dict[str, Any]) -> None:
    """Our problems instead of the framework's validation errors, which nobody gets to see."""
    if "HTTPValidationError" in str(responses.get("422", "")):
        rejected = responses.pop("422")
        if rejected["description"] != "Validation Error":
            responses["422"] = {"description": rejected["description"]}
    responses["4XX"] = _PROBLEM
