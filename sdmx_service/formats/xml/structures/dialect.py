"""What SDMX-ML 2.1, 3.0 and 3.1 do differently, as values. The classes stand in ``shapes``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sdmx_service.formats.xml.structures.engine import Codec, Shape
from sdmx_service.formats.xml.structures.parts import ID, annotation_shape, text_format
from sdmx_service.formats.xml.structures.references import (
    element_reference,
    local_reference,
    urn_reference,
)

_BASE = "http://www.sdmx.org/resources/sdmxml/schemas/"


@dataclass(frozen=True, slots=True)
class Dialect:
    """``reference(class, item=…)`` makes the codec of a reference; ``local`` is the codec of an id
    that names something in the same artefact."""

    version: str
    names: Mapping[str, str]
    reference: Callable[..., Codec]
    local: Codec
    annotation: Shape

    @property
    def is_21(self) -> bool:
        return self.version == "2.1"

    def text_format(self) -> Codec:
        """The codec of a text format."""
        return text_format(self.names, sentinels=not self.is_21)

    @property
    def is_31(self) -> bool:
        return self.version == "3.1"


def _namespaces(version: str) -> dict[str, str]:
    parts = {"mes": "message", "str": "structure", "com": "common"}
    return {prefix: f"{_BASE}{version}/{name}" for prefix, name in parts.items()}


ML_21 = Dialect(
    version="2.1",
    names=_namespaces("v2_1"),
    reference=element_reference,
    local=local_reference(),
    annotation=annotation_shape(with_value=False),
)
ML_30 = Dialect(
    version="3.0",
    names=_namespaces("v3_0"),
    reference=urn_reference,
    local=ID,
    annotation=annotation_shape(with_value=True),
)
ML_31 = replace(ML_30, version="3.1", names=_namespaces("v3_1"))
