"""Tests against the real providers: only when asked for by name (``-m live``), never by a plain run."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave live tests out unless the marker expression names them."""
    if "live" in str(config.option.markexpr).replace("not live", ""):
        return
    live = [item for item in items if item.get_closest_marker("live")]
    config.hook.pytest_deselected(items=live)
    items[:] = [item for item in items if item not in live]
