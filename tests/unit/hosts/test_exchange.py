"""The exchange folder with real files: nothing half-written is read, nothing overwritten, nothing dealt with twice."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from takebridge.cut.model import Clip, Cut, Media, Span, Track, tile
from takebridge.errors import DiskFullError, InterchangeError, NotFoundError
from takebridge.hosts import exchange as exchange_module
from takebridge.hosts.exchange import ExchangeFolder, Export, Seen
from takebridge.hosts.folder_scan import LOOKS
from takebridge.interchange.documents import write_cut
from takebridge.timebase import FrameRate


def cut(name: str = "Film", clips: int = 3) -> Cut:
    media = Media("a.mov", "/media/a.mov", FrameRate(25), 500, 0)
    items = [Clip(f"clip {n}", Span.of(n * 50, 50), media, Span.of(n * 60, 50)) for n in range(clips)]
    return Cut(name, FrameRate(25), (Track("video", tile(items)),))


def export(folder: Path, name: str = "Film v01.otio", what: Cut | None = None) -> Path:
    path = folder / name
    write_cut(what or cut(), path)
    return path


def settle(exchange: ExchangeFolder, looks: int = max(LOOKS.values())) -> Seen:
    """Look as often as the slowest format needs; return everything seen."""
    seen = [exchange.look() for _ in range(looks)]
    return Seen(tuple(e for one in seen for e in one.exports), tuple(u for one in seen for u in one.unreadable))


def only(seen: Seen) -> Export:
    assert not seen.unreadable
    (found,) = seen.exports
    return found


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[ExchangeFolder]:
    yield ExchangeFolder(tmp_path, rate=FrameRate(25))


@pytest.mark.parametrize("suffix", [".otio", ".fcpxml", ".xml", ".edl"])
def test_an_export_of_each_format_is_read_once(exchange: ExchangeFolder, suffix: str) -> None:
    export(exchange.folder, f"Film v03{suffix}")
    found = only(settle(exchange))
    assert (found.title, found.version, found.handled) == ("Film", 3, False)
    assert [clip.record for clip in found.cut.tracks[0].clips] == [Span(0, 50), Span(50, 100), Span(100, 150)]
    assert settle(exchange) == Seen()


def test_a_half_written_file_is_not_an_export_until_it_is_whole(exchange: ExchangeFolder) -> None:
    path = export(exchange.folder)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    stalled = settle(exchange)
    assert [item.name for item in stalled.unreadable] == [path.name]
    assert not stalled.exports
    assert settle(exchange) == Seen()  # told once, not at each look
    path.write_bytes(whole)
    assert only(settle(exchange)).path == path


def test_a_file_that_changes_while_it_is_read_is_read_again(
    exchange: ExchangeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = export(exchange.folder)
    real = exchange_module.read_cut
    newer = cut("Film", clips=5)

    def meanwhile(given: Path, **options: object) -> object:
        read = real(given, **options)  # type: ignore[arg-type]
        monkeypatch.setattr(exchange_module, "read_cut", real)
        write_cut(newer, path)
        return read

    monkeypatch.setattr(exchange_module, "read_cut", meanwhile)
    assert len(only(settle(exchange, 9)).cut.tracks[0].clips) == 5


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_locked_file_is_tried_again(exchange: ExchangeFolder) -> None:
    path = export(exchange.folder)
    path.chmod(0)
    assert settle(exchange) == Seen()
    path.chmod(0o600)
    assert only(settle(exchange)).path == path


def test_a_locked_file_is_tried_again_whoever_we_are(exchange: ExchangeFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    path = export(exchange.folder)
    real = exchange_module._digest

    def locked(_path: Path) -> str:
        raise PermissionError(13, "locked")

    monkeypatch.setattr(exchange_module, "_digest", locked)
    assert settle(exchange) == Seen()
    monkeypatch.setattr(exchange_module, "_digest", real)
    assert only(settle(exchange)).path == path


def test_versions_of_one_timeline_are_one_timeline_and_the_newest_counts(exchange: ExchangeFolder) -> None:
    export(exchange.folder, "Film v01.otio")
    first = only(settle(exchange))
    export(exchange.folder, "Film v02.otio", replace(cut(clips=4), name="Film v02"))
    second = only(settle(exchange))
    assert first.timeline == second.timeline
    assert exchange.latest(first.timeline).version == 2
    assert [one.path.name for one in exchange.timelines()] == ["Film v02.otio"]


def test_an_answer_stands_beside_the_export_and_is_not_an_export(exchange: ExchangeFolder) -> None:
    path = export(exchange.folder, "Film v01.otio")
    before = path.read_bytes()
    found = only(settle(exchange))
    answer = exchange.publish(found, replace(found.cut, tracks=cut(clips=2).tracks))
    assert answer.path == exchange.folder / "Film v01 TakeBridge 1.otio"
    assert path.read_bytes() == before
    assert settle(exchange) == Seen()
    assert json.loads(answer.path.read_text())["name"] == answer.name == "Film v01 TakeBridge 1"


def test_answers_never_overwrite(exchange: ExchangeFolder) -> None:
    found = only(settle(exchange)) if export(exchange.folder) else pytest.fail()
    names = [exchange.publish(found, found.cut).path.name for _ in range(3)]
    assert names == [f"Film v01 TakeBridge {n}.otio" for n in (1, 2, 3)]


def test_an_export_over_an_answer_s_name_is_an_export(exchange: ExchangeFolder) -> None:
    export(exchange.folder)
    found = only(settle(exchange))
    answer = exchange.publish(found, found.cut)
    export(exchange.folder, answer.path.name, replace(cut(clips=7), name=answer.name))
    again = only(settle(exchange))
    assert (again.timeline, again.answer_to, len(again.cut.tracks[0].clips)) == (found.timeline, 1, 7)


def test_what_was_dealt_with_is_known_after_a_restart(exchange: ExchangeFolder) -> None:
    export(exchange.folder)
    found = only(settle(exchange))
    exchange.mark_handled(found)
    assert only(settle(ExchangeFolder(exchange.folder))).handled


def test_an_unchanged_file_saved_again_is_not_dealt_with_twice(exchange: ExchangeFolder) -> None:
    path = export(exchange.folder)
    exchange.mark_handled(only(settle(exchange)))
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data)
    os.utime(path, ns=(5, path.stat().st_mtime_ns + 5))
    assert only(settle(exchange)).handled


def test_a_full_disk_leaves_nothing(exchange: ExchangeFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    export(exchange.folder)
    found = only(settle(exchange))

    def full(*_args: object, **_options: object) -> tuple[str, ...]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exchange_module, "write_cut", full)
    with pytest.raises(DiskFullError):
        exchange.publish(found, found.cut)
    assert [path.name for path in exchange.folder.iterdir() if not path.name.startswith(".")] == ["Film v01.otio"]


def test_a_crash_between_writing_and_naming_leaves_no_answer(
    exchange: ExchangeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(exchange.folder)
    found = only(settle(exchange))

    def crash(*_args: object) -> None:
        raise InterchangeError("the power went")

    monkeypatch.setattr(exchange_module, "_place", crash)
    with pytest.raises(InterchangeError):
        exchange.publish(found, found.cut)
    assert settle(ExchangeFolder(exchange.folder)).exports[0].path.name == "Film v01.otio"
    assert not list(exchange.folder.glob("*TakeBridge*"))


def test_a_broken_memory_counts_as_empty(exchange: ExchangeFolder) -> None:
    export(exchange.folder)
    (exchange.folder / ".takebridge").mkdir()
    (exchange.folder / ".takebridge" / "known.json").write_text("[1, {")
    assert not only(settle(exchange)).handled


def test_a_folder_that_went_away_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="exchange folder"):
        ExchangeFolder(tmp_path / "gone").look()


def test_a_folder_without_hard_links_gets_its_answer_too(
    exchange: ExchangeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(exchange.folder)
    found = only(settle(exchange))

    def unsupported(*_args: object, **_options: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", unsupported)
    assert exchange.publish(found, found.cut).path.stat().st_size > 100


def test_an_edl_of_several_tracks_is_answered_with_a_file_a_track(exchange: ExchangeFolder) -> None:
    export(exchange.folder, "Film v01.edl")
    found = only(settle(exchange))
    picture = found.cut.tracks[0]
    answer = exchange.publish(found, replace(found.cut, tracks=(picture, picture)))
    names = sorted(path.name for path in exchange.folder.glob("*TakeBridge*"))
    assert answer.path.name in names and len(names) == 2
    assert all(name.startswith("Film v01 TakeBridge 1") for name in names)
    assert settle(exchange) == Seen()
