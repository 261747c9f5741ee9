"""What may stand between two attribute values of a regular data set, taken apart.

In a message written by a program few distinct texts stand between the values, such as
``"/>⏎ <Obs TIME_PERIOD="``. Each is checked once, by a strict pattern; what the pattern does not
know (comments, prefixes, single quotes, other elements) ends the fast reading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SERIES, OBSERVATION, GROUP = 0, 1, 2
_KINDS = {"Series": SERIES, "Obs": OBSERVATION, "Group": GROUP}
# How a tag ends: itself, then the end tags that follow it.
STAYS, ENTERS, LEAVES, WRONG = 0, 1, -1, 9
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


@dataclass(frozen=True, slots=True)
class Betweens:
    """Distinct texts between values, one entry each in every array.

    ``known``: matched, and its attribute is a component. ``attribute``: its number among the
    components. ``kind``: of the tag that begins in it, -1 where none does. ``ending``: by kind
    of the tag before, how that ended. ``tag_at``: byte of the ``<``. ``breaks``: line breaks;
    ``breaks_before``: those before the ``<``. ``angles``, ``controls``: bytes of these kinds.
    """

    known: npt.NDArray[np.bool_]
    attribute: Integers
    kind: Integers
    ending: Integers
    tag_at: Integers
    breaks: Integers
    breaks_before: Integers
    angles: Integers
    controls: Integers


def take_apart(texts: Sequence[str], components: Sequence[str]) -> Betweens:
    """Check and describe each distinct text."""
    numbers = {component: number for number, component in enumerate(components)}
    rows = np.array([_describe(text, numbers) for text in texts], dtype=np.int64)
    return Betweens(
        known=rows[:, 0] == 1,
        attribute=rows[:, 1],
        kind=rows[:, 2],
        ending=rows[:, 3:6],
        tag_at=rows[:, 6],
        breaks=rows[:, 7],
        breaks_before=rows[:, 8],
        angles=rows[:, 9],
        controls=rows[:, 10],
    )


def _describe(text: str, numbers: dict[str, int]) -> tuple[int, ...]:
    breaks = len(_BREAK.findall(text))
    counts = (text.count("<"), sum(character < " " for character in text))
    within = _NEXT.fullmatch(text)
    if within is not None and within["attribute"] in numbers:
        return (1, numbers[within["attribute"]], -1, WRONG, WRONG, WRONG, 0, breaks, 0, *counts)
    match = _BETWEEN.fullmatch(text)
    if match is None or match["attribute"] not in numbers:
        return (0, -1, -1, WRONG, WRONG, WRONG, 0, breaks, 0, *counts)
    ends = tuple(_END.findall(match["ends"] or ""))
    empty = match["close"] == "/>"
    endings = (_ENDINGS.get((kind, empty, ends), WRONG) for kind in (SERIES, OBSERVATION, GROUP))
    # All before the tag is ASCII, by the pattern: characters are bytes.
    tag_at = match.start("open")
    before = len(_BREAK.findall(text[:tag_at]))
    attribute, kind = numbers[match["attribute"]], _KINDS[match["tag"]]
    return (1, attribute, kind, *endings, tag_at, breaks, before, *counts)
