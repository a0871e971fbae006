"""The JavaScript of the Premiere panel, tested by Node: one test here per file of premiere_panel/test."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.node_tests import PANEL_TESTS, run_node_tests

FILES = sorted(path for path in PANEL_TESTS.rglob("*.test.js") if path.parent.name != "browser")


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.name.removesuffix('.test.js')}")
def test_javascript(file: Path) -> None:
    run_node_tests([file])


def test_there_is_something_to_test() -> None:
    assert {file.parent.name for file in FILES} >= {"agent", "fake", "link", "lint"}
