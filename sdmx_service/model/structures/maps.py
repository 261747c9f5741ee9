"""From one structure, representation or scheme to another."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from sdmx_service.model.refs import Ref
from sdmx_service.model.structures.about import About
from sdmx_service.model.structures.representation import TextFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedComponent:
    source: str
    target: str


def ends_of(components: tuple[MappedComponent, ...]) -> tuple[tuple[str, str], ...]:
    """Sources and targets in turn, each with the word for its side."""
    pairs = ((("source", one.source), ("target", one.target)) for one in components)
    return tuple(chain.from_iterable(pairs))


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochMap:
    """Times counted from ``base_period`` in units of ``epoch_period``.

    The frequency of the target is that of ``frequency_dimension``, or ``target_frequency``.
    """

    base_period: str
    epoch_period: str
    components: tuple[MappedComponent, ...]
    id: str | None = None
    about: About = About()
    frequency_dimension: str | None = None
    mapped_frequencies: tuple[str, ...] = ()
    target_frequency: str | None = None
    resolve_period: str | None = None

    @property
    def ends(self) -> tuple[tuple[str, str], ...]:
        """Sources and targets in turn, each with the word for its side."""
        return ends_of(self.components)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatePatternMap:
    """Times written by ``source_pattern`` in the words of ``locale``; frequency as in EpochMap."""

    source_pattern: str
    locale: str
    components: tuple[MappedComponent, ...]
    id: str | None = None
    about: About = About()
    frequency_dimension: str | None = None
    mapped_frequencies: tuple[str, ...] = ()
    target_frequency: str | None = None
    resolve_period: str | None = None

    @property
    def ends(self) -> tuple[tuple[str, str], ...]:
        """Sources and targets in turn, each with the word for its side."""
        return ends_of(self.components)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrequencyFormat:
    """How times of a frequency are written in the target."""

    frequency: str
    pattern: str
    id: str | None = None
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextConversion:
    """What becomes of coded values (SDMX 2.1 only): a text of ``text_format``, made of what
    ``value_type`` names (Value, Name or Description)."""

    text_format: TextFormat
    value_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentMap:
    """Source components to target components, by a representation map, as text or as they are."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    representation_map: Ref | None = None
    about: About = About()
    to_text: TextConversion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedValueMap:
    """A component of the source or of the target that always has these values."""

    source: str | None = None
    target: str | None = None
    values: tuple[str, ...] = ()
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureMap:
    """Components of one structure to those of another; only a stub may leave out which."""

    ref: Ref
    source: Ref | None = None
    target: Ref | None = None
    about: About = About()
    epoch_maps: tuple[EpochMap, ...] = ()
    date_pattern_maps: tuple[DatePatternMap, ...] = ()
    frequency_formats: tuple[FrequencyFormat, ...] = ()
    component_maps: tuple[ComponentMap, ...] = ()
    fixed_values: tuple[FixedValueMap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceValue:
    """A value to be mapped: a text, or a regular expression, on a part of what is there."""

    value: str
    is_regular_expression: bool = False
    start_index: int | None = None
    end_index: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueMapping:
    """Values of the sources, in their order, to values of the targets."""

    sources: tuple[SourceValue, ...]
    targets: tuple[str, ...] = ()
    valid_from: str | None = None
    valid_to: str | None = None
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedRepresentation:
    """What is mapped from or to: a code list or value list, or a data type; one of the two."""

    codelist: Ref | None = None
    data_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepresentationMap:
    """Values of some representations to those of others; only a stub may leave out which."""

    ref: Ref
    sources: tuple[MappedRepresentation, ...] = ()
    targets: tuple[MappedRepresentation, ...] = ()
    about: About = About()
    mappings: tuple[ValueMapping, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMap:
    source: SourceValue
    target: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSchemeMap:
    """Items of one scheme to items of another; ``ref.artefact`` says of which class. Only a stub
    may leave out the schemes."""

    ref: Ref
    source: Ref | None = None
    target: Ref | None = None
    about: About = About()
    maps: tuple[ItemMap, ...] = ()
