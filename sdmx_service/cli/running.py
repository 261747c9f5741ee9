"""serve, demo: a hub on this machine."""

from __future__ import annotations

from typing import Annotated

import typer
import uvicorn

from sdmx_service.app import build_hub, create_app
from sdmx_service.cli.settings import free_data
from sdmx_service.cli.show import refusals

Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.command()(serve)
    app.command()(demo)


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; 0.0.0.0 for all of this machine.")
    ] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port.")] = None,
) -> None:
    """Serve the hub until Ctrl-C. Settings come from SDMX_SERVICE_… variables.

    One process holds the database; put a TLS-terminating proxy in front of it for the public.

    Example: [bold]SDMX_SERVICE_DATA=/var/lib/hub sdmx-service serve --port 8080[/]
    """
    settings = free_data()
    with refusals():
        app = create_app(build_hub(settings))
    uvicorn.run(app, host=host or settings.host, port=port or settings.port)


def demo(port: Port = 8000) -> None:
    """Serve a hub filled with published figures, to look around; nothing of yours is touched.

    Example: [bold]sdmx-service demo[/], then open http://127.0.0.1:8000
    """
    from sdmx_service import demo as demonstration  # noqa: PLC0415 - loaded when asked for

    demonstration.run(port)
