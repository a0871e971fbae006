"""The exchange folder end to end: an editor exports documents, the bridge answers with documents; real files only."""

from __future__ import annotations

import asyncio
import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.support.exchange_rig import ExchangeRig, gone, move, razor, recut, shifted, slip, source_start, trim
from tests.support.roundtrip_rig import CLIP_FRAMES, Crash

from takebridge.cut.model import Clip, Cut, Media, Span, Track, tile
from takebridge.errors import HostRejectedError
from takebridge.hosts import exchange as folder_module
from takebridge.services import exchange as service
from takebridge.services import roundtrip as trips
from takebridge.services.exchange import RETRY_LOOKS, Dealt

HANDLES = 12
FORMATS = [".fcpxml", ".otio", ".xml", ".edl", ".aaf"]


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_export_is_answered_in_the_editor_s_timing(tmp_path: Path, suffix: str) -> None:
    """The editor trims 1, razors 2, swaps 3 and 4, deletes 5, slips 6; the canvas has takes for 1, 2, 3 and 6."""
    rig = ExchangeRig(tmp_path, suffix, clips=6)
    first = rig.begin(marked=(1, 2, 3, 6))
    for shot, number in ((1, 2), (2, 3), (3, 4), (4, 5)):  # the fourth that was pushed is shot 6
        rig.take(shot, number=number)
    edits = {
        "shot 1": trim(3, 4),
        "shot 2": razor(10),
        "shot 3": move(CLIP_FRAMES),
        "shot 4": move(-CLIP_FRAMES),
        "shot 5": gone,
        "shot 6": slip(5),
    }
    path = rig.export(recut(first, "Film v02", edits))
    exported = path.read_bytes()
    ended = rig.only()
    assert (ended.ending, Path(ended.answer).name) == ("answered", f"Film v02 TakeBridge 1{suffix}")
    answer = rig.read(ended.answer)
    f = CLIP_FRAMES
    if suffix == ".edl":  # it has no gap before its first event: the cut begins there
        assert answer.start == 3
        answer = shifted(answer, 3)
    places = [(clip.record.start, clip.record.end) for clip in answer.tracks[0].clips]
    assert places == [(3, f - 4), (f, f + 10), (f + 10, 2 * f), (2 * f, 3 * f), (3 * f, 4 * f), (5 * f, 6 * f)]
    # A take begins 12 frames before its clip did.
    assert rig.picture_at(answer, 3) == [(2, HANDLES + 3 + n) for n in range(f - 7)]
    assert rig.picture_at(answer, f) == [(3, HANDLES + n) for n in range(10)]
    assert rig.picture_at(answer, f + 10) == [(3, HANDLES + 10 + n) for n in range(f - 10)]
    assert rig.picture_at(answer, 2 * f) == [(1, source_start(4) + n) for n in range(f)]  # shot 4 is as it was
    assert rig.picture_at(answer, 3 * f) == [(4, HANDLES + n) for n in range(f)]
    assert rig.picture_at(answer, 5 * f) == [(5, HANDLES + 5 + n) for n in range(f)]
    assert path.read_bytes() == exported
    assert rig.look() == [] and rig.answers() == [Path(ended.answer).name]


@pytest.fixture
def rig(tmp_path: Path) -> ExchangeRig:
    return ExchangeRig(tmp_path, ".otio", clips=2)


# --- what the editor does with the answer ---------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".fcpxml", ".otio", ".xml"])
def test_an_imported_answer_that_is_cut_on_and_exported_is_in_step(tmp_path: Path, suffix: str) -> None:
    rig = ExchangeRig(tmp_path, suffix, clips=2)
    answer = rig.read(rig.second(rig.begin(marked=(1,))).answer)
    cut_on = replace(answer, tracks=tuple(replace(t, items=t.items[:-1]) for t in answer.tracks))
    rig.export(cut_on)  # over our own file, as an editor does that exports under the timeline's name
    ended = rig.only()
    assert (ended.ending, ended.title, ended.version) == ("nothing", "Film", 2)
    assert len(rig.read(rig.drop_folder / f"{answer.name}{suffix}").tracks[0].clips) == 1
    rig.take(1, number=3)
    rig.export(replace(cut_on, name="Film v03"))
    newest = rig.read(rig.only().answer)
    assert rig.picture_at(newest, 3) == [(3, HANDLES + 3 + n) for n in range(CLIP_FRAMES - 7)]


