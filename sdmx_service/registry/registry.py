"""The structures the hub knows, ready to be asked. Built once, never changed.

Searching stands in ``select``, what data are bound to in ``usage``, rights in ``policies``.
"""

from __future__ import annotations

import copy
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from sdmx_service.access.gate import AgreementPolicy
from sdmx_service.access.principal import Principal
from sdmx_service.model.message import StructureContext, StructureUse
from sdmx_service.model.query import StructureQuery
from sdmx_service.model.refs import ArtefactClass, Ref
from sdmx_service.model.schema import DataSchema
from sdmx_service.model.structures import (
    Artefact,
    Codelist,
    DataConstraint,
    Dataflow,
    DataStructure,
    ProvisionAgreement,
    Representation,
    StructureMessage,
)
from sdmx_service.registry.constraints import constraints_of, data_schema_of, shares_codes
from sdmx_service.registry.cycles import cycle_through
from sdmx_service.registry.index import index_of
from sdmx_service.registry.policies import (
    agencies_of,
    policy_of,
    principal_ids,
    principal_of,
    providers_of,
)
from sdmx_service.registry.select import select
from sdmx_service.registry.usage import (
    binding_of,
    codelists_of,
    representations_of,
    structure_context_of,
    structure_use_of,
)


class Registry:
    """Every artefact and what follows from it. References may leave the version out (latest) or
    give a wildcard. ``version`` is another for other content: what is kept of the answers of one
    registry is never taken for those of another."""

    __slots__ = ("_agreements", "_contexts", "_index", "_policies", "_uses", "changed", "version")

    def __init__(
        self,
        artefacts: Iterable[Artefact],
        *,
        changed: datetime | None = None,
        version: str | None = None,
    ) -> None:
        """``changed``: when the structures last did; ``version`` names what they are. Without
        them, now, and a name of its own."""
        self._index = index_of(artefacts)
        self.changed = changed or datetime.now(UTC)
        self.version = version or secrets.token_hex(8)
        self._agreements: dict[Ref, tuple[ProvisionAgreement, ...]] = {}
        self._contexts: dict[Ref, StructureContext] = {}
        self._policies: dict[Ref, AgreementPolicy] = {}
        self._uses: dict[Ref, StructureUse | None] = {}

    def named(self, changed: datetime | None, version: str) -> Registry:
        """The same content under this name; nothing is put together again."""
        twin = copy.copy(self)
        twin.changed, twin.version = changed or self.changed, version
        return twin

    @property
    def artefacts(self) -> tuple[Artefact, ...]:
        """Every artefact, by class, agency, id and version."""
        return tuple(self._index.artefacts.values())

    def of_class(self, artefact: ArtefactClass) -> tuple[Artefact, ...]:
        """Every artefact of one class, all versions."""
        return tuple(entry for entry in self.artefacts if entry.ref.artefact is artefact)

    def get(self, ref: Ref) -> Artefact | None:
        """The artefact meant (of an item: its scheme), or None."""
        found = self._index.find(ref)
        return self._index.artefacts[found] if found else None

    def whole(self, ref: Ref) -> Artefact | None:
        """As ``get``; a code list that extends others with the codes it inherits."""
        found = self._index.find(ref)
        return self._index.whole(found) if found else None

    def select(self, query: StructureQuery) -> StructureMessage:
        """The answer to a structure query; empty where nothing matches."""
        return select(self._index, query)

    def structure_use(self, ref: Ref) -> StructureUse | None:
        """What data that name a dataflow, data structure or agreement are bound to."""
        found = self._index.find(ref)
        if found is not None and found not in self._uses:
            self._uses[found] = structure_use_of(self._index, found)
        return self._uses[found] if found else None

    def structure_context(self, usage: Ref) -> StructureContext:
        """What a writer needs to know of a dataflow or agreement.

        Raises Refused (STRUCTURE_UNKNOWN) where there is none of this name.
        """
        found = self._index.find(usage) or usage
        if found not in self._contexts:
            self._contexts[found] = structure_context_of(self._index, found)
        return self._contexts[found]

    def dataflows(self) -> tuple[Dataflow, ...]:
        """Every dataflow, all versions."""
        return tuple(entry for entry in self.artefacts if isinstance(entry, Dataflow))

    def dataflows_of(self, structure: Ref) -> tuple[Dataflow, ...]:
        """The dataflows of a data structure's line, of each line of theirs the newest."""
        found = self._index.find(structure)
        versions = self._index.line(found) if found else ()
        refs = self._index.newest_parents(versions, ArtefactClass.DATAFLOW)
        artefacts = (self._index.artefacts[ref] for ref in refs)
        return tuple(entry for entry in artefacts if isinstance(entry, Dataflow))

    def agreements_of(self, dataflow: Ref) -> tuple[ProvisionAgreement, ...]:
        """The agreements on a dataflow or another version of its line, by id: of each line of
        theirs the newest."""
        found = self._index.find(dataflow)
        if found is None:
            return ()
        if found not in self._agreements:
            versions = self._index.line(found)
            refs = self._index.newest_parents(versions, ArtefactClass.PROVISION_AGREEMENT)
            artefacts = (self._index.artefacts[ref] for ref in refs)
            agreements = (one for one in artefacts if isinstance(one, ProvisionAgreement))
            self._agreements[found] = tuple(agreements)
        return self._agreements[found]

    def newest(self, ref: Ref) -> Ref:
        """The newest version of an artefact's line; itself where it is unknown."""
        found = self._index.find(ref)
        return self._index.line(found)[-1] if found else ref

    def agreement_for(self, dataflow: Ref, provider: str) -> ProvisionAgreement | None:
        """The agreement under which a provider sends a dataflow: the last by id, or None."""
        found = [
            agreement
            for agreement in self.agreements_of(dataflow)
            if agreement.data_provider.item == provider
        ]
        return found[-1] if found else None

    def policy(self, agreement: ProvisionAgreement) -> AgreementPolicy:
        """Provider, country, tier and rank of an agreement, as the newest version of its line has
        them: its rows are those of the line."""
        if self.get(agreement.ref) is not agreement:
            return policy_of(self._index, agreement)
        if agreement.ref not in self._policies:
            newest = self._index.artefacts[self._index.line(agreement.ref)[-1]]
            assert isinstance(newest, ProvisionAgreement)
            self._policies[agreement.ref] = policy_of(self._index, newest)
        return self._policies[agreement.ref]

    def constraints_for(
        self, usage: Ref, dataflow: Ref | None = None
    ) -> tuple[tuple[str, DataConstraint], ...]:
        """Allowed content that binds data of an agreement or dataflow, each with the code of the
        problem that breaking it is. ``dataflow``: the version of its dataflow that data sent under
        an agreement name."""
        return constraints_of(self._index, usage, dataflow)

    def binding(self, usage: Ref) -> set[Ref]:
        """Everything that says how data of an agreement are to be read or what they may hold."""
        return binding_of(self._index, usage)

    def codelists(self, data_structure: DataStructure) -> Mapping[str, Codelist]:
        """Component id → the code list, or the values of the value list, that enumerates it."""
        return codelists_of(self._index, data_structure)

    def data_schema(
        self, usage: Ref, dimension_at_observation: str | None, *, deletion: bool
    ) -> DataSchema:
        """What data of a dataflow, agreement or data structure may hold, constraints applied.

        Raises Refused: STRUCTURE_UNKNOWN, QUERY_COMPONENT_UNKNOWN.
        """
        return data_schema_of(self._index, usage, dimension_at_observation, deletion=deletion)

    def shares_codes(self, usage: Ref) -> bool:
        """Whether the lists alone cannot say what constraints leave: two components share one
        that is left them differently, or a value list is left in part."""
        return shares_codes(self._index, usage)

    def representations(self, data_structure: DataStructure) -> Mapping[str, Representation]:
        """Component id → its representation: its own, else its concept's, else an empty one."""
        return representations_of(self._index, data_structure)

    def principal(self, principal_id: str) -> Principal:
        """Who stands behind the id of a credential. Raises ValueError where nobody does."""
        return principal_of(self.artefacts, principal_id)

    def principal_ids(self) -> tuple[str, ...]:
        """Every id a key can be given for: data providers, focal points, agencies."""
        return principal_ids(self.artefacts)

    def agencies(self) -> tuple[str, ...]:
        """Full ids of the agencies that the agency schemes know, sorted."""
        return agencies_of(self.artefacts)

    def cycle_through(self, ref: Ref) -> tuple[Ref, ...]:
        """The way by which an artefact refers to itself, () where it does not."""
        return cycle_through(self._index, ref)

    def providers_of(self, country: str) -> tuple[str, ...]:
        """Ids of the data providers of a country."""
        return providers_of(self.artefacts, country)
