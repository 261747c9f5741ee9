"""Options that several commands share, and what they stand for where they are not given."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from sdmx_service.i18n.negotiate import LANGUAGES

REJECTED, REFUSED = 1, 2
"""Exit codes: the message was read and found wrong; the request was not accepted at all."""


def _language() -> str:
    """The language of the terminal (LANG), French where the hub does not speak it."""
    spoken = os.environ.get("LANG", "").split("_")[0].split(".")[0].lower()
    return spoken if spoken in LANGUAGES else LANGUAGES[0]


Url = Annotated[
    str,
    typer.Option("--url", envvar="SDMX_SERVICE_URL", help="Address of the hub."),
]
Key = Annotated[
    str | None,
    typer.Option(
        "--key",
        envvar="SDMX_SERVICE_KEY",
        help="Your key. Better in the environment than on the line, where others may see it.",
        show_envvar=True,
    ),
]
Language = Annotated[
    str,
    typer.Option(
        "--language",
        default_factory=_language,
        help="Of reports and messages: fr, en or ar; that of the terminal by default.",
        show_default=False,
    ),
]
DEFAULT_URL = "http://127.0.0.1:8000"
