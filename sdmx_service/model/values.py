"""Cells that hold several values, or one text in several languages (SDMX 3.0).

A cell of a column is one text, whatever it holds: the values of a component with ``max_occurs``
above 1 stand one after another, VALUE_SEPARATOR between them; the texts of a multilingual
component are ``language LANGUAGE_MARK text``, TEXT_SEPARATOR between them. The marks are control
characters that XML cannot hold and that readers refuse in what is sent, so a value never has one.
``Layout.multiple`` and ``Layout.multilingual`` say which components are of either kind; a value of
a component that is both is several such texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

VALUE_SEPARATOR = "\x1f"
TEXT_SEPARATOR = "\x1e"
LANGUAGE_MARK = "\x1d"
NOT_AVAILABLE = "#N/A"
"""What stands for a value missing on purpose, but for floats and doubles, where ``NaN`` does."""
MARKS = (VALUE_SEPARATOR, TEXT_SEPARATOR, LANGUAGE_MARK)


def values_of(cell: str) -> tuple[str, ...]:
    """The values of a cell, in the order they were given; one where there is no separator."""
    return tuple(cell.split(VALUE_SEPARATOR))


def cell_of(values: Iterable[str]) -> str:
    """The cell of several values."""
    return VALUE_SEPARATOR.join(values)


def texts_of(value: str) -> dict[str, str]:
    """Language → text of a multilingual value; the key is empty where no language was said."""
    found = {}
    for part in value.split(TEXT_SEPARATOR):
        language, mark, text = part.partition(LANGUAGE_MARK)
        found[language if mark else ""] = text if mark else part
    return found


def all_texts(cell: str) -> tuple[str, ...]:
    """Every text of a cell, in whatever language, of whatever value."""
    return tuple(text for value in values_of(cell) for text in texts_of(value).values())


def value_of(texts: Mapping[str, str]) -> str:
    """The value of texts by language, in the order of the languages; an empty key says none."""
    return TEXT_SEPARATOR.join(
        f"{language}{LANGUAGE_MARK}{texts[language]}" if language else texts[language]
        for language in sorted(texts)
    )


def readable(cell: str) -> str:
    """The cell without its marks, to be shown and never to be read: ``en: a / fr: b; c``."""
    shown = {VALUE_SEPARATOR: "; ", TEXT_SEPARATOR: " / ", LANGUAGE_MARK: ": "}
    return cell.translate({ord(mark): text for mark, text in shown.items()})
