"""Processes in SDMX-ML."""

from __future__ import annotations

from sdmx_service.formats.xml.structures.building import annotable, identified, item, maintainable
from sdmx_service.formats.xml.structures.dialect import Dialect
from sdmx_service.formats.xml.structures.engine import Attribute, Element, Shape
from sdmx_service.formats.xml.structures.parts import texts
from sdmx_service.formats.xml.structures.writing import bind
from sdmx_service.model import structures as model
from sdmx_service.model.refs import ArtefactClass

_LOCAL_ID = Attribute("localID", "local_id")


def process_shapes(dialect: Dialect) -> dict[ArtefactClass, Shape]:
    """The shape of a process."""
    step = Element("str:ProcessStep", "steps", bind(_step(dialect), dialect.names), tuple)
    process = ArtefactClass.PROCESS
    return {process: maintainable(dialect, process, model.Process, (step,))}


def _step(dialect: Dialect) -> Shape:
    reference = Element("str:ObjectReference", "object", dialect.reference())
    thing = annotable(dialect, model.InputOutput, reference, attributes=(_LOCAL_ID,))
    computation = annotable(
        dialect,
        model.Computation,
        texts("com:Description", "about.descriptions"),
        attributes=(
            _LOCAL_ID,
            Attribute("softwarePackage", "software_package"),
            Attribute("softwareLanguage", "software_language"),
            Attribute("softwareVersion", "software_version"),
        ),
    )
    transition = identified(
        dialect,
        model.Transition,
        Element("str:TargetStep", "target_step", dialect.local),
        texts("str:Condition", "condition"),
        attributes=(_LOCAL_ID,),
    )
    moved = bind(thing, dialect.names)
    return item(
        dialect,
        model.ProcessStep,
        Element("str:Input", "inputs", moved, tuple),
        Element("str:Output", "outputs", moved, tuple),
        Element("str:Computation", "computation", bind(computation, dialect.names)),
        Element("str:Transition", "transitions", bind(transition, dialect.names), tuple),
        Element("str:ProcessStep", "steps", None, tuple),
    )
