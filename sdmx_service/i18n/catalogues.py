"""The ``.po`` files, read once; nothing else knows where texts come from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from babel.messages.pofile import read_po

Texts = Mapping[tuple[str, str], str]
"""(context, id) → text; the context is empty where the file gives none."""


@lru_cache(maxsize=16)
def texts(name: str, language: str) -> Texts:
    """The texts of ``locale/<language>/<name>.po``; empty ones are left out."""
    folder = resources.files("sdmx_service.i18n") / "locale" / language
    with (folder / f"{name}.po").open("rb") as file:
        catalogue = read_po(file, locale=language, abort_invalid=True)
    return {
        (message.context or "", str(message.id)): str(message.string)
        for message in catalogue
        if message.id and message.string
    }
