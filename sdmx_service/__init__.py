"""An SDMX exchange hub for official statistics.

The packages below are layers; docs/architecture.md says what each may hold and import.
"""

__version__ = "0.1.0"