def test_a_take_the_editor_put_aside_in_the_answer_stays_aside(tmp_path: Path) -> None:
    rig = ExchangeRig(tmp_path, ".otio", clips=2)
    answer = rig.read(rig.second(rig.begin(marked=(1,))).answer)
    first, *_ = answer.tracks[0].clips
    assert next(take.media.name for take in first.takes if take.media) == "camera.mp4"
    original = replace(first, active=0, media=first.takes[0].media, source=first.takes[0].source)
    items = tuple(original if item is first else item for item in answer.tracks[0].items)
    rig.export(replace(answer, name="Film v03", tracks=(replace(answer.tracks[0], items=items), *answer.tracks[1:])))
    assert rig.only().ending == "nothing"
    rig.export(replace(answer, name="Film v04", tracks=(replace(answer.tracks[0], items=items), *answer.tracks[1:])))
    assert rig.only().ending == "nothing"


def test_an_answer_nobody_imported_is_offered_again(rig: ExchangeRig) -> None:
    first = rig.begin(marked=(1,))
    rig.second(first)
    rig.export(recut(first, "Film v03", {"shot 1": trim(3, 4), "shot 2": trim(0, 6)}))
    ended = rig.only()
    assert (ended.ending, Path(ended.answer).name) == ("answered", "Film v03 TakeBridge 1.otio")
    answer = rig.read(ended.answer)
    assert [clip.record.duration for clip in answer.tracks[0].clips] == [CLIP_FRAMES - 7, CLIP_FRAMES - 6]
    assert rig.picture_at(answer, 3) == [(2, HANDLES + 3 + n) for n in range(CLIP_FRAMES - 7)]


def test_marks_that_came_back_with_their_take_do_not_hinder_new_ones(rig: ExchangeRig) -> None:
    answer = rig.read(rig.second(rig.begin(marked=(1,))).answer)
    marked = rig.film(marked=(2,)).tracks[0].clips[1]
    items = tuple(
        replace(i, markers=marked.markers) if i.record == marked.record else i for i in answer.tracks[0].items
    )
    rig.export(replace(answer, tracks=(replace(answer.tracks[0], items=items), *answer.tracks[1:])))
    assert rig.only().ending == "nothing"
    assert [clip.name for clip in rig.push_marked()] == ["shot 2"]


def test_an_export_without_a_mark_says_how_to_mark(rig: ExchangeRig) -> None:
    rig.export(rig.film())
    rig.look()
    with pytest.raises(HostRejectedError, match="No clip of “Film v01” is marked") as caught:
        rig.push_marked()
    assert "“takebridge”" in caught.value.hint


# --- what has to be decided -----------------------------------------------------------------------------


def test_a_deleted_clip_with_a_new_take_waits_for_a_choice(rig: ExchangeRig) -> None:
    first = rig.begin(marked=(1,))
    rig.take(1, number=2)
    rig.export(recut(first, "Film v02", {"shot 1": gone}))
    ended = rig.only()
    assert (ended.ending, ended.answer, rig.answers()) == ("undecided", "", [])
    assert "1 conflict" in ended.text and "--choose" in ended.hint
    found = rig.trip(dry_run=True)
    (conflict,) = found.conflicts
    assert (conflict.what, rig.answers()) == ("deleted_by_editor", [])
    done = rig.trip(choices={conflict.id: "canvas"})
    assert [Path(done.answer).name] == rig.answers() == ["Film v02 TakeBridge 1.otio"]
    answer = rig.read(done.answer)
    assert rig.picture_at(answer, 0) == [(2, HANDLES + n) for n in range(CLIP_FRAMES)]
    assert rig.look() == []


def test_left_to_the_editor_the_deletion_needs_no_answer(rig: ExchangeRig) -> None:
    first = rig.begin(marked=(1,))
    rig.take(1, number=2)
    rig.export(recut(first, "Film v02", {"shot 1": gone}))
    assert rig.only().ending == "undecided"
    assert (rig.trip(choices={"all": "editor"}).answer, rig.answers()) == ("", [])
    rig.export(recut(first, "Film v03", {"shot 1": gone, "shot 2": trim(0, 2)}))
    assert rig.only().ending == "nothing"


# --- several timelines and projects ---------------------------------------------------------------------


