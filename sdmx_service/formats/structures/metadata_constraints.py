"""Constraints on metadata as SDMX 2.1 has them, and back. Decision: ADR 0016.

SDMX 2.1 has one class of content constraints, and says of each region of metadata of which report
and target it is; since SDMX 3.0 those on metadata are a class of their own, without either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sdmx_service.formats.structures.classes_21 import MetadataContent, ReportRegion
from sdmx_service.formats.structures.containers import NAMED
from sdmx_service.formats.structures.metadata import PLAIN_TARGET
from sdmx_service.formats.structures.notes_21 import apart
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.structures import (
    Annotation,
    MetadataConstraint,
    MetadataKeySet,
    MetadataTargetRegion,
    TargetSelection,
)

_A = ArtefactClass
ATTACHABLE: Mapping[ArtefactClass, str] = {
    _A.DATA_PROVIDER_SCHEME: "DataProvider",
    _A.METADATA_STRUCTURE: "MetadataStructure",
    _A.METADATAFLOW: "Metadataflow",
    _A.PROVISION_AGREEMENT: "ProvisionAgreement",
}
"""Class of what one may be attached to → its name in messages."""
TELLING = ("MetadataStructure", "Metadataflow", "MetadataSet")
"""Names of what a constraint is attached to by which it is known to be on metadata."""
_OF_METADATA = frozenset({_A.METADATA_STRUCTURE, _A.METADATAFLOW})
_REGION = "METADATA_TARGET_REGION"
_URN = "urn:sdmx:org.sdmx.infomodel.registry.MetadataConstraint="


def says_metadata(title: str | None) -> bool:
    """Whether the title of an annotation names a constraint on metadata: what nothing else tells
    from one on data says so."""
    return (title or "").startswith(_URN)


def metadata_constraint(source: MetadataContent) -> MetadataConstraint:
    """A content constraint on metadata in the class that SDMX 3 has for it."""
    ref = replace(source.ref, artefact=_A.METADATA_CONSTRAINT)
    said = Annotation(type=NAMED, title=ref.urn)
    notes = tuple(note for note in source.about.annotations if note != said)
    told = _told(source.regions, source.attachment)
    return MetadataConstraint(
        ref=ref,
        about=replace(source.about, annotations=(*notes, *told)),
        role=source.role,
        attachment=_attached(source.attachment, _A.METADATA_PROVISION_AGREEMENT),
        regions=tuple(map(_region, source.regions)),
        key_sets=source.key_sets,
        release_calendar=source.release_calendar,
        reference_period=source.reference_period,
        files=source.files,
        services=source.services,
        metadata_sets=source.metadata_sets,
    )


def metadata_content(source: MetadataConstraint) -> MetadataContent:
    """A constraint on metadata as SDMX 2.1 has it. Raises Refused (FORMAT_CANNOT_CARRY)."""
    about, told = apart(source.about, _REGION)
    made = MetadataContent(
        ref=replace(source.ref, artefact=_A.DATA_CONSTRAINT),
        about=about,
        role=source.role,
        attachment=_attached(source.attachment, _A.PROVISION_AGREEMENT),
        regions=tuple(_of_reports(source, told)),
        key_sets=source.key_sets,
        release_calendar=source.release_calendar,
        reference_period=source.reference_period,
        files=source.files,
        services=source.services,
        metadata_sets=source.metadata_sets,
    )
    if not _tells(made):
        notes = (*made.about.annotations, Annotation(type=NAMED, title=source.ref.urn))
        made = replace(made, about=replace(made.about, annotations=notes))
    if metadata_constraint(made) != source:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"{source.ref.artefact} {source.ref.short}")
    return made


def _tells(content: MetadataContent) -> bool:
    """Whether it can be told from a constraint on data."""
    attached = {ref.artefact for ref in content.attachment}
    parts = content.regions or content.key_sets or content.metadata_sets
    return bool(parts or attached & _OF_METADATA)


def _attached(attachment: Iterable[Ref], agreement: ArtefactClass) -> tuple[Ref, ...]:
    """The same with agreements of one class: SDMX 2.1 has one for data and metadata."""
    agreements = (_A.PROVISION_AGREEMENT, _A.METADATA_PROVISION_AGREEMENT)
    return tuple(
        replace(ref, artefact=agreement) if ref.artefact in agreements else ref
        for ref in attachment
    )


def _usual(attachment: tuple[Ref, ...]) -> tuple[str, str] | None:
    """The report and target that a metadata structure of SDMX 3 has in SDMX 2.1."""
    if len(attachment) == 1 and attachment[0].artefact is _A.METADATA_STRUCTURE:
        return attachment[0].id, PLAIN_TARGET
    return None


def _told(regions: Iterable[ReportRegion], attachment: tuple[Ref, ...]) -> tuple[Annotation, ...]:
    """The report and target of each region, in their order, where any is not the usual one."""
    usual = _usual(attachment)
    reports = [(region.report, region.target) for region in regions]
    if all(report == usual for report in reports):
        return ()
    return tuple(Annotation(type=_REGION, id=report, title=target) for report, target in reports)


def _region(source: ReportRegion) -> MetadataTargetRegion:
    return MetadataTargetRegion(
        include=source.include, components=source.components, targets=source.targets
    )


def _of_reports(source: MetadataConstraint, told: Sequence[Annotation]) -> Iterable[ReportRegion]:
    """The regions, each of its report. Raises Refused (FORMAT_CANNOT_CARRY): of one not told."""
    reports = [(note.id, note.title) for note in told]
    usual = _usual(source.attachment)
    if not reports and usual is not None:
        reports = [usual] * len(source.regions)
    for place, region in enumerate(source.regions):
        report, target = reports[place] if place < len(reports) else (None, None)
        if not report or not target:
            found = f"MetadataTargetRegion {source.ref.short}"
            raise refuse("FORMAT_CANNOT_CARRY", found=found)
        yield ReportRegion(
            report=report,
            target=target,
            include=region.include,
            components=region.components,
            targets=region.targets,
        )


def check_content(content: MetadataContent) -> None:
    """Refuse what no message of SDMX 2.1 says: several attachments where one may stand, keys and
    targets without a value. Raises Refused (FORMAT_CANNOT_CARRY)."""
    classes = {ref.artefact for ref in content.attachment}
    provider = content.attachment if _A.DATA_PROVIDER_SCHEME in classes else ()
    alone = len((*provider, *content.files, *content.metadata_sets))
    others = bool(classes) and not provider
    if len(classes) > 1 or not classes <= ATTACHABLE.keys() or alone + others > 1:
        raise refuse("FORMAT_CANNOT_CARRY", found="ConstraintAttachment")
    if content.services and not others:
        raise refuse("FORMAT_CANNOT_CARRY", found="ConstraintAttachment")
    check_keys(content.key_sets)


def check_keys(key_sets: Iterable[MetadataKeySet]) -> None:
    """Refuse a key of no value (FORMAT_CANNOT_CARRY)."""
    if any(not key.members for keys in key_sets for key in keys.keys):
        raise refuse("FORMAT_CANNOT_CARRY", found="Key")


def check_target(selection: TargetSelection, *, single: bool) -> None:
    """Refuse all but values of one kind, ``single``: one value that is included, no times."""
    kinds = (selection.values, selection.data_sets, selection.data_keys, selection.objects)
    given = [len(kind) for kind in kinds if kind] + [1] * (selection.time_range is not None)
    wrong = single and (given != [1] or selection.time_range or not selection.include)
    if len(given) != 1 or wrong:
        raise refuse("FORMAT_CANNOT_CARRY", found=f"KeyValue {selection.component}")
