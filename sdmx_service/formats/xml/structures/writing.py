"""How the description of a class writes, and the codec made of both ways.

What the model can hold and a shape does not list is refused. No class is named here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from sdmx_service.formats.model_fields import unlisted_fields
from sdmx_service.formats.xml.structures.engine import (
    Beside,
    Choice,
    Codec,
    Element,
    Part,
    Put,
    Shape,
    Wrapper,
    flat,
    reader,
)
from sdmx_service.formats.xml.structures.text import attribute_text, element_text
from sdmx_service.model.problem import refuse


def bind(shape: Shape, names: Mapping[str, str]) -> Codec:
    """The codec of a shape; ``names`` gives the namespace of each prefix used in its tags."""
    write_with = _writer(shape)

    def write(put: Put, tag: str, value: Any) -> None:
        write_with(put, tag, value, "")

    return Codec(reader(shape, names), write, write_with)


def _writer(shape: Shape) -> Callable[[Put, str, Any, str], None]:
    attributes = [
        (f' {part.name}="', attrgetter(part.field), part.show) for part in shape.attributes
    ]
    listed = {part.field for part in flat(shape.elements)} | shape.dropped
    listed |= {part.field for part in shape.attributes} | {shape.text or ""}
    leftovers = unlisted_fields(shape.model, listed)

    def write(put: Put, tag: str, value: Any, more: str) -> None:
        for get, default, label in leftovers:
            if get(value) != default:
                raise refuse("FORMAT_CANNOT_CARRY", found=label)
        put(f"<{tag}")
        for opening, get, show in attributes:
            held = get(value)
            text = None if held is None else show(held)
            if text is not None:
                put(f'{opening}{attribute_text(text)}"')
        put(f"{shape.derived(value)}{more}>" if shape.derived else f"{more}>")
        write_children(put, value)
        put(f"{element_text(content(value))}</{tag}>" if content else f"</{tag}>")

    content = attrgetter(shape.text) if shape.text else None
    write_children = _children_writer(
        shape.elements, lambda put, tag, value: write(put, tag, value, "")
    )
    return write


def _children_writer(
    parts: tuple[Part, ...], itself: Callable[[Put, str, Any], None]
) -> Callable[[Put, Any], None]:
    steps = [
        _choice_step(part)
        if isinstance(part, Choice)
        else _wrapper_step(part, itself)
        if isinstance(part, Wrapper)
        else _element_step(part, itself)
        for part in parts
    ]

    def write(put: Put, value: Any) -> None:
        for step in steps:
            step(put, value)

    return write


def _wrapper_step(
    part: Wrapper, itself: Callable[[Put, str, Any], None]
) -> Callable[[Put, Any], None]:
    inside = _children_writer(part.parts, itself)
    filled = [attrgetter(held.field) for held in flat(part.parts)]
    begin = f'<{part.tag} id="{part.id}">' if part.id else f"<{part.tag}>"

    def write(put: Put, value: Any) -> None:
        if any(get(value) for get in filled):
            put(begin)
            inside(put, value)
            put(f"</{part.tag}>")

    return write


def _choice_step(part: Choice) -> Callable[[Put, Any], None]:
    get = attrgetter(part.field)
    options = [
        (fits, tag, _value_writer(codec.write, codec, part.beside))
        for tag, codec, fits in part.options
    ]

    def write(put: Put, value: Any) -> None:
        for place, held in enumerate(get(value), 1):
            for fits, tag, write_value in options:
                if fits(held):
                    write_value(put, tag, held, value, place)
                    break
            else:
                raise refuse("FORMAT_CANNOT_CARRY", found=part.field)

    return write


def _element_step(
    part: Element, itself: Callable[[Put, str, Any], None]
) -> Callable[[Put, Any], None]:
    get, tag, artefact = attrgetter(part.field), part.tag, part.artefact
    codec = part.codec
    write_value = _value_writer(codec.write if codec else itself, codec, part.beside)
    nothing = () if part.empty is None else (part.empty,)

    def write_one(put: Put, value: Any) -> None:
        held = get(value)
        if held is None:
            held = part.empty
        if held is not None:
            write_value(put, tag, held, value, 1)

    def write_each(put: Put, value: Any) -> None:
        for place, held in enumerate(get(value) or nothing, 1):
            if artefact is None or held.artefact is artefact:
                write_value(put, tag, held, value, place)

    return write_one if part.collect is None else write_each


def _value_writer(
    write: Callable[[Put, str, Any], None], codec: Codec | None, beside: Beside | None
) -> Callable[[Put, str, Any, Any, int], None]:
    """What writes a value that stands in ``whole``, with the attributes that follow from that."""
    if beside is None:
        return lambda put, tag, held, _whole, _place: write(put, tag, held)
    if codec is None or codec.write_with is None:
        raise TypeError("an element without a shape has no attributes beside its own")
    write_with = codec.write_with
    return lambda put, tag, held, whole, place: write_with(put, tag, held, beside(whole, place))