def test_two_timelines_and_two_projects_in_one_look(tmp_path: Path) -> None:
    rig = ExchangeRig(tmp_path, ".otio", clips=2)
    films = {name: rig.film(name, marked=(1,), project=project) for name, project in (("Film", "A"), ("Trailer", "A"))}
    other = rig.film("Film", project="B")
    for cut in films.values():
        rig.export(cut)
    rig.export(other, "Film of B")
    assert sorted(ended.ending for ended in rig.look()) == ["new"] * 3
    rig.export(replace(films["Film"], name="Film v02"))  # exported last: it is the one that is open
    assert rig.only().ending == "new"
    rig.push_marked()
    rig.take(1, number=2)
    edit = {"shot 2": trim(0, 5)}
    rig.export(recut(films["Trailer"], "Trailer v02", edit))
    rig.export(recut(films["Film"], "Film v03", edit))
    rig.export(recut(other, "Film v02", edit), "Film of B v2")
    ended = {one.name: one.ending for one in rig.look()}
    assert ended == {"Trailer v02.otio": "new", "Film v03.otio": "answered", "Film of B v2.otio": "new"}
    # The canvas's own timeline is meant, not the one exported last.
    rig.export(recut(films["Trailer"], "Trailer v03", {}))
    rig.look()
    assert rig.trip(dry_run=True).timeline == "Film v03"


def test_another_project_with_the_same_ids_is_refused_and_nothing_is_merged(rig: ExchangeRig) -> None:
    rig.begin(marked=(1, 2))
    rig.take(1, number=2)
    kept = rig.bridge.cuts.base(rig.link(1).project_id, rig.link(1).timeline_id)
    lengths, start = (31, 57, 12, 80, 45), 0
    clips = []
    for number, length in enumerate(lengths):
        media = Media(f"b{number}.mov", f"/b/b{number}.mov", rig.rate, 900, 0)
        clips.append(Clip(f"scene {number}", Span.of(start, length), media, Span.of(300 + 90 * number, length)))
        start += length
    rig.export(Cut("Film v02", rig.rate, (Track("video", tile(clips)),), width=160, height=90))
    ended = rig.only()
    assert (ended.ending, rig.answers()) == ("refused", [])
    assert "--new-base" in ended.hint
    assert rig.bridge.cuts.base(rig.link(1).project_id, rig.link(1).timeline_id) == kept


# --- versions -------------------------------------------------------------------------------------------


def test_what_was_exported_last_counts_whatever_its_number(rig: ExchangeRig) -> None:
    first = rig.begin(marked=(1,))
    rig.take(1, number=2)
    rig.export(recut(first, "Film v05", {"shot 2": trim(0, 4)}))
    assert rig.only().version == 5
    rig.export(recut(first, "Film v03", {"shot 2": trim(0, 8)}))
    ended = rig.only()
    assert (ended.ending, ended.version) == ("answered", 3)
    assert rig.read(ended.answer).tracks[0].clips[1].record.duration == CLIP_FRAMES - 8


def test_an_older_version_beside_a_newer_one_gets_no_answer(rig: ExchangeRig) -> None:
    first = rig.begin(marked=(1,))
    rig.take(1, number=2)
    for version in (2, 3):
        path = rig.export(recut(first, f"Film v0{version}", {"shot 2": trim(0, version)}))
        os.utime(path, ns=(0, path.stat().st_mtime_ns + version * 10**9))
    assert [(one.version, one.ending) for one in rig.look()] == [(2, "nothing"), (3, "answered")]
    assert rig.answers() == ["Film v03 TakeBridge 1.otio"]


