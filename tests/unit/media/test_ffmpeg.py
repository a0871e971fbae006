"""The ffmpeg child: found honestly, whitelisted, killable, and its failures in plain words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import psutil
import pytest
from tests.support.media import R24, R30, R59, card, ffmpeg, numbers

from takebridge.errors import CancelledError, DiskFullError, FFmpegError, FFmpegMissingError, UsageError
from takebridge.media import ffmpeg as media_ffmpeg
from takebridge.media import publish
from takebridge.media.codecs import codec_for
from takebridge.media.conform import Slot, conform
from takebridge.media.ffmpeg import Filter, command, failure, find_ffmpeg, link, pick, run, source, target
from takebridge.media.frames import FrameWriter
from takebridge.media.publish import publishing
from takebridge.media.testcard import paint_frame

BIG = Slot(R59, 140, 1920, 1080)
"""A few seconds of work: long enough to be met half-way by its own progress report."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return card(tmp_path_factory.mktemp("clip") / "clip.mov", R24, 60)


def children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children(recursive=True) if "ffmpeg" in child.name()]


# --- the binary -----------------------------------------------------------------------------------------


def program(folder: Path, text: str = "#!/bin/sh\necho ffmpeg version 99.1 Copyright\n") -> Path:
    path = folder / "ffmpeg"
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_the_wished_binary_comes_first_then_path_then_the_installed_one(tmp_path: Path) -> None:
    (tmp_path / "wished").mkdir()
    wished, on_path = program(tmp_path / "wished"), program(tmp_path)
    assert find_ffmpeg({"TAKEBRIDGE_FFMPEG": str(wished), "PATH": str(tmp_path)}) == wished
    assert find_ffmpeg({"PATH": str(tmp_path)}) == on_path
    assert "imageio_ffmpeg" in str(find_ffmpeg({"PATH": "/nowhere"}))


@pytest.mark.parametrize("wrong", ["/no/such/ffmpeg", "folder", "not_executable"])
def test_a_wrong_wish_is_an_error_and_not_replaced(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "not_executable").write_text("#!/bin/sh\n")
    program(tmp_path)
    with pytest.raises(FFmpegMissingError) as caught:
        find_ffmpeg({"TAKEBRIDGE_FFMPEG": str(tmp_path / wrong), "PATH": str(tmp_path)})
    assert "TAKEBRIDGE_FFMPEG" in caught.value.message
    assert caught.value.hint


def test_version_is_asked_of_the_binary_and_impostors_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAKEBRIDGE_FFMPEG", str(program(tmp_path)))
    assert media_ffmpeg.version() == "99.1"
    (tmp_path / "b").mkdir()
    monkeypatch.setenv("TAKEBRIDGE_FFMPEG", str(program(tmp_path / "b", "#!/bin/sh\necho hello\n")))
    with pytest.raises(FFmpegMissingError):
        media_ffmpeg.version()


# --- commands -------------------------------------------------------------------------------------------


def test_every_input_is_whitelisted_and_every_file_is_absolute(clip: Path, tmp_path: Path) -> None:
    stream = target([pick(source(clip, "mov", seek="1.5"), "v:0")], tmp_path / "-y.mov", {"c:v": "copy"})
    args = command(stream)
    before_input = args[: args.index("-i")]
    assert before_input[before_input.index("-protocol_whitelist") + 1] == "file"
    whitelist = before_input[before_input.index("-format_whitelist") + 1].split(",")
    assert "mov" in whitelist
    assert not {"hls", "concat", "dash", "image2", "lavfi", "sdp", "tee"} & set(whitelist)
    assert before_input[before_input.index("-f") + 1] == "mov"
    assert {"-nostdin", "-xerror", "-err_detect"} <= set(args)
    assert args[args.index("-i") + 1] == f"file:{clip}"
    assert f"file:{tmp_path}/-y.mov" in args


def test_a_hostile_container_is_stopped_by_the_whitelist_itself(tmp_path: Path) -> None:
    # Past the sniffer on purpose: the second wall must hold alone.
    secret = card(tmp_path / "secret.mp4", R24, 4)
    (tmp_path / "list.mov").write_text(f"ffconcat version 1.0\nfile '{secret.name}'\n")
    stream = target([pick(source(tmp_path / "list.mov", "concat"), "v:0")], tmp_path / "out.mov", {"c:v": "copy"})
    with pytest.raises(FFmpegError) as caught:
        run(stream)
    assert "whitelist" in str(caught.value.details["log"])


