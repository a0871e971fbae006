"""Footage for the emulator's tests, written once."""

from __future__ import annotations

import pytest
from tests.support.resolve_world import Footage


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Footage:
    return Footage(tmp_path_factory.mktemp("footage"))