def test_an_export_made_while_the_older_one_is_answered_is_the_one_that_is_answered(
    rig: ExchangeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = rig.begin(marked=(1,))
    rig.take(1, number=2)
    rig.export(recut(first, "Film v02", {"shot 1": trim(3, 4)}))
    started, may_go_on, real = threading.Event(), threading.Event(), trips.fill

    def slow(*given: Any) -> Any:
        started.set()
        assert may_go_on.wait(60)
        return real(*given)

    monkeypatch.setattr(trips, "fill", slow)

    async def meanwhile() -> tuple[Dealt, ...]:
        for _ in range(4):
            await rig.exchange.look()
        answering = asyncio.create_task(rig.exchange.deal())
        assert await asyncio.to_thread(started.wait, 60)  # the loop is free: making files blocks a thread alone
        rig.export(recut(first, "Film v03", {"shot 1": trim(3, 8)}))
        for _ in range(4):
            await rig.exchange.look()
        may_go_on.set()
        return await answering

    older, newer = asyncio.run(meanwhile())
    assert (older.version, older.ending) == (2, "nothing") and "exported again" in older.text
    assert (newer.version, newer.ending) == (3, "answered")
    assert rig.answers() == ["Film v03 TakeBridge 1.otio"]
    answer = rig.read(newer.answer)
    assert rig.picture_at(answer, 3) == [(2, HANDLES + 3 + n) for n in range(CLIP_FRAMES - 11)]


# --- what may lie in a folder ---------------------------------------------------------------------------


def test_bad_files_are_named_and_the_good_one_is_answered(rig: ExchangeRig, tmp_path: Path) -> None:
    first = rig.begin(marked=(1,))
    rig.take(1, number=2)
    folder = rig.drop_folder
    good = rig.export(recut(first, "Film v02", {"shot 1": trim(3, 4)}))
    whole = good.read_bytes()
    (folder / "Half v01.otio").write_bytes(whole[: len(whole) // 2])
    (folder / "Empty v01.fcpxml").touch()
    (folder / "Broken.fcpxml").write_text("<fcpxml version='1.10'><resources></fcpxml>", "utf-8")
    (folder / "Bomb.xml").write_text('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xmeml>&b;</xmeml>', "utf-8")
    (folder / "Deep.otio").write_text('{"a":' * 50_000 + "1" + "}" * 50_000, "utf-8")
    (folder / "Noise.aaf").write_bytes(bytes(range(256)) * 40)
    with (folder / "Huge.xml").open("wb") as huge:
        huge.truncate(300 * 1024 * 1024)
    secret = tmp_path / "elsewhere.otio"
    secret.write_bytes(whole)
    (folder / "Link v01.otio").symlink_to(secret)
    ended = rig.only()
    assert (ended.name, ended.ending) == ("Film v02.otio", "answered")
    facts = rig.exchange.facts()
    assert sorted(facts.unreadable) == [
        "Bomb.xml", "Broken.fcpxml", "Deep.otio", "Half v01.otio", "Huge.xml", "Noise.aaf"
    ]  # fmt: skip
    assert all(error.message and error.hint for error in facts.unreadable.values())
    assert "256 MB" in facts.unreadable["Huge.xml"].message
    for path in folder.glob("*"):
        if path.name in facts.unreadable:
            path.unlink()
    assert rig.look() == [] and not rig.exchange.facts().unreadable


def test_a_file_that_stays_locked_is_named(rig: ExchangeRig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.export(rig.film())
    real = folder_module._digest

    def locked(_path: Path) -> str:
        raise PermissionError(13, "locked")

    monkeypatch.setattr(folder_module, "_digest", locked)
    assert rig.look(25) == []
    (error,) = rig.exchange.facts().unreadable.values()
    assert "Film v01.otio is locked" in error.message
    monkeypatch.setattr(folder_module, "_digest", real)
    assert rig.only().ending == "new" and not rig.exchange.facts().unreadable


def test_a_document_that_breaks_a_reader_does_not_end_the_watch(
    rig: ExchangeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = folder_module.read_cut

    def read(path: Path, **options: Any) -> Any:
        if path.name.startswith("Evil"):
            raise ZeroDivisionError
        return real(path, **options)

    monkeypatch.setattr(folder_module, "read_cut", read)
    rig.export(rig.film("Evil"))
    rig.export(rig.film("Film v01"))
    assert [one.name for one in rig.look()] == ["Film v01.otio"]
    assert [*rig.exchange.facts().unreadable] == ["Evil.otio"]


def test_the_folder_goes_and_comes_back(rig: ExchangeRig, tmp_path: Path) -> None:
    first = rig.begin(marked=(1,))
    rig.second(first)
    away = tmp_path / "drive"
    rig.drop_folder.rename(away)
    assert rig.look() == []
    assert "cannot be read" in rig.exchange.facts().problem
    rig.drop_folder.mkdir()  # the empty place of a drive
    assert rig.look() == [] and rig.exchange.facts().problem == ""
    rig.drop_folder.rmdir()
    away.rename(rig.drop_folder)
    assert rig.look() == []
    assert rig.answers() == ["Film v02 TakeBridge 1.otio"]
    rig.export(recut(first, "Film v03", {"shot 1": trim(3, 4), "shot 2": trim(0, 6)}))
    assert rig.only().ending == "answered"


def test_a_thousand_old_exports_are_read_once(rig: ExchangeRig, monkeypatch: pytest.MonkeyPatch) -> None:
    data = rig.export(rig.film("Old"), "Old v1").read_bytes()
    for number in range(2, 1001):
        (rig.drop_folder / f"Old v{number}.otio").write_bytes(data + b" " * number)
    read: list[str] = []
    real = folder_module.read_cut

    def counted(path: Path, **options: Any) -> Any:
        read.append(path.name)
        return real(path, **options)

    monkeypatch.setattr(folder_module, "read_cut", counted)
    asyncio.run(_looks(rig, 2))
    assert 0 < len(read) <= 50  # one look reads a few, the newest first
    asyncio.run(_looks(rig, 30))
    assert len(read) == len(set(read)) == 1000
    opened: list[Path] = []
    monkeypatch.setattr(folder_module, "_digest", lambda path: opened.append(path) or "")
    asyncio.run(_looks(rig, 20))
    assert opened == []


async def _looks(rig: ExchangeRig, times: int) -> None:
    for _ in range(times):
        await rig.exchange.look()


# --- when something breaks ------------------------------------------------------------------------------


def test_a_full_disk_is_waited_for(rig: ExchangeRig, monkeypatch: pytest.MonkeyPatch) -> None:
    first = rig.begin(marked=(1,))
    rig.take(1, number=2)
    rig.export(recut(first, "Film v02", {"shot 1": trim(3, 4)}))
    real = folder_module.write_cut

    def full(*_args: Any, **_options: Any) -> tuple[str, ...]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder_module, "write_cut", full)
    ended = rig.only()
    assert (ended.ending, rig.answers()) == ("refused", [])
    assert "no space" in ended.text and "tried again" in ended.hint
    monkeypatch.setattr(folder_module, "write_cut", real)
    (again,) = rig.look(RETRY_LOOKS)
    assert again.ending == "answered"
    assert rig.answers() == ["Film v02 TakeBridge 1.otio"]
    assert rig.look(2 * RETRY_LOOKS) == []


def test_after_a_crash_before_the_answer_was_noted_there_is_one_answer(
    rig: ExchangeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = rig.begin(marked=(1,))
    rig.take(1, number=2)
    rig.export(recut(first, "Film v02", {"shot 1": trim(3, 4)}))

    def crash(*_args: Any) -> None:
        raise Crash

    with monkeypatch.context() as patch, pytest.raises(Crash):
        patch.setattr(service.Exchange, "_mark", crash)
        rig.look()
    assert rig.answers() == ["Film v02 TakeBridge 1.otio"]
    rig.restart()
    ended = rig.only()
    assert (ended.ending, Path(ended.answer).name) == ("answered", "Film v02 TakeBridge 1.otio")
    assert rig.answers() == ["Film v02 TakeBridge 1.otio"] and rig.look() == []
    rig.restart()
    assert rig.look() == []


def test_after_a_crash_before_the_answer_had_its_name_it_is_written(
    rig: ExchangeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = rig.begin(marked=(1,))
    rig.take(1, number=2)
    rig.export(recut(first, "Film v02", {"shot 1": trim(3, 4)}))

    def crash(*_args: Any) -> None:
        raise Crash

    with monkeypatch.context() as patch, pytest.raises(Crash):
        patch.setattr(folder_module, "_place", crash)
        rig.look()
    assert rig.answers() == []
    rig.restart()
    assert rig.only().ending == "answered"
    assert rig.answers() == ["Film v02 TakeBridge 1.otio"] and rig.look() == []


def test_one_export_that_breaks_the_merge_does_not_end_the_watch(
    rig: ExchangeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = rig.begin(marked=(1,))
    rig.take(1, number=2)

    def broken(*_args: Any) -> None:
        raise KeyError("x")

    with monkeypatch.context() as patch:
        patch.setattr(service, "roundtrip", broken)
        rig.export(recut(first, "Film v02", {"shot 1": trim(3, 4)}))
        ended = rig.only()
    assert ended.ending == "refused" and "log" in ended.hint
    rig.export(recut(first, "Film v03", {"shot 1": trim(3, 4)}))
    assert rig.only().ending == "answered"
