"""What the pages say, from ``i18n/locale/*/pages.po``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po


@cache
def texts(language: str) -> Mapping[str, str]:
    """Message id → text, in a language of ``LANGUAGES``."""
    source = files("sdmx_service.i18n") / "locale" / language / "pages.po"
    with source.open("rb") as file:
        catalogue = read_po(file, locale=language)
    return {str(entry.id): str(entry.string) for entry in catalogue if entry.id}
