"""``takebridge demo roundtrip`` tells its story and verifies every claim of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from takebridge_server.demo import roundtrip_story


@pytest.mark.slow
def test_the_story_ends_as_it_should(tmp_path: Path) -> None:
    verdict = roundtrip_story.tell(tmp_path / "demo", "20.3", None)
    assert verdict.passed, [fact for fact in verdict.facts if not fact.ok]
    told = (tmp_path / "demo" / "transcript.txt").read_text("utf-8")
    assert "razors shot 7" in told and "Dry run: nothing was changed." in told and "equal to the merged cut" in told
    assert "13 frames longer than the one before" in told and "deleted_by_editor:V1.7=canvas" in told
    assert "a safety copy of the timeline" in told and "second piece" in told and "slipped by 6 frames" in told
    for name, clips in (("before", 9), ("after", 10)):
        track = json.loads((tmp_path / "demo" / f"{name}.otio").read_text("utf-8"))["tracks"]["children"][0]
        assert sum(item["OTIO_SCHEMA"].startswith("Clip") for item in track["children"]) == clips
