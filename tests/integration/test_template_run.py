"""From a template to a film, as a person runs it: a process of its own in an empty folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import opentimelineio as otio
import pytest
from tests.support.trip import card

from takebridge.media.probe import probe


def run(folder: Path, *words: str) -> tuple[int, dict[str, Any], str]:
    """Run a command with ``--json`` in ``folder``; return exit code, document and what else was said."""
    done = subprocess.run(
        [sys.executable, "-m", "takebridge_server", *words, "--json"],
        env={**os.environ, "TAKEBRIDGE_HOME": str(folder / "nobody's")},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout), done.stderr


def check_film(film: dict[str, Any]) -> Any:
    """Film and cut are equally long, to the frame, and every file the cut names is there. Returns the timeline."""
    info = probe(Path(film["video"]))
    timeline = otio.adapters.read_from_file(film["otio"], adapter_name="otio_json")
    assert info.rate is not None and not info.is_vfr
    rate = float(info.rate.fraction)
    assert timeline.duration().rescaled_to(rate) == otio.opentime.RationalTime(info.frame_count, rate)
    assert info.frame_count == film["frame_count"] > 0
    for clip in timeline.find_clips():
        for reference in clip.media_references().values():
            assert Path(unquote(urlparse(reference.target_url).path)).is_file()
    return timeline


@pytest.mark.timeout(300)
def test_a_template_becomes_a_film_with_its_cut(tmp_path: Path) -> None:
    clip = card(tmp_path / "mine.mp4", frames=50)
    out = tmp_path / "film"
    slots = ("--slot", f"clip={clip}", "--slot", "direction=A harbour at dawn")
    code, found, said = run(tmp_path, "template", "run", "replace-this-clip", "--out", str(out), *slots)
    assert code == 0, said or found
    timeline = check_film(found["film"])
    # One clip, the replacement; the take that was pinned first is an alternative of it.
    (shown,) = timeline.tracks[0].find_clips()
    assert shown.metadata["takebridge"]["node"] == found["nodes"]["replacement"]
    assert shown.active_media_reference_key == "take 2" and sorted(shown.media_references()) == ["take 1", "take 2"]
    assert found["repin"]["one_ring"] and found["repin"]["stale"] == [found["nodes"]["export"]]
    assert [len(group) for group in found["second_plan"]["groups"]] == [1]
    assert found["run"]["state"] == found["second_run"]["state"] == "done"
    assert sum(line["settled_micros"] for line in found["spend"]) == 0 and found["spend"]
    story = (out / "transcript.txt").read_text("utf-8")
    for words in (
        "A bridge of its own",
        "The plan",
        "STALE",
        "one ring",
        "previz",
        "has ended",
        found["film"]["timecode"],
    ):
        assert words in story, words
    assert not (out / "home" / "bridge.json").exists()


def test_what_cannot_be_made_is_refused_before_anything_starts(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "Replace-this-clip.mp4").write_text("holiday")
    for words, named in (
        (("no-such-template", "--out", "out"), "replace-this-clip"),
        (("replace-this-clip", "--out", str(taken)), "--out"),
        (("replace-this-clip", "--out", "out", "--slot", "villain=x"), "direction"),
        (("replace-this-clip", "--out", "out", "--max-cost", "much"), "0.25"),
    ):
        code, found, _ = run(tmp_path, "template", "run", *words)
        assert code == 1 and named in found["error"]["hint"], found
    assert not (tmp_path / "out").exists()
    assert (taken / "Replace-this-clip.mp4").read_text() == "holiday"


def test_templates_are_listed_without_a_bridge(tmp_path: Path) -> None:
    code, found, _ = run(tmp_path, "template", "list")
    assert code == 0
    slots = {info["name"]: [slot["name"] for slot in info["slots"]] for info in found}
    assert slots["replace-this-clip"] == ["clip", "direction", "look"] and "brand-video" in slots
