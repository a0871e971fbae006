"""The host contract in Premiere: every verb it offers, done, done twice, undone, and refused where the ground moved."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.contract.premiere_cases import CASES, Case, offered
from tests.support.premiere_rig import LONG_AGO, PROFILES, RATES, PremiereRig, Stages, changed

from takebridge.cut.model import Track
from takebridge.hosts.protocol import MUTATING, OpAnswer
from takebridge.interchange.documents import read_cut
from takebridge.timebase import FrameRate

NEWEST = PROFILES[-1]
PLAYS = [
    pytest.param(case, version, id=f"{case}-{version}")
    for case in CASES
    for version in PROFILES
    if offered(case, version)
]
EDITS = [case for case in CASES if case.verb in MUTATING]


@pytest.fixture(scope="module")
def stages() -> Iterator[Stages]:
    stages = Stages()
    yield stages
    stages.close()


def done(case: Case, answer: OpAnswer) -> dict[str, Any]:
    """The result of an op that was done; a file it names is on disk."""
    assert answer.error is None, answer
    assert answer.outcome == ("committed_unverified" if case.proof == "file" else "verified"), answer
    assert answer.result is not None
    if case.proof == "file":
        assert Path(answer.result["path"]).stat().st_size > 0
    return answer.result


@pytest.mark.parametrize(("case", "version"), PLAYS)
def test_done_and_nothing_else(case: Case, version: str, stages: Stages, tmp_path: Path) -> None:
    rig = stages.rig(version)
    args, expect = case.prepare(rig, tmp_path)
    before = rig.truth()
    result = done(case, rig.run(case.verb, args, expect))
    after = rig.truth()
    assert changed(before, after) == case.changes
    assert result.get("changed", True) is True
    labels = after["undo"][len(before["undo"]) :]
    assert all(label.startswith("TakeBridge: ") for label in labels)
    if case.steps is not None:
        assert len(labels) == case.steps, labels


@pytest.mark.parametrize("case", EDITS, ids=str)
def test_asked_twice_it_is_done_once(case: Case, stages: Stages, tmp_path: Path) -> None:
    """With another id, and the expectation of before: an answer may have been lost."""
    rig = stages.rig(NEWEST)
    args, expect = case.prepare(rig, tmp_path)
    done(case, rig.run(case.verb, args, expect))
    before = rig.truth()
    result = done(case, rig.run(case.verb, args, expect))
    assert result.get("changed", False) is False
    assert result.get("reused", True) is True
    assert changed(before, rig.truth()) == set()
    assert rig.truth()["undo"] == before["undo"]


@pytest.mark.parametrize("case", [case for case in EDITS if case.steps], ids=str)
@pytest.mark.parametrize("version", [PROFILES[0], NEWEST])
def test_undo_takes_it_back(case: Case, version: str, stages: Stages, tmp_path: Path) -> None:
    rig = stages.rig(version)
    args, expect = case.prepare(rig, tmp_path)
    before = rig.truth()
    done(case, rig.run(case.verb, args, expect))
    for _ in range(case.steps or 0):
        assert rig.person("undo").startswith("TakeBridge: ")
    assert changed(before, rig.truth()) == set()


@pytest.mark.parametrize("case", EDITS, ids=str)
def test_another_timeline_is_left_alone(case: Case, stages: Stages, tmp_path: Path) -> None:
    rig = stages.rig(NEWEST)
    args, _ = case.prepare(rig, tmp_path)
    rig.refused("timeline_switched", case.verb, args, LONG_AGO)


@pytest.mark.parametrize("case", EDITS, ids=str)
def test_after_a_persons_edit_nothing_is_done(case: Case, stages: Stages, tmp_path: Path) -> None:
    rig = stages.rig(NEWEST)
    args, expect = case.prepare(rig, tmp_path)
    rig.person("trim", "V1", 0, 0, 2)
    rig.person("trim", "V1", 1, 0, 2)
    rig.refused("timeline_changed", case.verb, args, expect)


@pytest.mark.parametrize("label", RATES)
@pytest.mark.parametrize(("form", "suffix"), [("otio", ".otio"), ("xmeml", ".xml")])
def test_documents_say_what_premiere_holds(form: str, suffix: str, label: str, stages: Stages, tmp_path: Path) -> None:
    rig = stages.rig(NEWEST, label)
    path = tmp_path / f"cut{suffix}"
    answer = rig.run("timeline.export", {"format": form, "path": str(path)}, None)
    assert answer.error is None, answer
    rate = FrameRate(*map(int, RATES[label].split("/")))
    cut = read_cut(path, rate=rate).cut
    assert (cut.rate, cut.start) == (rate, rig.start)
    seen = {kind: [lane(track) for track in cut.tracks if track.kind == kind] for kind in ("video", "audio")}
    assert [one for one in seen["video"] if one] == [[(0, 48, 24, "a"), (48, 40, 10, "b"), (100, 30, 5, "c")]]
    assert seen["audio"] == [[(0, 48, 24, "a"), (100, 30, 5, "c")], [(0, 130, 0, "music")]]


def lane(track: Track) -> list[tuple[int | Fraction, int | Fraction, int | Fraction, str]]:
    """(first frame, length, first source frame, file name) of each clip."""
    found = []
    for clip in track.clips:
        assert clip.media is not None and clip.source is not None
        name = Path(clip.media.location).stem
        found.append((clip.record.start, clip.record.duration, clip.source.start, name))
    return found


def test_every_verb_offered_has_a_case(stages: Stages) -> None:
    rig = stages.rig(NEWEST)
    verbs = {name.split(":")[0] for name in rig.host.capabilities}
    assert verbs == {case.verb for case in CASES}


def test_what_a_version_lacks_is_not_offered(stages: Stages) -> None:
    for version in PROFILES:
        assert ("timeline.export" in stages.rig(version).host.capabilities) is (version != "25.6.0")
    never = {
        "clip.add_take",
        "clip.pull",
        "track.add",
        "timeline.import",
        "render.cancel",
        "agent.reload",
        "host.probe",
    }
    assert not never & stages.rig(NEWEST).host.capabilities


def test_the_agent_touches_only_what_the_version_has(stages: Stages) -> None:
    """Any member beyond the version's typings, or any call it would not take, fails the op (`PremiereFault`)."""
    rig: PremiereRig = stages.rig("25.6.0")
    with pytest.raises(AssertionError, match="A person cannot"):
        rig.person("fly")
