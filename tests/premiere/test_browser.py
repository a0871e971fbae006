"""The panel's real page in headless Chromium against the real bridge: one test here per file."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.node_tests import PANEL_TESTS, require_chromium, run_node_tests

FILES = sorted((PANEL_TESTS / "browser").glob("*.test.js"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.removesuffix(".test.js"))
def test_page(file: Path) -> None:
    run_node_tests([file], TAKEBRIDGE_CHROMIUM=require_chromium())
