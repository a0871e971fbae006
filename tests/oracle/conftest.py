"""The vendors' own clients live in a virtual environment of their own (``make oracle``): their pins are not ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_HERE = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def oracle_python() -> Path:
    """Return the interpreter that has the vendors' clients; skip, loudly, without one."""
    python = Path(os.environ.get("TAKEBRIDGE_ORACLE_PYTHON", _HERE / ".oracle" / "bin" / "python"))
    if not python.exists():
        pytest.skip("the vendors' own clients are not installed: 'make oracle' installs them")
    return python