def test_a_filter_is_plain_data() -> None:
    assert link("scale", 320, 180, flags="bicubic") == Filter("scale", (320, 180), {"flags": "bicubic"})


# --- cancel and kill ------------------------------------------------------------------------------------


def test_cancel_half_way_leaves_no_file_and_no_process(clip: Path, tmp_path: Path) -> None:
    cancel, reported = threading.Event(), []

    def stop(done: int, total: int) -> None:
        reported.append((done, total, len(children())))
        cancel.set()

    with pytest.raises(CancelledError):
        conform(clip, tmp_path / "out.mov", BIG, codec="prores_aw", progress=stop, cancel=cancel)
    assert reported[0][0] < BIG.frame_count, "it was still at work"
    assert reported[0][2] == 1
    assert list(tmp_path.iterdir()) == []
    assert children() == []


def test_a_cancel_set_before_starts_nothing(clip: Path, tmp_path: Path) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(CancelledError):
        conform(clip, tmp_path / "out.mov", Slot(R24, 10, 320, 180), cancel=cancel)
    assert list(tmp_path.iterdir()) == []


def test_a_killed_ffmpeg_leaves_no_file_and_is_not_retried(clip: Path, tmp_path: Path) -> None:
    victims: list[int] = []

    def kill(done: int, total: int) -> None:
        for child in children():
            victims.append(child.pid)
            child.kill()

    with pytest.raises(FFmpegError) as caught:
        conform(clip, tmp_path / "out.mov", BIG, start=Fraction(1, 24), codec="prores_aw", progress=kill)
    assert "ended from outside" in caught.value.message
    assert len(set(victims)) == 1
    assert list(tmp_path.iterdir()) == []


def test_an_error_in_the_progress_callback_ends_the_child(clip: Path, tmp_path: Path) -> None:
    def fail(done: int, total: int) -> None:
        raise KeyError("the caller's own fault")

    with pytest.raises(KeyError):
        conform(clip, tmp_path / "out.mov", BIG, codec="prores_aw", progress=fail)
    assert (children(), list(tmp_path.iterdir())) == ([], [])


def test_killing_the_whole_bridge_leaves_no_final_file(clip: Path, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from takebridge.media.conform import Slot, conform\n"
        "from takebridge.timebase import FrameRate\n"
        "say = lambda done, total: print(done, total, flush=True)\n"
        "conform(Path(sys.argv[1]), Path(sys.argv[2]), Slot(FrameRate(60000, 1001), 140, 1920, 1080),\n"
        "        codec='prores_aw', progress=say)\n"
    )
    dst = tmp_path / "out.mov"
    args = [sys.executable, "-c", script, str(clip), str(dst)]
    with subprocess.Popen(args, stdout=subprocess.PIPE, text=True) as bridge:
        assert bridge.stdout
        assert int(bridge.stdout.readline().split()[0]) < 140
        orphans = psutil.Process(bridge.pid).children()
        bridge.kill()
    for orphan in orphans:
        orphan.kill()
    psutil.wait_procs(orphans, timeout=20)
    assert orphans, "ffmpeg was running"
    assert not dst.exists()
    again = conform(clip, dst, Slot(R24, 12, 320, 180))
    assert again.frame_count == len(numbers(dst)) == 12
    assert [path.name for path in tmp_path.iterdir()] == ["out.mov"], "the stale part was replaced and is gone"


def test_progress_counts_up_to_the_total(clip: Path, tmp_path: Path) -> None:
    reported: list[tuple[int, int]] = []
    conform(clip, tmp_path / "out.mov", Slot(R30, 70, 320, 180), progress=lambda *now: reported.append(now))
    assert reported[-1] == (70, 70)
    assert reported == sorted(reported)


# --- full drives ----------------------------------------------------------------------------------------


@pytest.fixture
def tiny_drive(tmp_path: Path) -> Iterator[Path]:
    drive = tmp_path / "tiny"
    drive.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(drive)]
    if sys.platform != "linux" or os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a full drive needs root on Linux to mount a 1 MB tmpfs; the size-limit test below still runs")
    yield drive
    subprocess.run(["umount", str(drive)], check=True)


