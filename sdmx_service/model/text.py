"""Text in several languages, as names and descriptions carry it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LocalisedText:
    """Texts by language tag, in the order given; at most one a language."""

    texts: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> LocalisedText:
        """From a mapping of language tag to text; empty texts are left out."""
        return cls(tuple((language, text) for language, text in texts.items() if text))

    def __bool__(self) -> bool:
        return bool(self.texts)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.texts)

    def get(self, language: str) -> str | None:
        """The text in exactly this language, or None."""
        return dict(self.texts).get(language)

    def best(self, languages: Iterable[str]) -> str:
        """The text in the first language that has one, else the first text, else nothing.

        A region falls back to its language: ``fr-MA`` finds ``fr``.
        """
        texts = dict(self.texts)
        for language in languages:
            for tag in (language, language.split("-")[0]):
                if tag in texts:
                    return texts[tag]
        return self.texts[0][1] if self.texts else ""
