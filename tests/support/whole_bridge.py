"""The bridge as it is shipped, every use case wired, served from a thread of the test."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from pathlib import Path

from tests.support.server import RunningServer, running_server

from takebridge.store.data_folder import DataFolder
from takebridge_server.app import build_app
from takebridge_server.settings import Settings


@contextlib.contextmanager
def whole_bridge(home: Path, *, mailbox: Path | None = None) -> Iterator[RunningServer]:
    """Own the data folder ``home`` and serve until the block ends; ``mailbox`` None: where it is by default."""
    settings = Settings(home=home, mailbox=mailbox)
    with DataFolder(home) as folder, contextlib.ExitStack() as closing:
        build = functools.partial(build_app, settings, folder.layout, closing=closing)
        with running_server(home, build=build) as running:
            yield running
