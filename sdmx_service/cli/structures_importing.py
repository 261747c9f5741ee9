"""structures import: a data structure or dataflow with all it refers to, from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sdmx_service.cli.options import REJECTED, Key, Language
from sdmx_service.cli.settings import chosen_settings
from sdmx_service.cli.show import err, refusals
from sdmx_service.cli.structure_source import readable
from sdmx_service.cli.structures_moving import load_artefacts
from sdmx_service.client.guarded import Guard
from sdmx_service.formats.recognise_structures import read_structures
from sdmx_service.model.maintenance import MaintenanceAction
from sdmx_service.registry.folder import export_folder


def import_(  # noqa: PLR0913, PLR0917 - each is an option of the command
    language: Language,
    service: Annotated[
        str, typer.Argument(metavar="URL", help="Of an SDMX REST service, or its id (ECB, ILO …).")
    ],
    agency: Annotated[str, typer.Argument(help="Who maintains it there.")],
    id_: Annotated[str, typer.Argument(metavar="ID", help="A dataflow, else a data structure.")],
    version: Annotated[str | None, typer.Argument(help="The latest by default.")] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Write files here and load nothing.", file_okay=False)
    ] = None,
    into: Annotated[
        str | None, typer.Option(help="A running hub; else the data folder of a stopped one.")
    ] = None,
    key: Key = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also from addresses of a private network.")
    ] = False,
) -> None:
    """Bring a dataflow or data structure and all it refers to from another SDMX service.

    What is here already stays where the two are the same, and is refused where they differ.

    Example: [bold]sdmx-service structures import ECB ECB EXR --folder imported[/]
    """
    # sdmx1 knows the other services, and takes its time to load.
    from sdmx_service.client.elsewhere import (  # noqa: PLC0415
        fetch_with_descendants,
        service_of,
    )

    limits = chosen_settings().limits
    guard = Guard(allow_private=allow_private, most_bytes=limits.structure_bytes)
    with refusals(), readable(language):
        body = fetch_with_descendants(service_of(service), agency, id_, version, guard)
        message = read_structures(body, limits)
        if folder is not None:
            written, _ = export_folder(message.artefacts, folder)
            err.print(f"{len(written)} artefacts in {folder}", markup=False)
            return
    action = MaintenanceAction.APPEND
    if not load_artefacts(list(message.artefacts), action, into, key, language):
        raise typer.Exit(REJECTED)
