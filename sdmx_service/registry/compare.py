"""Two sets of artefacts side by side: what changed, and which version it asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sdmx_service.model.refs import Ref, version_key
from sdmx_service.model.structures import Artefact
from sdmx_service.model.versions import is_stable
from sdmx_service.registry.semver import Change, Level, changes, level_of, next_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One artefact in both sets, or in one of them (the other is None).

    ``proposed``: the version that the changes ask for where the old one is stable.
    """

    old: Ref | None
    new: Ref | None
    changes: tuple[Change, ...] = ()

    @property
    def level(self) -> Level | None:
        return level_of(self.changes)

    @property
    def proposed(self) -> str | None:
        if self.old is None or self.level is None or not is_stable(self.old.version):
            return None
        return next_version(str(self.old.version), self.level)


def compare(old: Iterable[Artefact], new: Iterable[Artefact]) -> tuple[Difference, ...]:
    """What differs, by name: an artefact is compared with its own version of the other set, else
    with the newest one there; what is the same in both is left out."""
    before, after = _by_name(old), _by_name(new)
    found: list[Difference] = []
    for name in sorted({*before, *after}):
        found += _versions(before.get(name, {}), after.get(name, {}))
    return tuple(found)


_Name = tuple[str, str, str]
_Versions = dict[str | None, Artefact]


def _by_name(artefacts: Iterable[Artefact]) -> dict[_Name, _Versions]:
    named: dict[_Name, _Versions] = {}
    for artefact in artefacts:
        ref = artefact.ref
        named.setdefault((ref.artefact, ref.agency, ref.id), {})[ref.version] = artefact
    return named


def _versions(before: _Versions, after: _Versions) -> list[Difference]:
    found = []
    for version, new in sorted(after.items(), key=lambda entry: version_key(entry[0])):
        old = before.get(version) or _newest(before)
        if old is None:
            found.append(Difference(old=None, new=new.ref))
        elif old != new:
            found.append(Difference(old=old.ref, new=new.ref, changes=changes(old, new)))
    if not after:
        found += [Difference(old=old.ref, new=None) for old in before.values()]
    return found


def _newest(versions: _Versions) -> Artefact | None:
    return versions[max(versions, key=version_key)] if versions else None
