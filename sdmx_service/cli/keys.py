"""keys add, list, remove: who may send to this hub."""

from __future__ import annotations

from typing import Annotated

import typer

from sdmx_service.cli.settings import chosen_settings
from sdmx_service.cli.show import err, fail, out
from sdmx_service.storage.credentials import Credentials

app = typer.Typer(
    help="Keys of this hub: who may send, and who sees more than the public.",
    no_args_is_help=True,
)

Principal = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="A data provider of the structures (MA_CNSS) or FOCAL_ and a country."
    ),
]


@app.command()
def add(principal: Principal) -> None:
    """Make a key. It is shown this once: the hub keeps only its fingerprint.

    A running hub knows it at once. Someone may have several keys.

    Example: [bold]sdmx-service keys add MA_CNSS[/]
    """
    key = _credentials().add(principal)
    err.print(f"Key of {principal}; it is not shown again:")
    out.print(key, highlight=False, soft_wrap=True)


@app.command("list")
def list_keys() -> None:
    """Who has keys, and how many.

    Example: [bold]sdmx-service keys list[/]
    """
    for principal, count in _credentials().principals().items():
        out.print(f"{principal}\t{count}", highlight=False)


@app.command()
def remove(principal: Principal) -> None:
    """Take all keys of someone away.

    Example: [bold]sdmx-service keys remove MA_CNSS[/]
    """
    removed = _credentials().remove(principal)
    if not removed:
        fail(f"{principal} has no key.")
    err.print(f"Removed: {removed}")


def _credentials() -> Credentials:
    data = chosen_settings().data
    data.mkdir(parents=True, exist_ok=True)
    return Credentials(data / "credentials.json")
