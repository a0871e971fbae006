"""A rig for each test that runs jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.generation import background_loop
from tests.support.rig import Rig


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with background_loop() as running:
        yield running


@pytest.fixture
def rig(tmp_path: Path, loop: asyncio.AbstractEventLoop) -> Rig:
    return Rig(tmp_path, loop)
