"""Every class of structures as it stands in SDMX-ML, for 2.1, 3.0 and 3.1.

A new class is a new shape in the module of its subject and a row in ``message``.
"""

from __future__ import annotations

from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import Codec
from sdmx_service.formats.xml.structures.shapes_constraint import constraint_shapes
from sdmx_service.formats.xml.structures.shapes_constraint_21 import (
    attachment_constraint,
    content_constraint,
)
from sdmx_service.formats.xml.structures.shapes_data_structure import data_structure_shapes
from sdmx_service.formats.xml.structures.shapes_flows import flow_shapes
from sdmx_service.formats.xml.structures.shapes_hierarchy import hierarchy_shapes
from sdmx_service.formats.xml.structures.shapes_items import item_shapes
from sdmx_service.formats.xml.structures.shapes_maps import map_shapes
from sdmx_service.formats.xml.structures.shapes_metadata import metadata_shapes
from sdmx_service.formats.xml.structures.shapes_process import process_shapes
from sdmx_service.formats.xml.structures.shapes_vtl import vtl_shapes
from sdmx_service.formats.xml.structures.writing import bind
from sdmx_service.model.refs import ArtefactClass

_A = ArtefactClass
_SUBJECTS = (
    item_shapes,
    data_structure_shapes,
    flow_shapes,
    metadata_shapes,
    constraint_shapes,
    hierarchy_shapes,
    map_shapes,
    process_shapes,
    vtl_shapes,
)


def codecs(dialect: Dialect) -> dict[str, Codec]:
    """The codec of every class that one version of SDMX-ML has."""
    found = {
        artefact: bind(shape, dialect.names)
        for subject in _SUBJECTS
        for artefact, shape in subject(dialect).items()
    }
    if not dialect.is_21:
        return found
    return found | {
        _A.ATTACHMENT_CONSTRAINT: bind(attachment_constraint(dialect), dialect.names),
        _A.DATA_CONSTRAINT: content_constraint(dialect, found[_A.DATA_CONSTRAINT]),
    }
