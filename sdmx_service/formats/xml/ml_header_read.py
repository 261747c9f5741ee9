"""The header of a data message of SDMX-ML: who sends what, against which structures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sdmx_service.model.message import Action, Header
from sdmx_service.model.problem import Location, refuse
from sdmx_service.model.refs import ArtefactClass, Ref, parse_urn
from sdmx_service.model.text import LocalisedText

_CLASSES = {
    "Structure": ArtefactClass.DATA_STRUCTURE,
    "StructureUsage": ArtefactClass.DATAFLOW,
    # The 2.1 schema spells it with one e; senders write both.
    "ProvisionAgrement": ArtefactClass.PROVISION_AGREEMENT,
    "ProvisionAgreement": ArtefactClass.PROVISION_AGREEMENT,
}
_ACTIONS = {
    "Append": Action.MERGE,
    "Information": Action.MERGE,
    "Merge": Action.MERGE,
    "Replace": Action.REPLACE,
    "Delete": Action.DELETE,
}


@dataclass(slots=True)
class HeaderElement:
    """An element of the header while it is read; names without their namespaces."""

    name: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list[HeaderElement] = field(default_factory=list)

    def all(self, name: str) -> list[HeaderElement]:
        return [child for child in self.children if child.name == name]

    def text_of(self, name: str) -> str:
        """Text of the first child of this name, or nothing."""
        return next((child.text.strip() for child in self.all(name)), "")


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a header's Structure element declares for the data sets that refer to it."""

    ref: Ref
    line: int
    dimension_at_observation: str | None
    explicit_measures: bool


@dataclass(frozen=True, slots=True)
class Preamble:
    """The header and what it declares: structures by their local id, action of the data sets."""

    header: Header
    declarations: dict[str, Declaration]
    action: str | None


def read_preamble(element: HeaderElement) -> Preamble:
    """Interpret a Header element. Raises Refused for an embargo or an unreadable reference."""
    for embargo in element.all("EmbargoDate"):
        raise refuse("EMBARGO_UNSUPPORTED", Location(line=embargo.line), found="EmbargoDate")
    structures = element.all("Structure")
    return Preamble(
        _header(element),
        {item.attributes.get("structureID", ""): _declaration(item) for item in structures},
        element.text_of("DataSetAction") or None,
    )


def action_of(word: str | None, line: int) -> Action:
    """The action a word of the message asks for; none asks for Merge."""
    if not word:
        return Action.MERGE
    if word not in _ACTIONS:
        raise refuse("ACTION_UNKNOWN", Location(line=line), found=word)
    return _ACTIONS[word]


def _header(element: HeaderElement) -> Header:
    sender = element.all("Sender")
    return Header(
        id=element.text_of("ID"),
        test=element.text_of("Test") in ("true", "1"),
        prepared=_instant(element.text_of("Prepared")),
        sender=sender[0].attributes.get("id", "") if sender else "",
        receivers=tuple(item.attributes.get("id", "") for item in element.all("Receiver")),
        names=_localised(element.all("Name")),
        sources=_localised(element.all("Source")),
    )


def _localised(elements: list[HeaderElement]) -> LocalisedText:
    return LocalisedText.of({item.attributes.get("lang", "en"): item.text for item in elements})


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _declaration(element: HeaderElement) -> Declaration:
    named = next((child for child in element.children if child.name in _CLASSES), None)
    if named is None:
        found = element.attributes.get("structureID", "")
        raise refuse("STRUCTURE_REFERENCE_MALFORMED", Location(line=element.line), found=found)
    return Declaration(
        _reference(named),
        named.line,
        element.attributes.get("dimensionAtObservation"),
        # The 2.1 schema says explicitMeasures; its own samples also say explicitMeasure.
        any(
            element.attributes.get(name) in ("true", "1")
            for name in ("explicitMeasures", "explicitMeasure")
        ),
    )


def _reference(element: HeaderElement) -> Ref:
    for child in element.all("Ref"):
        given = child.attributes
        if given.get("agencyID") and given.get("id"):
            artefact = _CLASSES[element.name]
            return Ref(artefact, given["agencyID"], given["id"], given.get("version"))
    # In 2.1 a reference may be a URN element, in 3.x it is the text itself.
    urn = element.text_of("URN") or element.text.strip()
    try:
        return parse_urn(urn)
    except ValueError:
        place = Location(line=element.line)
        raise refuse("STRUCTURE_REFERENCE_MALFORMED", place, found=urn) from None
