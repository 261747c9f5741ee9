"""What a producer or an analyst imports: push, validate, status, read, structures.

    from sdmx_service.client import Client
    with Client("https://hub.example", key="…", language="en") as hub:
        print(hub.validate("figures.csv").report)
        table = hub.read("DF_WORK_PERMIT", last=1)

It speaks HTTP to any hub and needs nothing of the hub's own inside.
"""

from sdmx_service.client.connection import UNREACHABLE, NotReached, ServiceProblem
from sdmx_service.client.functions import push, read, status, structures, validate
from sdmx_service.client.hub import Client
from sdmx_service.client.outcome import Outcome
from sdmx_service.client.reference import DataRequest

__all__ = [
    "UNREACHABLE",
    "Client",
    "DataRequest",
    "NotReached",
    "Outcome",
    "ServiceProblem",
    "push",
    "read",
    "status",
    "structures",
    "validate",
]
