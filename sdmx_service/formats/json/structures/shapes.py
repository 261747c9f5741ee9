"""Every class of structures as it stands in SDMX-JSON 2.0, one shape each.

A new class is a new shape here and a row in ``CONTAINERS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sdmx_service.formats.json.structures.engine import Codec, Member, Part, Shape, bind
from sdmx_service.formats.json.structures.parts import (
    BOOLEAN,
    CONTACT,
    NAMED,
    TEXT,
    reference,
    represented,
)
from sdmx_service.formats.json.structures.shapes_constraint import DATA_CONSTRAINT
from sdmx_service.formats.json.structures.shapes_data_structure import DATA_STRUCTURE
from sdmx_service.model.refs import UNVERSIONED, ArtefactClass
from sdmx_service.model.structures import (
    Categorisation,
    Category,
    CategoryScheme,
    Code,
    Codelist,
    Concept,
    ConceptScheme,
    DataConstraint,
    Dataflow,
    DataStructure,
    Organisation,
    OrganisationScheme,
    ProvisionAgreement,
)

_A = ArtefactClass
CONTAINERS: Mapping[str, ArtefactClass] = {
    "dataStructures": _A.DATA_STRUCTURE,
    "categorySchemes": _A.CATEGORY_SCHEME,
    "conceptSchemes": _A.CONCEPT_SCHEME,
    "codelists": _A.CODELIST,
    "agencySchemes": _A.AGENCY_SCHEME,
    "dataProviderSchemes": _A.DATA_PROVIDER_SCHEME,
    "dataConsumerSchemes": _A.DATA_CONSUMER_SCHEME,
    "dataflows": _A.DATAFLOW,
    "provisionAgreements": _A.PROVISION_AGREEMENT,
    "categorisations": _A.CATEGORISATION,
    "dataConstraints": _A.DATA_CONSTRAINT,
}
"""The members of ``data``, in the order of the schema."""

_PLACE = frozenset({"isExternalReference", "isFinal"})  # isFinal: what the version says


def _maintainable(artefact: ArtefactClass, model: type[Any], *parts: Part) -> Codec:
    unversioned = artefact in UNVERSIONED
    members: tuple[Part, ...] = (
        Member("id", "ref.id", TEXT),
        Member("agencyID", "ref.agency", TEXT),
        *(() if unversioned else (Member("version", "ref.version", TEXT),)),
        *NAMED,
        Member("validFrom", "about.valid_from", TEXT),
        Member("validTo", "about.valid_to", TEXT),
        *parts,
    )
    ignored = _PLACE | {"version"} if unversioned else _PLACE
    return bind(Shape(model, members, artefact, ignored))


def _item(model: type[Any], *parts: Part) -> Codec:
    return bind(Shape(model, (Member("id", "id", TEXT), *NAMED, *parts)))


_PARENT = Member("parent", "parent", TEXT)
_CODE = _item(Code, _PARENT)
_CONCEPT = _item(Concept, _PARENT, represented("coreRepresentation", "core_representation"))
_CATEGORY = _item(Category, Member("categories", "categories", None, many=True))
_ORGANISATION = _item(Organisation, Member("contacts", "contacts", CONTACT, many=True))


def _item_scheme(artefact: ArtefactClass, model: type[Any], key: str, item: Codec) -> Codec:
    partial = Member("isPartial", "is_partial", BOOLEAN, shown=bool)
    return _maintainable(artefact, model, partial, Member(key, "items", item, many=True))


CODECS: Mapping[ArtefactClass, Codec] = {
    _A.AGENCY_SCHEME: _item_scheme(_A.AGENCY_SCHEME, OrganisationScheme, "agencies", _ORGANISATION),
    _A.DATA_PROVIDER_SCHEME: _item_scheme(
        _A.DATA_PROVIDER_SCHEME, OrganisationScheme, "dataProviders", _ORGANISATION
    ),
    _A.DATA_CONSUMER_SCHEME: _item_scheme(
        _A.DATA_CONSUMER_SCHEME, OrganisationScheme, "dataConsumers", _ORGANISATION
    ),
    _A.CODELIST: _item_scheme(_A.CODELIST, Codelist, "codes", _CODE),
    _A.CONCEPT_SCHEME: _item_scheme(_A.CONCEPT_SCHEME, ConceptScheme, "concepts", _CONCEPT),
    _A.CATEGORY_SCHEME: _item_scheme(_A.CATEGORY_SCHEME, CategoryScheme, "categories", _CATEGORY),
    _A.DATA_STRUCTURE: _maintainable(_A.DATA_STRUCTURE, DataStructure, *DATA_STRUCTURE),
    _A.DATA_CONSTRAINT: _maintainable(_A.DATA_CONSTRAINT, DataConstraint, *DATA_CONSTRAINT),
    _A.DATAFLOW: _maintainable(
        _A.DATAFLOW, Dataflow, Member("structure", "structure", reference(_A.DATA_STRUCTURE))
    ),
    _A.PROVISION_AGREEMENT: _maintainable(
        _A.PROVISION_AGREEMENT,
        ProvisionAgreement,
        Member("dataflow", "dataflow", reference(_A.DATAFLOW)),
        Member("dataProvider", "data_provider", reference(_A.DATA_PROVIDER_SCHEME, item=True)),
    ),
    _A.CATEGORISATION: _maintainable(
        _A.CATEGORISATION,
        Categorisation,
        Member("source", "source", reference()),
        Member("target", "target", reference(_A.CATEGORY_SCHEME, item=True)),
    ),
}
"""The codec of every class."""
