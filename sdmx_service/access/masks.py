"""What is hidden of a row that may be seen: the rule, as values every engine compiles."""

from __future__ import annotations

CONFIDENTIALITY = "CONF_STATUS"
"""The attribute that says a row is confidential (SDMX cross-domain concept)."""
STATUS = "OBS_STATUS"
"""The observation attribute that a masked row keeps (SDMX cross-domain concept)."""
FREE = "F"
"""CONF_STATUS of a row that may be shown; an absent status counts as free."""
SUPPRESSED = "Q"
"""OBS_STATUS of a masked row: missing value, suppressed (CL_OBS_STATUS 2.2)."""
