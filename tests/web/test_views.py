"""Every view of the canvas page in Debian's Chromium, against the real bridge; one test a file of test/browser."""

from __future__ import annotations

import pytest
from tests.support.canvas_tests import BROWSER, in_the_browser

QUICK = (
    "board",
    "board_film",
    "board_uploads",
    "cut",
    "graph",
    "graph_media",
    "graph_more",
    "keys",
    "money",
    "people",
    "tray",
    "tray_marks",
)
LONG = ("axe", "cut_pictures", "cut_trips", "touch", "graph_large", "graph_team", "inspector", "tray_frames")
"""A minute and more each: ``make test-web`` runs them."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in LONG)])
def test_a_view(name: str) -> None:
    in_the_browser(name)


def test_every_file_is_run_by_somebody() -> None:
    from tests.web.test_stories import LONG as LONG_STORIES
    from tests.web.test_stories import STORIES

    found = {file.name.removesuffix(".test.ts") for file in BROWSER.glob("*.test.ts")}
    assert found == {*QUICK, *LONG, *STORIES, *LONG_STORIES}
