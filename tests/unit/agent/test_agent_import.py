"""Importing: once per bin, into nested bins, with tags, and the user's own bin stays open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.agent_rig import Rig

from takebridge_resolve import agent


def bins(rig: Rig) -> dict[str, list[str]]:
    """Every bin with the paths in it; timelines have none."""
    return {
        folder.name: [media.path for media in folder.media if media.path] for folder in rig.world.project.root.walk()
    }


def args(rig: Rig, *names: str, file: str = "take1", **more: Any) -> dict[str, Any]:
    return {"path": rig.files[file], "bin": list(names) or ["TakeBridge"], **more}


def test_a_file_goes_into_nested_bins_and_the_users_bin_stays_open(every: Rig) -> None:
    home = every.world.project.current_bin
    result = every.result("media.import", args(every, "TakeBridge", "Scene 1/2", "Shot: 3"))
    assert result["reused"] is False
    assert (result["media"]["path"], result["media"]["kind"]) == (every.files["take1"], "Video")
    assert bins(every)["Shot: 3"] == [every.files["take1"]]
    assert list(bins(every)) == ["Master", "TakeBridge", "Scene 1/2", "Shot: 3"]
    assert every.world.project.current_bin is home


def test_the_same_file_is_imported_once_per_bin(every: Rig) -> None:
    first = every.result("media.import", args(every))
    again = every.result("media.import", args(every))
    assert again == {**first, "reused": True}
    assert every.ui.call_counts()["ImportMedia"] == 1
    assert bins(every)["TakeBridge"] == [every.files["take1"]]
    elsewhere = every.result("media.import", args(every, "Other"))
    assert elsewhere["reused"] is False


def test_tags_are_kept_where_there_is_a_place_for_them(every: Rig) -> None:
    result = every.result("media.import", args(every, tags={"takebridge.take": "tk_1", "takebridge.node": "nd_1"}))
    media = next(m for m in every.world.project.all_media() if m.id == result["media"]["id"])
    kept = {"takebridge.take": "tk_1", "takebridge.node": "nd_1"}
    assert media.third_party == (kept if every.world.profile.version >= (19, 0, 2) else {})


def test_tags_that_do_not_stick_are_told(rig: Rig) -> None:
    rig.when("SetThirdPartyMetadata", rig.ui.modal)
    answer = rig.run("media.import", args(rig, tags={"takebridge.take": "tk_1"}))
    assert (answer.outcome, answer.error) == ("committed_unverified", None)
    assert answer.result["media"]["path"] == rig.files["take1"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"path": "/nowhere/at/all.mov"}, "not_found"),
        ({"path": "relative.mov"}, "invalid_param"),
        ({"path": 7}, "invalid_param"),
        ({"bin": []}, "invalid_param"),
        ({"bin": ["A", " "]}, "invalid_param"),
        ({"bin": ["A\nB"]}, "invalid_param"),
    ],
)
def test_bad_requests_change_nothing(rig: Rig, change: dict[str, object], code: str) -> None:
    before = rig.whole_truth()
    answer = rig.run("media.import", {**args(rig), **change})
    assert (answer.outcome, answer.error.code) == ("not_applied", code)
    assert answer.error.hint or code == "invalid_param"
    assert rig.whole_truth() == before


def test_a_file_resolve_cannot_read_is_told_with_the_bins_left_behind(every: Rig, tmp_path: Path) -> None:
    path = tmp_path / "text.mov"
    path.write_text("not a film")
    home, before = every.world.project.current_bin, every.whole_truth()
    answer = every.run("media.import", {"path": str(path), "bin": ["TakeBridge", "Deep", "Deeper"]})
    assert answer.error.code == "host_rejected"
    assert (answer.outcome == "not_applied") == (every.whole_truth() == before)
    assert ("left behind" in answer.error.hint) == (answer.outcome != "not_applied")
    assert every.world.project.current_bin is home


@pytest.mark.parametrize("call", ["AddSubFolder", "ImportMedia"])
def test_a_busy_host_is_told_and_what_stays_too(every: Rig, call: str) -> None:
    before = every.whole_truth()
    every.when(call, every.ui.modal)
    answer = every.run("media.import", args(every))
    every.ui.dismiss_modal()
    assert answer.error.code == "host_busy"
    assert (answer.outcome == "not_applied") == (every.whole_truth() == before)
    assert sum(every.slept) <= 3.0


def test_an_import_may_name_the_timeline_it_expects(rig: Rig) -> None:
    other, expect = rig.second_timeline(), rig.expect()
    assert rig.run("media.import", args(rig), expect).outcome == "verified"
    rig.ui.switch_timeline(other)
    answer = rig.run("media.import", args(rig, file="take2"), expect)
    assert (answer.outcome, answer.error.code) == ("not_applied", "timeline_switched")


def test_the_project_is_closed_meanwhile(rig: Rig) -> None:
    manager = rig.resolve.GetProjectManager()
    rig.when("ImportMedia", lambda: manager.CreateProject("Other"))
    answer = rig.run("media.import", args(rig))
    assert answer.error.code == "timeline_switched"
    assert answer.outcome == "committed_unverified"
    assert bins(rig) == {"Master": []}


# --- a hand-made pool that reads no files and can delete bins --------------------------------------------


class FakeBin:
    def __init__(self, name: str) -> None:
        self.name = name
        self.bins: list[FakeBin] = []
        self.clips: list[object] = []

    def GetName(self) -> str:
        return self.name

    def GetUniqueId(self) -> str:
        return f"id of {self.name}"

    def GetSubFolderList(self) -> list[FakeBin]:
        return list(self.bins)

    def GetClipList(self) -> list[object]:
        return list(self.clips)


class FakePool:
    """Resolve, project manager, project and media pool in one; ``user`` acts when a file is to be imported."""

    def __init__(self, user: Callable[[FakePool], object] = lambda pool: None) -> None:
        self.root = self.current = FakeBin("Master")
        self.user = user

    def GetProjectManager(self) -> FakePool:
        return self

    GetCurrentProject = GetMediaPool = GetProjectManager

    def GetRootFolder(self) -> FakeBin:
        return self.root

    def GetCurrentFolder(self) -> FakeBin:
        return self.current

    def SetCurrentFolder(self, folder: FakeBin) -> bool:
        self.current = folder
        return True

    def AddSubFolder(self, parent: FakeBin, name: str) -> FakeBin:
        self.current = FakeBin(name)
        parent.bins.append(self.current)
        return self.current

    def ImportMedia(self, paths: list[str]) -> list[object]:
        self.user(self)
        return []

    def DeleteFolders(self, folders: list[FakeBin]) -> bool:
        """Delete bins, but not while the user stands in one of them."""
        if self.current is not self.root:
            return False
        self.root.bins = [folder for folder in self.root.bins if folder not in folders]
        return True


def import_nothing(pool: FakePool, path: str, *names: str) -> Any:
    op = {"id": "op-1", "verb": "media.import", "args": {"path": path, "bin": list(names)}}
    return agent.Desk(pool, delays=()).execute(op)


def test_new_bins_are_deleted_when_the_file_did_not_come(files: dict[str, str]) -> None:
    pool = FakePool()
    answer = import_nothing(pool, files["take1"], "TakeBridge", "Deep", "Deeper")
    assert (answer["outcome"], answer["error"]["code"]) == ("not_applied", "host_rejected")
    assert (pool.root.bins, pool.current) == ([], pool.root)


def test_bins_that_were_there_stay(files: dict[str, str]) -> None:
    pool = FakePool()
    pool.root.bins = [FakeBin("TakeBridge")]
    answer = import_nothing(pool, files["take1"], "TakeBridge")
    assert answer["outcome"] == "not_applied"
    assert [folder.name for folder in pool.root.bins] == ["TakeBridge"]


class FakeClip:
    def GetClipProperty(self, name: str = "") -> object:
        return "" if name else {}


@pytest.mark.parametrize("kind", ["clip", "bin"])
def test_a_new_bin_somebody_used_meanwhile_stays(files: dict[str, str], kind: str) -> None:
    def use(pool: FakePool) -> None:
        made = pool.root.bins[0]
        made.clips.append(FakeClip()) if kind == "clip" else made.bins.append(FakeBin("Mine"))

    pool = FakePool(use)
    answer = import_nothing(pool, files["take1"], "TakeBridge")
    assert answer["outcome"] == "committed_unverified"
    assert [folder.name for folder in pool.root.bins] == ["TakeBridge"]
