"""What may stand between two values of a regular generic data set, taken apart.

A value is the attribute ``value`` of an element of its own; which component it is of says the
``id`` before it, or its element. So the text between two values holds all tags around them, such
as ``"/></g:SeriesKey><g:Obs><g:ObsDimension value="``. The value before must stand in the place
that its first end tags name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from sdmx_service.formats.xml.ml_between import (
    BEGIN,
    ENTERS,
    LEAVES,
    OBSERVATION,
    SERIES,
    STAYS,
    UNKNOWN,
    WRONG,
    Between,
    Grammar,
)

# Where a value stands: key or attributes of a Series; ObsKey, own element or attributes of an Obs.
_KEY, _ABOVE, _OBS_KEY, _OBS, _BESIDE = range(5)
_SPACE = r"[ \t\r\n]"
_NAME = r"[A-Za-z_][A-Za-z0-9_.\-]*"
_PREFIX = re.compile(rb"<([A-Za-z_][A-Za-z0-9_.\-]*:)?(?:Series|Obs|Group)[ \t\r\n>]")
_OPEN = re.compile(r"<(?!/)")
_Steps = Mapping[tuple[str, str], Between]


def _bits(*places: int) -> int:
    return sum(1 << place for place in places)


_WITHIN: _Steps = {
    ("", "Value"): Between(follows=_bits(_KEY, _ABOVE, _OBS_KEY, _BESIDE)),
    ("", "ObsValue"): Between(follows=_bits(_OBS), place=_OBS),
    ("/SeriesKey Attributes", "Value"): Between(follows=_bits(_KEY), place=_ABOVE),
    ("/ObsKey", "ObsValue"): Between(follows=_bits(_OBS_KEY), place=_OBS),
    ("/ObsKey Attributes", "Value"): Between(follows=_bits(_OBS_KEY), place=_BESIDE),
    ("Attributes", "Value"): Between(follows=_bits(_OBS), place=_BESIDE),
}
"""Tags and the element of the next value → what they say, where no tag of a row begins."""
_BEGINNINGS: _Steps = {
    ("Series SeriesKey", "Value"): Between(kind=SERIES, depth=0, place=_KEY),
    ("Obs ObsKey", "Value"): Between(kind=OBSERVATION, depth=0, place=_OBS_KEY),
    ("Obs", "ObsDimension"): Between(kind=OBSERVATION, depth=1, place=_OBS),
}
_ENDINGS: Mapping[str, tuple[int, tuple[int, ...]]] = {
    "": (BEGIN, (WRONG, WRONG, WRONG)),
    "/SeriesKey": (_KEY, (ENTERS, WRONG, WRONG)),
    "/Attributes": (_ABOVE, (ENTERS, WRONG, WRONG)),
    "/SeriesKey /Series": (_KEY, (STAYS, WRONG, WRONG)),
    "/Attributes /Series": (_ABOVE, (STAYS, WRONG, WRONG)),
    "/Obs": (_OBS, (WRONG, STAYS, WRONG)),
    "/ObsKey /Obs": (_OBS_KEY, (WRONG, STAYS, WRONG)),
    "/Attributes /Obs": (_BESIDE, (WRONG, STAYS, WRONG)),
    "/Obs /Series": (_OBS, (WRONG, LEAVES, WRONG)),
    "/ObsKey /Obs /Series": (_OBS_KEY, (WRONG, LEAVES, WRONG)),
    "/Attributes /Obs /Series": (_BESIDE, (WRONG, LEAVES, WRONG)),
}
"""End tags → the place of the value before them, and how its Series or Obs ended."""
_STEPS: _Steps = {
    **_WITHIN,
    **{
        (f"{ends} {tags}".strip(), element): replace(said, follows=_bits(place), endings=endings)
        for ends, (place, endings) in _ENDINGS.items()
        for (tags, element), said in _BEGINNINGS.items()
    },
}


def generic(
    begin: bytes, components: Sequence[str], observation_dimension: str, measure: str
) -> Grammar | None:
    """Of generic data whose next element begins so; None where that is not of a row.

    ``observation_dimension``, ``measure``: the components of ObsDimension and ObsValue.
    """
    found = _PREFIX.match(begin)
    if found is None:
        return None
    prefix = (found[1] or b"").decode()
    numbers = {component: number for number, component in enumerate(components)}
    ids = {"ObsDimension": observation_dimension, "ObsValue": measure}
    return Grammar(components, partial(_describe, _pattern(prefix), prefix, ids, numbers), True)


def _pattern(prefix: str) -> re.Pattern[str]:
    start = re.escape(prefix)
    return re.compile(
        rf"(?:\"{_SPACE}*/>)?{_SPACE}*"
        rf"(?P<tags>(?:</?{start}{_NAME}{_SPACE}*>{_SPACE}*)*)"
        rf"<{start}(?P<element>Value|ObsDimension|ObsValue)"
        rf"(?:{_SPACE}+id=\"(?P<id>{_NAME})\")?{_SPACE}+value=\""
    )


def _describe(
    pattern: re.Pattern[str],
    prefix: str,
    ids: Mapping[str, str],
    numbers: Mapping[str, int],
    text: str,
) -> Between:
    match = pattern.fullmatch(text)
    if match is None:
        return UNKNOWN
    tags = " ".join(map("".join, re.findall(rf"<(/?){re.escape(prefix)}({_NAME})", match["tags"])))
    said = _STEPS.get((tags, match["element"]))
    number = numbers.get(match["id"] or ids.get(match["element"], ""), -1)
    if said is None:
        return UNKNOWN
    opened = _OPEN.search(match["tags"]) if said.kind >= 0 else None
    tag_at = match.start("tags") + opened.start() if opened else 0
    return replace(said, attribute=number, tag_at=tag_at)
