"""Killing a process in the middle of what it writes."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

_PROGRAM = """
from pathlib import Path
from tests.security.{} import write_for_ever
write_for_ever(Path({!r}))
"""


def kill_midway(module: str, path: Path, wait: float, *, after: int = 1) -> None:
    """Let a process of its own write, and kill it ``wait`` seconds after its ``after``-th line.

    ``module``: one beside this; its ``write_for_ever(path)`` prints a line before each step.
    """
    program = _PROGRAM.format(module, str(path))
    writer = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert writer.stdout is not None
    for _ in range(after):
        assert writer.stdout.readline() == b"writing\n"
    time.sleep(wait)
    writer.kill()
    writer.wait()
    writer.stdout.close()
