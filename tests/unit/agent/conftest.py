"""Footage and rigs for the agent's tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.agent_rig import PROFILES, Rig, footage

from takebridge_resolve import building


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return footage(Path(tmp_path_factory.getbasetemp()))


@pytest.fixture(params=PROFILES)
def every(request: pytest.FixtureRequest, files: dict[str, str]) -> Rig:
    """A rig on each Resolve we know."""
    return Rig(files, request.param)


@pytest.fixture
def rig(files: dict[str, str]) -> Rig:
    return Rig(files)


@pytest.fixture
def make_rig(files: dict[str, str]) -> Callable[..., Rig]:
    def make(profile: str = "20.3", **changes: Any) -> Rig:
        return Rig(files, profile, **changes)

    return make


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The agent in one file, as it is installed."""
    return building.write_agent(tmp_path_factory.mktemp("built") / building.FILE_NAME)
