"""What may stand between two attribute values of a regular data set, taken apart.

In a message written by a program few distinct texts stand between the values, such as
``"/>⏎ <Obs TIME_PERIOD="``. Each is checked once, by a strict pattern; what the pattern does not
know (comments, prefixes, single quotes, other elements) ends the fast reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

SERIES, OBSERVATION, GROUP = 0, 1, 2
_KINDS = {"Series": SERIES, "Obs": OBSERVATION, "Group": GROUP}
# How a tag ends: itself, then the end tags that follow it.
STAYS, ENTERS, LEAVES, WRONG = 0, 1, -1, 9
BEGIN = 62
"""Place, as a bit, of what stands before the first value of a window."""
_ENDINGS = {
    (SERIES, True, ()): STAYS,
    (SERIES, False, ("Series",)): STAYS,
    (SERIES, False, ()): ENTERS,
    (OBSERVATION, True, ()): STAYS,
    (OBSERVATION, True, ("Series",)): LEAVES,
    (OBSERVATION, False, ("Obs",)): STAYS,
    (OBSERVATION, False, ("Obs", "Series")): LEAVES,
    (GROUP, True, ()): STAYS,
    (GROUP, False, ("Group",)): STAYS,
}
_NAME = r"[A-Za-z_][A-Za-z0-9_.\-]*"
_SPACE = r"[ \t\r\n]"
_ATTRIBUTE = rf"{_SPACE}+(?P<attribute>{_NAME}){_SPACE}*={_SPACE}*\""
_BETWEEN = re.compile(
    rf"(?:\"{_SPACE}*(?P<close>/?>){_SPACE}*(?P<ends>(?:</{_NAME}{_SPACE}*>{_SPACE}*)*))?"
    rf"(?P<open><(?P<tag>Series|Obs|Group)){_ATTRIBUTE}"
)
_NEXT = re.compile(rf"\"{_ATTRIBUTE}")
_END = re.compile(rf"</({_NAME})")
_BREAK = re.compile(r"\r\n|\r|\n")

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """What one text between values says; unknown if nothing else is said.

    ``attribute``: number of the component whose value follows. ``kind``: of the tag that begins
    in it, -1 where none does; ``tag_at``: byte of its ``<``; ``depth``: how many Series are open
    around it, None where either will do. ``endings``: by kind of the tag before, how that ended.
    ``follows``: bits of the places that the value before may stand in; ``place``: that of the
    value that follows, None for the same again.
    """

    attribute: int = -1
    kind: int = -1
    tag_at: int = 0
    depth: int | None = None
    endings: tuple[int, ...] = (WRONG, WRONG, WRONG)
    follows: int = -1
    place: int | None = None


UNKNOWN = Between()


@dataclass(frozen=True, slots=True)
class Grammar:
    """How values stand in a data set: ``describe`` says what a text between two of them says.

    ``components``: in the order of their numbers. ``named``: whether values are named by values of
    ``id``, which count as what stands between, and have their places.
    """

    components: Sequence[str]
    describe: Callable[[str], Between]
    named: bool = False


@dataclass(frozen=True, slots=True)
class Betweens:
    """Distinct texts between values, one entry each in every array, as ``Between`` says.

    ``known``: whether what it says is known. ``depth``, ``place``: -1 for None. ``breaks``: line
    breaks; ``breaks_before``: those before the ``<``. ``angles``, ``controls``: bytes of these
    kinds.
    """

    known: npt.NDArray[np.bool_]
    attribute: Integers
    kind: Integers
    ending: Integers
    tag_at: Integers
    depth: Integers
    follows: Integers
    place: Integers
    breaks: Integers
    breaks_before: Integers
    angles: Integers
    controls: Integers


def take_apart(texts: Sequence[str], grammar: Grammar) -> Betweens:
    """Check and describe each distinct text."""
    rows = np.array([_row(text, grammar.describe(text)) for text in texts], dtype=np.int64)
    return Betweens(
        known=rows[:, 0] >= 0,
        attribute=rows[:, 0],
        kind=rows[:, 1],
        ending=rows[:, 2:5],
        tag_at=rows[:, 5],
        depth=rows[:, 6],
        follows=rows[:, 7],
        place=rows[:, 8],
        breaks=rows[:, 9],
        breaks_before=rows[:, 10],
        angles=rows[:, 11],
        controls=rows[:, 12],
    )


def _row(text: str, said: Between) -> tuple[int, ...]:
    # All before the tag is ASCII, by the pattern: characters are bytes.
    breaks = (len(_BREAK.findall(part)) for part in (text, text[: said.tag_at]))
    return (
        said.attribute, said.kind, *said.endings, said.tag_at,
        -1 if said.depth is None else said.depth,
        said.follows, -1 if said.place is None else said.place,
        *breaks, text.count("<"), sum(character < " " for character in text),
    )  # fmt: skip


def specific(components: Sequence[str]) -> Grammar:
    """Of structure-specific data: every value is an attribute, named by its component."""
    numbers = {component: number for number, component in enumerate(components)}
    return Grammar(components, partial(_describe, numbers))


def _describe(numbers: dict[str, int], text: str) -> Between:
    within = _NEXT.fullmatch(text)
    if within is not None:
        return Between(attribute=numbers.get(within["attribute"], -1))
    match = _BETWEEN.fullmatch(text)
    if match is None:
        return UNKNOWN
    ends = tuple(_END.findall(match["ends"] or ""))
    empty = match["close"] == "/>"
    kind = _KINDS[match["tag"]]
    return Between(
        attribute=numbers.get(match["attribute"], -1),
        kind=kind,
        tag_at=match.start("open"),
        depth=None if kind == OBSERVATION else 0,
        endings=tuple(
            _ENDINGS.get((of, empty, ends), WRONG) for of in (SERIES, OBSERVATION, GROUP)
        ),
    )
