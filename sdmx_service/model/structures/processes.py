"""Processes: steps, what goes in and out, and where one goes from there."""

from __future__ import annotations

from dataclasses import dataclass

from sdmx_service.model.refs import Ref
from sdmx_service.model.structures.about import About
from sdmx_service.model.text import LocalisedText


@dataclass(frozen=True, slots=True, kw_only=True)
class InputOutput:
    object: Ref
    local_id: str | None = None
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class Computation:
    """How a step is done; its descriptions stand in ``about``."""

    about: About = About()
    local_id: str | None = None
    software_package: str | None = None
    software_language: str | None = None
    software_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """The step that follows, and when it does."""

    target_step: str
    condition: LocalisedText = LocalisedText()
    id: str | None = None
    local_id: str | None = None
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessStep:
    id: str
    about: About = About()
    inputs: tuple[InputOutput, ...] = ()
    outputs: tuple[InputOutput, ...] = ()
    computation: Computation | None = None
    transitions: tuple[Transition, ...] = ()
    steps: tuple[ProcessStep, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    ref: Ref
    about: About = About()
    steps: tuple[ProcessStep, ...] = ()
