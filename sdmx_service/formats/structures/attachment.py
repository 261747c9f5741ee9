"""Attachment constraints of SDMX 2.1: what they may be attached to, for every format of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sdmx_service.model.problem import refuse
from sdmx_service.model.refs import ArtefactClass
from sdmx_service.model.structures import AttachmentConstraint

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
    if len(classes) + bool(constraint.files) > 1 or not classes <= ATTACHED.keys():
        raise refuse("FORMAT_CANNOT_CARRY", found="ConstraintAttachment")
    if any(not key.members for keys in constraint.key_sets for key in keys.keys):
        raise refuse("FORMAT_CANNOT_CARRY", found="Key")
