"""What constraints of SDMX 2.1 may be attached to, for every format of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sdmx_service.formats.structures.metadata_constraints import check_keys
from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.structures import AttachmentConstraint, DataConstraint

ATTACHED: Mapping[ArtefactClass, str] = {
    ArtefactClass.DATA_STRUCTURE: "DataStructure",
    ArtefactClass.METADATA_STRUCTURE: "MetadataStructure",
    ArtefactClass.DATAFLOW: "Dataflow",
    ArtefactClass.METADATAFLOW: "Metadataflow",
    ArtefactClass.PROVISION_AGREEMENT: "ProvisionAgreement",
}
"""Class of what one may be attached to → its name in messages."""


def of_keys(unexpected: str) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    """What makes a group of the keys of an attachment constraint one without dimensions; where it
    has both, ``unexpected`` is the code of the problem."""

    def complete(own: dict[str, Any], _ref: dict[str, Any]) -> None:
        if own.get("attachment_constraint") is None:
            return
        if own.setdefault("dimensions", ()):
            raise refuse(unexpected, found=f"Group {own.get('id', '')} AttachmentConstraint")

    return complete


def check_attached(constraint: AttachmentConstraint) -> None:
    """Refuse what no message of SDMX 2.1 says: attachment to several classes, a key of no value."""
    classes = {ref.artefact for ref in constraint.attachment}
    others = (constraint.files, constraint.data_sets, constraint.metadata_sets)
    if len(classes) + sum(map(bool, others)) > 1 or not classes <= ATTACHED.keys():
        raise refuse("FORMAT_CANNOT_CARRY", found="ConstraintAttachment")
    if any(not key.members for keys in constraint.key_sets for key in keys.keys):
        raise refuse("FORMAT_CANNOT_CARRY", found="Key")
    check_keys(constraint.metadata_key_sets)


def check_sources(constraint: DataConstraint, *, single: bool) -> None:
    """Refuse data sets beside something else; ``single``: more than one of them, or of files."""
    sources = len(constraint.files) + len(constraint.data_sets)
    beside = constraint.data_sets and (constraint.attachment or constraint.files)
    if beside or (single and sources > 1):
        raise refuse("FORMAT_CANNOT_CARRY", found="ConstraintAttachment")
