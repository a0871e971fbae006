"""Bins, import, properties, metadata and ReplaceClip (resolve.md §1.2, §1.3, §5.14, 5.17)."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.resolve_world import Desk, Footage, make_clip, offline


def names(folder: object) -> list[str]:
    return [clip.GetName() for clip in folder.GetClipList()]  # type: ignore[attr-defined]


def test_import_goes_to_the_current_bin_only(footage: Footage) -> None:
    desk = Desk.of()
    root = desk.pool.GetRootFolder()
    inner = desk.pool.AddSubFolder(root, "TakeBridge")
    assert desk.pool.GetCurrentFolder().GetUniqueId() == inner.GetUniqueId()
    desk.pool.ImportMedia([footage.a])
    desk.pool.SetCurrentFolder(root)
    desk.pool.ImportMedia([footage.b])
    assert (names(inner), names(root)) == (["a.mov"], ["Cut", "b.mov"])
    assert [folder.GetName() for folder in root.GetSubFolderList()] == ["TakeBridge"]


def test_missing_and_unreadable_files_are_skipped(footage: Footage) -> None:
    desk = Desk.of()
    assert desk.pool.ImportMedia([footage.missing, footage.broken]) == []
    found = desk.pool.ImportMedia([footage.missing, footage.a, footage.broken])
    assert [clip.GetName() for clip in found] == ["a.mov"]
    assert desk.pool.ImportMedia([str(Path(footage.a).parent)]) == []


def test_the_same_path_twice_makes_two_items(footage: Footage) -> None:
    desk = Desk.of()
    first, second = desk.pool.ImportMedia([footage.a]) + desk.pool.ImportMedia([footage.a])
    assert first.GetUniqueId() != second.GetUniqueId()


@pytest.mark.parametrize(("profile", "count"), [("20.3", 1), ("21.1 studio", 0)])
def test_the_dictionary_form_with_a_plain_file_imports_nothing_on_21_1(
    profile: str, count: int, footage: Footage
) -> None:
    desk = Desk.of(profile=profile)
    assert len(desk.pool.ImportMedia([{"FilePath": footage.a, "StartIndex": 0, "EndIndex": 10}])) == count


def test_a_bin_lists_timelines_among_its_clips() -> None:
    [entry] = Desk.of().pool.GetRootFolder().GetClipList()
    assert (entry.GetName(), entry.GetClipProperty("Type")) == ("Cut", "Timeline")


def test_properties_are_strings_except_the_rate(footage: Footage) -> None:
    desk = Desk.of({"path": footage.a, "timeline_start": 0, "duration": 24})
    properties = desk.item.GetMediaPoolItem().GetClipProperty()
    assert properties.pop("FPS") == 23.976
    assert all(isinstance(value, str) for value in properties.values())
    expected = {
        "File Path": footage.a,
        "File Name": "a.mov",
        "Type": "Video + Audio",
        "Frames": "60",
        "Start TC": "01:00:00:00",
        "End TC": "01:00:02:12",
        "Duration": "00:00:02:12",
        "Resolution": "64x36",
        "Audio Ch": "1",
        "Sample Rate": "48000",
        "Usage": "1",
        "Online Status": "Online",
    }
    assert {key: properties[key] for key in expected} == expected


def test_a_file_that_vanishes_goes_offline(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "gone.mov", frames=12, audio=False)
    media = Desk.of({"path": path, "timeline_start": 0, "duration": 12}).item.GetMediaPoolItem()
    assert media.GetClipProperty("Online Status") == "Online"
    Path(path).unlink()
    assert media.GetClipProperty("Online Status") == "Offline"
    assert media.GetClipProperty("Frames") == "12"


def test_metadata_has_fixed_fields_and_third_party_metadata_none() -> None:
    media = Desk.of(offline()).item.GetMediaPoolItem()
    assert media.SetMetadata("Scene", "3") is True
    assert media.SetMetadata({"Shot": "A", "takebridge": "x"}) is False
    assert (media.GetMetadata(), media.GetMetadata("Scene")) == ({"Scene": "3"}, "3")
    assert media.SetThirdPartyMetadata({"takebridge.take": "t1", "b": "2"}) is True
    assert media.GetThirdPartyMetadata("takebridge.take") == "t1"
    assert media.GetThirdPartyMetadata("unset") == ""


def test_reel_name_answers_true_and_drops_the_value() -> None:
    media = Desk.of(offline()).item.GetMediaPoolItem()
    assert media.SetClipProperty("Reel Name", "R1") is True
    assert media.GetClipProperty("Reel Name") == ""


def test_replace_clip_changes_every_use_and_resets_metadata(footage: Footage) -> None:
    clips = [{"path": footage.a, "timeline_start": at, "duration": 48} for at in (0, 48)]
    desk = Desk.of(*clips)
    media = desk.item.GetMediaPoolItem()
    media.SetMetadata("Scene", "3")
    assert media.ReplaceClip(footage.missing) is False
    assert media.GetName() == "a.mov"
    assert media.ReplaceClip(footage.short) is True
    assert [item.GetMediaPoolItem().GetName() for item in desk.items()] == ["short.mov"] * 2
    assert [item.GetDuration() for item in desk.items()] == [48, 48]
    assert (media.GetClipProperty("Frames"), media.GetMetadata()) == ("24", {})


def test_clips_in_use_are_not_deleted_and_deleted_handles_are_dead(footage: Footage) -> None:
    desk = Desk.of({"path": footage.a, "timeline_start": 0, "duration": 24})
    [free] = desk.pool.ImportMedia([footage.b])
    assert desk.pool.DeleteClips([free, desk.item.GetMediaPoolItem()]) is False
    assert free.GetName() == "b.mov"
    assert desk.pool.DeleteClips([free]) is True
    assert free.GetName() is None
    assert desk.item.AddTake(free, 0, 24) is False


def test_deleting_the_current_bin_goes_back_to_the_root(footage: Footage) -> None:
    desk = Desk.of()
    root = desk.pool.GetRootFolder()
    assert desk.pool.DeleteFolders([root]) is False
    inner = desk.pool.AddSubFolder(root, "Old")
    assert desk.pool.AddSubFolder(root, "Old") is None
    [media] = desk.pool.ImportMedia([footage.a])
    assert desk.pool.DeleteFolders([inner]) is True
    assert desk.pool.GetCurrentFolder().GetName() == "Master"
    assert (inner.GetName(), media.GetName()) == (None, None)


def test_moving_clips_changes_their_bin(footage: Footage) -> None:
    desk = Desk.of()
    root = desk.pool.GetRootFolder()
    [media] = desk.pool.ImportMedia([footage.a])
    inner = desk.pool.AddSubFolder(root, "In")
    assert desk.pool.MoveClips([media], inner) is True
    assert (names(root), names(inner)) == (["Cut"], ["a.mov"])
