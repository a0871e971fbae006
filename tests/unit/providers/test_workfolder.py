"""The work folder: there whole or not at all, readable after a crash, swept when nobody wants it any more."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from takebridge.errors import CapabilityError, NotFoundError, ProviderUnavailableError
from takebridge.providers.local.locks import is_held, locked, try_lock
from takebridge.providers.local.workfolder import (
    Attempt,
    Failure,
    OutputFile,
    Progress,
    Result,
    WorkFolder,
    create,
    folder_of,
    frame_file,
    sweep,
)
from takebridge.providers.protocol import GenerationRequest

REQUEST = GenerationRequest(token="token-0001", model="local/previz-1", kind="previz", prompt="Ünïcode – “quoted”")
CLIP = OutputFile(port="video", media_type="video/mp4", file="clip-2.mp4", size=3)
RESULT = Result(outputs=(CLIP,), done=1, model="m", facts={"previz": True})


@pytest.fixture
def folder(tmp_path: Path) -> WorkFolder:
    return create(tmp_path / "work", REQUEST)


def test_a_request_is_kept_and_found_again(folder: WorkFolder, tmp_path: Path) -> None:
    assert folder.request() == REQUEST
    assert create(tmp_path / "work", REQUEST).root == folder.root
    assert [path.name for path in (tmp_path / "work").iterdir()] == ["token-0001"]
    assert folder.home == tmp_path


def test_a_token_stands_for_one_request(folder: WorkFolder, tmp_path: Path) -> None:
    with pytest.raises(CapabilityError):
        create(tmp_path / "work", REQUEST.model_copy(update={"prompt": "another"}))
    assert folder.request() == REQUEST


@pytest.mark.parametrize("token", ["", "..", "../../../etc", "a/b/c/d/e", "short", "x" * 81, "dots.are.out"])
def test_what_is_no_token_is_no_folder(token: str, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        folder_of(tmp_path, token)


def test_half_written_files_count_as_absent(folder: WorkFolder) -> None:
    (folder.root / "result.json").write_text('{"file": "clip')
    (folder.root / "progress.json").write_text("")
    assert folder.result() is None
    assert folder.progress() is None
    assert not folder.is_settled


def test_frames_are_counted_up_to_the_first_gap(folder: WorkFolder) -> None:
    folder.frames.mkdir()
    for frame in (0, 1, 3):
        frame_file(folder.frames, frame).write_bytes(b"x")
    assert folder.finished_frames() == 2


def test_a_result_leaves_its_clip_alone(folder: WorkFolder) -> None:
    folder.frames.mkdir()
    for name in ("clip-1.part.mp4", "clip-1.mp4", "clip-2.mp4", "frames/000000.png"):
        (folder.root / name).write_bytes(b"123")
    folder.write_result(RESULT)
    assert folder.is_settled
    assert folder.result() == RESULT
    assert [path.name for path in folder.root.glob("clip-*")] == ["clip-2.mp4"]
    assert not folder.frames.exists()


def test_progress_and_attempts_are_read_back(folder: WorkFolder) -> None:
    folder.write_progress(Progress(done=3, total=9, eta_seconds=12))
    folder.add_attempt(Attempt(done=0))
    folder.add_attempt(Attempt(done=3))
    with (folder.root / "attempts.jsonl").open("a") as file:
        file.write('{"do')  # the power went
    assert folder.progress() == Progress(done=3, total=9, eta_seconds=12)
    assert [attempt.done for attempt in folder.attempts()] == [0, 3]


def test_the_last_words_are_short(folder: WorkFolder) -> None:
    assert folder.stderr_tail() == ""
    folder.stderr.write_text("".join(f"line {n}\n" for n in range(5000)))
    assert folder.stderr_tail(2) == "line 4998\nline 4999"


def test_sweeping_takes_only_what_is_over_and_old(tmp_path: Path) -> None:
    work = tmp_path / "work"
    names = ["collected", "cancelled", "failed", "finished", "running", "fresh"]
    folders = {name: create(work, REQUEST.model_copy(update={"token": f"token-{name}"})) for name in names}
    folders["collected"].mark_collected()
    folders["cancelled"].mark_cancelled()
    folders["failed"].write_failure(Failure(code="job_failed", message="m", hint="h"))
    folders["finished"].write_result(RESULT)
    long_ago = time.time() - 1000
    for folder in folders.values():
        for path in folder.root.iterdir():
            os.utime(path, (long_ago, long_ago))
    folders["fresh"].mark_cancelled()
    assert sweep(work, 900) == 3
    assert sorted(path.name for path in work.iterdir()) == ["token-finished", "token-fresh", "token-running"]
    assert sweep(tmp_path / "nowhere", 0) == 0


def test_a_lock_excludes_and_is_freed(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    first = try_lock(path)
    assert first is not None
    assert is_held(path)
    assert try_lock(path) is None
    with pytest.raises(ProviderUnavailableError), locked(path, seconds=0.05):
        pytest.fail("the lock was held")
    first.release()
    first.release()
    assert not is_held(path)
    with locked(path):
        assert is_held(path)
    assert not is_held(path)
