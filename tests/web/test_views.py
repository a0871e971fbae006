"""Every view of the canvas page in Debian's Chromium, against the real bridge; one test a file of test/browser."""

from __future__ import annotations

import pytest
from tests.support.canvas_tests import BROWSER, in_the_browser

QUICK = ("board", "cut", "graph", "graph_more", "keys", "money", "people")
LONG = (
    "axe",
    "board_film",
    "board_uploads",
    "cut_pictures",
    "cut_trips",
    "graph_large",
    "graph_media",
    "graph_team",
    "inspector",
    "touch",
    "tray",
    "tray_frames",
    "tray_marks",
)
"""What takes longer, or looks closer: ``make test-web`` runs it."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in LONG)])
def test_a_view(name: str) -> None:
    in_the_browser(name)


def test_every_file_is_run_by_somebody() -> None:
    from tests.web.test_stories import LONG as LONG_STORIES
    from tests.web.test_stories import STORIES

    found = {file.name.removesuffix(".test.ts") for file in BROWSER.glob("*.test.ts")}
    assert found == {*QUICK, *LONG, *STORIES, *LONG_STORIES}
