"""Single words of reports and pages."""

from __future__ import annotations

from sdmx_service.i18n.catalogues import texts
from sdmx_service.i18n.negotiate import LANGUAGES, supported


def word(key: str, language: str) -> str:
    """The word for a key of ``words.po``; in the default language, or the key, where missing."""
    for candidate in (supported(language), LANGUAGES[0]):
        found = texts("words", candidate).get(("", key))
        if found:
            return found
    return key
