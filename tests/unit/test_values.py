"""Cells of several values and of texts in several languages."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sdmx_service.model.columns import layout_of
from sdmx_service.model.structures import Representation, TextFormat
from sdmx_service.model.values import MARKS, cell_of, texts_of, value_of, values_of
from tests.facts import context_of

_TEXT = st.text(st.characters(exclude_characters="".join(MARKS), codec="utf-8"))


@given(st.lists(_TEXT, min_size=1))
def test_a_cell_keeps_its_values_in_order(values: list[str]) -> None:
    assert values_of(cell_of(values)) == tuple(values)


@given(st.dictionaries(st.sampled_from(["", "ar", "en", "fr"]), _TEXT, min_size=1))
def test_a_value_keeps_its_texts_by_language(texts: dict[str, str]) -> None:
    assert texts_of(value_of(texts)) == texts


def test_the_layout_says_which_components_have_several_values_or_languages() -> None:
    structure = context_of().data_structure
    several = Representation(max_occurs="unbounded")
    languages = Representation(max_occurs=1, text_format=TextFormat(is_multilingual=True))
    first, second, *rest = structure.attributes
    layout = layout_of(
        replace(
            structure,
            attributes=(
                replace(first, representation=several),
                replace(second, representation=languages),
                *rest,
            ),
        )
    )
    assert (layout.multiple, layout.multilingual) == ((first.id,), (second.id,))
