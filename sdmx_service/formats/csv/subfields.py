"""Cells that hold several values, or one text in several languages, as SDMX-CSV 2.x writes them.

``A;B``, ``en:Text;fr:Texte``, and of several texts in several languages ``"en:A;fr:B";"en:C"``.
A part that holds the separator, a quote or a line break stands in quotes of its own, doubled
inside: the field guide says so of nested values only, and nothing of a separator in a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from sdmx_service.model.columns import Layout
from sdmx_service.model.values import cell_of, texts_of, value_of, values_of

SEPARATOR = ";"
"""What the hub puts between the parts of a cell; a message names its own."""
NO_LANGUAGE = "und"
"""Language tag of a text of which no language was said (BCP 47: undetermined)."""
_SPECIAL = re.compile(rf'[{SEPARATOR}"\r\n]')
_LANGUAGE = re.compile(r"([A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*):", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Kind:
    """What the cells of a component hold: several values, texts in languages, both."""

    multiple: bool
    multilingual: bool

    def __bool__(self) -> bool:
        return self.multiple or self.multilingual


def kind_of(component: str, layout: Layout) -> Kind:
    """The kind of a component, as its data structure says."""
    return Kind(component in layout.multiple, component in layout.multilingual)


def written(texts: pa.Array, kind: Kind) -> pa.Array:
    """Values as they are kept → cells, before the quoting of the file."""
    return _each(texts, lambda text: _cell(text, kind))


def named(texts: pa.Array, name: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Several codes → their names, or codes with names, in one cell."""

    def cell(text: str) -> str:
        names = name(pa.array(values_of(text), pa.string())).to_pylist()
        return _together(part or "" for part in names)

    return _each(texts, cell)


def read(
    texts: pa.Array,
    kind: Kind,
    separator: str,
    *,
    labelled: bool,
    rewrite: Callable[[str], str] | None = None,
) -> pa.Array:
    """Cells → values as they are kept; ``labelled``: each code has its name after it. ``rewrite``:
    what is done to each value of a component without languages."""

    def value(text: str) -> str:
        parts = _parts(text, separator)
        if kind.multilingual:
            # Without quotes around them the parts are the languages of one text.
            several = kind.multiple and text.startswith('"')
            sets = parts if several else (text,)
            return cell_of(_texts(part, separator) for part in sets)
        values = (part.partition(": ")[0] if labelled else part for part in parts if part)
        return cell_of(map(rewrite, values) if rewrite else values)

    return _each(texts, value)


def _each(texts: pa.Array, change: Callable[[str], str]) -> pa.Array:
    cells = [text and change(text) for text in texts.to_pylist()]
    return pa.array(cells, pa.string())


def _cell(text: str, kind: Kind) -> str:
    if not kind.multilingual:
        return _together(values_of(text))
    sets = [_together(_with_languages(value)) for value in values_of(text)]
    return SEPARATOR.join(_quoted(part) for part in sets) if kind.multiple else sets[0]


def _with_languages(value: str) -> Iterator[str]:
    for language, text in texts_of(value).items():
        yield f"{language or NO_LANGUAGE}:{text}"


def _together(parts: Iterable[str]) -> str:
    return SEPARATOR.join(_quoted(part) if _SPECIAL.search(part) else part for part in parts)


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _texts(text: str, separator: str) -> str:
    """One text in several languages; a part that names none goes on with the text before it."""
    found: dict[str, str] = {}
    language = None
    for part in _parts(text, separator):
        match = _LANGUAGE.match(part)
        if match:
            language = "" if match[1] == NO_LANGUAGE else match[1]
            found[language] = part[match.end() :]
        elif language is None:
            language = ""
            found[language] = part
        else:
            found[language] += separator + part
    return value_of({language: content for language, content in found.items() if content})


def _parts(text: str, separator: str) -> tuple[str, ...]:
    """A cell taken apart at its separators; those within quotes are of the value."""
    mark = re.escape(separator)
    part = re.compile(rf'(?:"((?:[^"]|"")*)"|([^{mark}]*))(?:{mark}|\Z)', re.DOTALL)
    found, position = [], 0
    while position < len(text):
        match = part.match(text, position)
        assert match is not None  # The second form takes anything.
        quoted, plain = match.groups()
        found.append(plain if quoted is None else quoted.replace('""', '"'))
        position = match.end()
    return tuple(found)