def test_free_space_is_checked_before_the_encode(clip: Path, tiny_drive: Path) -> None:
    with pytest.raises(DiskFullError) as caught:
        conform(clip, tiny_drive / "out.mov", Slot(R24, 48, 640, 360))
    assert caught.value.details["needed"] > caught.value.details["free"]
    assert list(tiny_drive.iterdir()) == []


def test_a_drive_filling_up_midway_is_one_clear_error(
    clip: Path, tiny_drive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "require_space", lambda folder, estimate: None)
    with pytest.raises(DiskFullError):
        conform(clip, tiny_drive / "out.mov", Slot(R24, 48, 640, 360))
    with pytest.raises(DiskFullError), FrameWriter(tiny_drive / "w.mov", R24, codec="prores_aw") as writer:
        for number in range(60):
            writer.write(paint_frame(1, number, R24, 640, 360))
    assert list(tiny_drive.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits there")
def test_a_file_size_limit_counts_as_a_full_drive(clip: Path, tmp_path: Path) -> None:
    script = (
        "import json, resource, sys; from pathlib import Path\n"
        "from takebridge.errors import BridgeError\n"
        "from takebridge.media.conform import Slot, conform\n"
        "from takebridge.timebase import FrameRate\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\n"
        "try:\n    conform(Path(sys.argv[1]), Path(sys.argv[2]), Slot(FrameRate(24), 48, 640, 360))\n"
        "except BridgeError as error:\n    print(json.dumps(error.to_wire()))\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, str(clip), str(tmp_path / "out.mov")], capture_output=True, text=True, check=True
    )
    assert json.loads(told.stdout)["code"] == "disk_full"
    assert list(tmp_path.iterdir()) == []


# --- failures and publishing ----------------------------------------------------------------------------


def test_failures_in_the_users_words() -> None:
    assert isinstance(failure(1, ["av_interleaved_write_frame(): No space left on device"]), DiskFullError)
    assert isinstance(failure(-25, []), DiskFullError)
    assert "ended from outside" in failure(-9, []).message
    assert "moov atom not found" in failure(1, ["[mov] moov atom not found"]).message
    assert failure(0, ["concealing 40 DC errors"]).code == "ffmpeg", "rc 0 with an error line is a failure"


def test_publishing_is_all_or_nothing(tmp_path: Path) -> None:
    dst = tmp_path / "a.mov"
    dst.write_text("old")
    with pytest.raises(RuntimeError), publishing(dst) as part:
        assert part == tmp_path / "a.part.mov"
        part.write_text("half")
        raise RuntimeError
    assert (dst.read_text(), len(list(tmp_path.iterdir()))) == ("old", 1)
    with publishing(dst) as part:
        part.write_text("new")
    assert (dst.read_text(), len(list(tmp_path.iterdir()))) == ("new", 1)


def test_impossible_targets_are_refused_first(clip: Path, tmp_path: Path) -> None:
    slot = Slot(R24, 10, 320, 180)
    (tmp_path / "folder.mov").mkdir()
    for dst in (tmp_path / "none" / "a.mov", tmp_path / "folder.mov", tmp_path / "a.mp4", tmp_path / "a.exe"):
        with pytest.raises(UsageError) as caught:
            conform(clip, dst, slot)
        assert caught.value.hint
    with pytest.raises(UsageError):
        conform(clip, tmp_path / "a.mov", slot, codec="vp9")
    with pytest.raises(UsageError) as small:
        codec_for("dnxhr_lb", tmp_path / "a.mov", 128, 96)
    assert "256x120" in small.value.message


def test_damage_inside_the_source_is_an_error_not_a_concealed_block(clip: Path, tmp_path: Path) -> None:
    dense, bad = tmp_path / "dense.mp4", tmp_path / "bad.mp4"
    ffmpeg("-i", clip, "-vf", "noise=alls=40:allf=t", "-c:v", "libx264", "-crf", "10", "-an", dense)
    data = bytearray(dense.read_bytes())
    middle = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 2
    data[middle : middle + 40_000] = bytes((i * 131 + 7) % 251 for i in range(40_000))
    bad.write_bytes(data)
    with pytest.raises(FFmpegError):
        conform(bad, tmp_path / "out.mov", Slot(R24, 60, 320, 180))
    assert not (tmp_path / "out.mov").exists()
