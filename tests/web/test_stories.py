"""The canvas page as people use it over many views: a film by hand, a team, the keyboard alone, trouble."""

from __future__ import annotations

import pytest
from tests.support.canvas_tests import in_the_browser

STORIES = ("names", "story")
LONG = ("team", "trouble")
"""``make test-web`` runs them."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", [*STORIES, *(pytest.param(name, marks=pytest.mark.slow) for name in LONG)])
def test_a_story(name: str) -> None:
    in_the_browser(name)
