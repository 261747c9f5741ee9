"""Structure sets: all maps as they stand in SDMX-ML 2.1."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lxml import etree

from sdmx_service.formats.structures.classes_21 import (
    Association,
    InnerComponentMap,
    InnerSchemeMap,
    InnerStructureMap,
    MappedEnd,
    StructureSet,
    ValuePair,
    is_hybrid,
)
from sdmx_service.formats.structures.map_classes import (
    HYBRID_ENDS,
    MAPPED_STRUCTURES,
    MAPS_OF_21,
)
from sdmx_service.formats.xml.structures.building import annotable, item, maintainable
from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import (
    Attribute,
    Choice,
    Codec,
    Element,
    Put,
    Shape,
    Wrapper,
)
from sdmx_service.formats.xml.structures.parts import ID, boolean, show_true
from sdmx_service.formats.xml.structures.references import local_reference
from sdmx_service.formats.xml.structures.text import attribute_text
from sdmx_service.formats.xml.structures.writing import bind
from sdmx_service.model.refs import ArtefactClass

_A = ArtefactClass
_CLASSES = {
    "DataAttribute": ("AttributeDescriptor", "Attribute"),
    "Dimension": ("DimensionDescriptor", "Dimension"),
    "Measure": ("MeasureDescriptor", "PrimaryMeasure"),
    "TimeDimension": ("DimensionDescriptor", "TimeDimension"),
}
"""Class of a component → the list it stands in and the name of its class, in references."""


def structure_set_shape(dialect: Dialect) -> Shape:
    """The shape of a structure set."""
    options = tuple(
        (f"str:{tag}", _scheme_map(dialect, pair, schemes), _of(schemes))
        for tag, pair, _, schemes in MAPS_OF_21
    )
    structures = (
        "str:StructureMap",
        _structure_map(dialect),
        lambda held: isinstance(held, InnerStructureMap),
    )
    hybrid = ("str:HybridCodelistMap", _hybrid_map(dialect), is_hybrid)
    maps = Choice("maps", (hybrid, *options, structures))
    structure = dialect.reference(MAPPED_STRUCTURES)
    related = Element("str:RelatedStructure", "related", structure, tuple)
    return maintainable(dialect, _A.STRUCTURE_MAP, StructureSet, (related, maps))


def _of(schemes: tuple[ArtefactClass, ...]) -> Callable[[object], bool]:
    return lambda held: isinstance(held, InnerSchemeMap) and held.source.artefact in schemes


def _hybrid_map(dialect: Dialect) -> Codec:
    """A map of codes of any lists; those of a hierarchy are named with it."""
    shape = _scheme_map_shape(dialect, "HybridCodeMap", HYBRID_ENDS, _PLACED_CODE)
    shape = replace(
        shape, complete=lambda own, _: own.update(is_hybrid=True), dropped=frozenset({"is_hybrid"})
    )
    return bind(shape, dialect.names)


def _read_placed_code(element: etree._Element) -> str:
    ref = element.find("Ref")
    hierarchy = None if ref is None else ref.get("containerID")
    code = str(_ID.read(element))
    return f"{hierarchy}.{code}" if hierarchy else code


def _write_placed_code(put: Put, tag: str, value: str) -> None:
    hierarchy, inside, code = value.partition(".")
    if inside:
        place = f'containerID="{attribute_text(hierarchy)}" class="HierarchicalCode"'
        put(f'<{tag}><Ref id="{attribute_text(code)}" {place}/></{tag}>')
    else:
        _ID.write(put, tag, value)


def _scheme_map(dialect: Dialect, name: str, schemes: tuple[ArtefactClass, ...]) -> Codec:
    return bind(_scheme_map_shape(dialect, name, schemes, dialect.local), dialect.names)


def _scheme_map_shape(
    dialect: Dialect, name: str, schemes: tuple[ArtefactClass, ...], item_name: Codec
) -> Shape:
    pair = annotable(
        dialect,
        Association,
        Element("str:Source", "source", item_name),
        Element("str:Target", "target", item_name),
    )
    scheme = dialect.reference(schemes)
    return item(
        dialect,
        InnerSchemeMap,
        Element("str:Source", "source", scheme),
        Element("str:Target", "target", scheme),
        Element(f"str:{name}", "maps", bind(pair, dialect.names), tuple),
    )


def _structure_map(dialect: Dialect) -> Codec:
    structure = dialect.reference(MAPPED_STRUCTURES)
    shape = item(
        dialect,
        InnerStructureMap,
        Element("str:Source", "source", structure),
        Element("str:Target", "target", structure),
        Element("str:ComponentMap", "components", bind(_component(dialect), dialect.names), tuple),
        attributes=(Attribute("isExtension", "is_extension", boolean, show_true),),
    )
    return bind(shape, dialect.names)


def _component(dialect: Dialect) -> Shape:
    pair = Shape(ValuePair, (Attribute("source", "source"), Attribute("target", "target")))
    values = Element("str:ValueMapping", "values", bind(pair, dialect.names), tuple)
    mapping = Wrapper(
        "str:RepresentationMapping",
        (
            Element("str:CodelistMap", "codelist_map", dialect.local),
            Element("str:ToTextFormat", "text_format", dialect.text_format()),
            Element("str:ToValueType", "value_type", ID),
            Wrapper("str:ValueMap", (values,)),
        ),
    )
    return annotable(
        dialect,
        InnerComponentMap,
        Element("str:Source", "source", _MAPPED),
        Element("str:Target", "target", _MAPPED),
        mapping,
    )


_ID = local_reference()


def _read_end(element: etree._Element) -> MappedEnd:
    return MappedEnd(id=_ID.read(element))


def _write_end(put: Put, tag: str, value: MappedEnd) -> None:
    container, kind = _CLASSES[value.kind]
    place = f'containerID="{container}" class="{kind}" package="datastructure"'
    put(f'<{tag}><Ref id="{attribute_text(value.id)}" {place}/></{tag}>')


_PLACED_CODE = Codec(_read_placed_code, _write_placed_code)
_MAPPED = Codec(_read_end, _write_end)
