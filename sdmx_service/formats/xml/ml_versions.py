"""What the versions of SDMX-ML do differently in data messages: one table for writers and readers.

How the elements are written and read stands in the writers and readers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sdmx_service.model.message import Action
from sdmx_service.model.refs import ArtefactClass

_APPEND = {Action.MERGE: "Append", Action.REPLACE: "Replace", Action.DELETE: "Delete"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of SDMX-ML.

    ``base``: what its namespaces begin with. ``actions``: the word for each action.
    ``agreement``: the header's element for a provision agreement. ``references_are_urns``: else
    they are Ref elements. ``complex_values``: whether there are several measures, components of
    several values or languages (Comp), and attributes apart (Atts); data sets then say nothing of
    their scope, and their parts may stand in any order.
    """

    name: str
    base: str
    actions: Mapping[Action, str]
    agreement: str
    references_are_urns: bool
    complex_values: bool

    def usage_element(self, artefact: ArtefactClass) -> str:
        """The header's element that refers to an artefact of this class."""
        if artefact is ArtefactClass.PROVISION_AGREEMENT:
            return self.agreement
        return "StructureUsage" if artefact is ArtefactClass.DATAFLOW else "Structure"


_NAMESPACE = "http://www.sdmx.org/resources/sdmxml/schemas/"
ML_21 = Version(
    name="2.1",
    base=f"{_NAMESPACE}v2_1/",
    actions=_APPEND,
    agreement="ProvisionAgrement",  # the schema spells it so
    references_are_urns=False,
    complex_values=False,
)
ML_30 = Version(
    name="3.0",
    base=f"{_NAMESPACE}v3_0/",
    actions=_APPEND,
    agreement="ProvisionAgreement",
    references_are_urns=True,
    complex_values=True,
)
ML_31 = Version(
    name="3.1",
    base=f"{_NAMESPACE}v3_1/",
    actions={**_APPEND, Action.MERGE: "Merge"},
    agreement="ProvisionAgreement",
    references_are_urns=True,
    complex_values=True,
)
_ENDS = ("_ATTRIBUTE", "_MEASURE")
VERSIONS = (ML_21, ML_30, ML_31)


def comp_id(component: str) -> str:
    """The id of a component's Comp elements: of a metadata attribute the end of its path, for an
    id has no dots by the schema. Its type names all of it (ADR 11)."""
    return component.rpartition(".")[2]


def component_of_type(name: str) -> str:
    """The component that the type of a Comp element names, as ``complex_type`` does; empty where
    the type is called otherwise."""
    local = name.rpartition(":")[2]
    found = (local.removesuffix(end) for end in _ENDS if local.endswith(end))
    return next(found, "")


def complex_type(component: str, *, measure: bool) -> str:
    """The type of a component's Comp elements in the schema of its data structure.

    Source: the standard leaves the name open; its own samples name attributes so.
    """
    return component + _ENDS[int(measure)]
