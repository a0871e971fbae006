from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.support.trip import Trip, editor, running_server

from takebridge.client.http import BridgeClient

OpenEditor = Callable[..., Trip]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bridge") / "home"
    folder.mkdir(mode=stat.S_IRWXU)
    return folder


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[BridgeClient]:
    with running_server(home) as found:
        yield found


@pytest.fixture
def open_editor(client: BridgeClient, home: Path, tmp_path: Path) -> Iterator[OpenEditor]:
    with ExitStack() as stack:

        def start(world: dict[str, Any], profile: str = "20.3") -> Trip:
            return stack.enter_context(editor(client, home, tmp_path, world, profile))

        yield start
