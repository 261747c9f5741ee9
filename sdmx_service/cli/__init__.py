"""The command line: serve a hub, send to one, read from one, keep one.

Commands are grouped by subject, one module each; what they do is done by app and client.
"""

from __future__ import annotations

import typer

from sdmx_service.cli import exchange, keeping, keys, reading, running, structures

app = typer.Typer(
    name="sdmx-service",
    help="An SDMX exchange hub for official statistics: send, check, keep and read series.",
    epilog="Try it: sdmx-service demo, then open http://127.0.0.1:8000. "
    "Each command explains itself: sdmx-service push --help.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
)
for part in (exchange, reading, running, keeping):
    part.add_to(app)
app.add_typer(structures.app, name="structures")
app.add_typer(keys.app, name="keys")


def main() -> None:
    """Entry point of the command ``sdmx-service``."""
    app()


__all__ = ["app", "main"]
