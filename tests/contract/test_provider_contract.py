"""What every provider must do, run over each of them: real files, real child processes, no network.

A provider joins by adding a `Case`. The last part holds what only a provider with workers on this machine can show.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
import pytest

from takebridge.errors import BridgeError, CapabilityError, NotFoundError
from takebridge.media.frames import read_frames, write_frames
from takebridge.media.probe import probe
from takebridge.media.testcard import frame_numbers, render_test_clip
from takebridge.providers.local.provider import LocalProvider, local_provider
from takebridge.providers.local.workfolder import WorkFolder, frame_file
from takebridge.providers.protocol import (
    Artifact,
    GenerationRequest,
    JobUpdate,
    MediaInput,
    Provider,
    RemoteJob,
)
from takebridge.timebase import FrameRate

RATE = FrameRate(24000, 1001)
PATIENCE = 90.0
PAUSE = 0.02  # between two polls


@dataclass(frozen=True)
class Media:
    """``short``: 8 frames of 64x36 with sound; ``long``: 40 frames of 160x90; ``picture``: a PNG."""

    short: Path
    long: Path
    picture: Path


@dataclass(frozen=True)
class Case:
    """One provider and model. ``quick``: done in a second or two; ``slow``: long enough to be interrupted."""

    name: str
    make: Callable[[Path], Provider]
    quick: Callable[[str, Media], GenerationRequest]
    slow: Callable[[str, Media], GenerationRequest]
    seed_used: int | None


def clip_input(path: Path, **changes: Any) -> MediaInput:
    info = probe(path)
    facts = {"width": info.width, "height": info.height, "frame_count": info.frame_count, "rate": str(info.rate)}
    return MediaInput(role="source_video", path=path, content="b3:0", **(facts | changes))


def upscale_of(token: str, path: Path) -> GenerationRequest:
    return GenerationRequest(token=token, model="local/span-x2", kind="upscale", inputs=(clip_input(path),))


def previz_of(token: str, frame_count: int, **changes: Any) -> GenerationRequest:
    facts: dict[str, Any] = {
        "model": "local/previz-1",
        "kind": "previz",
        "prompt": "A woman crosses the hills at dusk",
        "seed": 7,
        "width": 128,
        "height": 72,
        "frame_count": frame_count,
        "rate": str(RATE),
    }
    return GenerationRequest(token=token, **(facts | changes))


CASES = [
    Case(
        "local upscale",
        local_provider,
        lambda token, media: upscale_of(token, media.short),
        lambda token, media: upscale_of(token, media.long),
        None,
    ),
    Case(
        "local previz",
        local_provider,
        lambda token, media: previz_of(token, 8),
        lambda token, media: previz_of(token, 2000, width=320, height=180),
        7,
    ),
]


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    folder = tmp_path_factory.mktemp("media")
    short = render_test_clip(folder / "short.mp4", clip_id=3, frame_count=8, rate=RATE, width=64, height=36)
    long = render_test_clip(
        folder / "long.mp4", clip_id=5, frame_count=40, rate=RATE, width=160, height=90, audio=False
    )
    picture = folder / "picture.png"
    cv2.imwrite(str(picture), np.full((36, 64, 3), 90, np.uint8))
    return Media(short, long, picture)


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A data folder; whatever still works in it when the test is over is ended."""
    folder = tmp_path / "home"
    yield folder
    for process in workers_in(folder):
        process.kill()


@pytest.fixture
def provider(case: Case, home: Path) -> Iterator[Provider]:
    made = case.make(home)
    yield made
    close(made)


@pytest.fixture
def local(home: Path) -> Iterator[LocalProvider]:
    made = local_provider(home)
    yield made
    made.close()


def close(provider: Provider) -> None:
    if isinstance(provider, LocalProvider):
        provider.close()


def workers_in(folder: Path) -> list[psutil.Process]:
    """Every process, ffmpeg included, that names something in the folder on its command line."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and any(str(folder) in part for part in process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


async def until(
    provider: Provider, job: RemoteJob, wanted: Callable[[JobUpdate], bool], patience: float = PATIENCE
) -> JobUpdate:
    """Poll until the update is as wanted; fail on an end that is not."""
    deadline = time.monotonic() + patience
    while not wanted(update := await provider.poll(job)):
        assert update.state in ("queued", "running"), update
        assert time.monotonic() < deadline, update
        await asyncio.sleep(PAUSE)
    return update


def is_done(update: JobUpdate) -> bool:
    return update.state == "done"


async def finished(provider: Provider, request: GenerationRequest) -> tuple[RemoteJob, JobUpdate]:
    job = await provider.submit(request)
    return job, await until(provider, job, is_done)


# --- every provider ---------------------------------------------------------------------------------------


def test_profiles_belong_to_the_provider_and_check_answers(provider: Provider) -> None:
    assert provider.models()
    assert {model.provider for model in provider.models()} == {provider.name}
    status = asyncio.run(provider.check())
    assert status.message
    assert status.ready or status.hint


def test_submit_poll_download(case: Case, provider: Provider, media: Media, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []

    async def go() -> tuple[JobUpdate, Path]:
        _, update = await finished(provider, case.quick("token-0001", media))
        return update, await provider.download(update.artifacts[0], tmp_path / "into", lambda *at: seen.append(at))

    update, path = asyncio.run(go())
    assert (update.done, update.total) == (8, 8)
    assert update.seed_used == case.seed_used
    assert update.model_reported == case.quick("token-0001", media).model
    assert [artifact.media_type for artifact in update.artifacts] == ["video/mp4"]
    assert path.parent == tmp_path / "into"
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    info = probe(path)
    assert (info.frame_count, info.rate, info.width, info.height) == (8, RATE, 128, 72)
    assert seen[-1] == (path.stat().st_size, path.stat().st_size)


def test_download_again_gives_the_same_file(case: Case, provider: Provider, media: Media, tmp_path: Path) -> None:
    async def go() -> tuple[Path, Path, Path]:
        _, update = await finished(provider, case.quick("token-0001", media))
        first = await provider.download(update.artifacts[0], tmp_path / "a")
        again = await provider.download(update.artifacts[0], tmp_path / "a")
        return first, again, await provider.download(update.artifacts[0], tmp_path / "b")

    first, again, elsewhere = asyncio.run(go())
    assert first == again
    assert first.read_bytes() == elsewhere.read_bytes()


def test_the_same_token_is_the_same_job(case: Case, provider: Provider, media: Media) -> None:
    async def go() -> None:
        request = case.quick("token-0001", media)
        first, second = await asyncio.gather(provider.submit(request), provider.submit(request))
        assert first == second
        done = await until(provider, first, is_done)
        assert await provider.submit(request) == first
        assert await provider.poll(first) == done

    asyncio.run(go())


def test_a_token_of_another_request_is_refused(case: Case, provider: Provider, media: Media) -> None:
    async def go() -> None:
        job, update = await finished(provider, case.quick("token-0001", media))
        with pytest.raises(CapabilityError, match="another request") as caught:
            await provider.submit(case.slow("token-0001", media))
        assert caught.value.hint
        assert await provider.poll(job) == update

    asyncio.run(go())


def test_a_job_survives_being_written_down(case: Case, provider: Provider, media: Media, home: Path) -> None:
    async def go() -> None:
        job = await provider.submit(case.quick("token-0001", media))
        restored = RemoteJob.model_validate_json(job.model_dump_json())
        assert (await until(case.make(home), restored, is_done)).done == 8

    asyncio.run(go())


def test_cancel_leaves_nothing_running(case: Case, provider: Provider, media: Media, home: Path) -> None:
    async def go() -> None:
        request = case.slow("token-0001", media)
        job = await provider.submit(request)
        await until(provider, job, lambda update: update.done > 0)
        assert workers_in(home)
        await provider.cancel(job)
        assert workers_in(home) == []
        assert (await provider.poll(job)).state == "cancelled"
        await provider.cancel(job)
        assert await provider.submit(request) == job, "a replayed submit must not revive it"
        assert (await provider.poll(job)).state == "cancelled"
        assert workers_in(home) == []

    asyncio.run(go())


def test_cancel_of_a_finished_job_changes_nothing(case: Case, provider: Provider, media: Media) -> None:
    async def go() -> None:
        job, update = await finished(provider, case.quick("token-0001", media))
        await provider.cancel(job)
        assert await provider.poll(job) == update

    asyncio.run(go())


def test_unknown_jobs_are_lost_and_unknown_artifacts_refused(provider: Provider, tmp_path: Path) -> None:
    async def go() -> None:
        for name in ("token-never", "../../etc", ""):
            job = RemoteJob(provider=provider.name, id=name, model="local/span-x2")
            update = await provider.poll(job)
            assert update.state == "lost"
            assert update.error_message
        for location in ("/etc/passwd", str(tmp_path / "nothing.mp4")):
            with pytest.raises(NotFoundError):
                await provider.download(Artifact(port="video", media_type="video/mp4", location=location), tmp_path)

    asyncio.run(go())


def test_errors_name_a_next_step(case: Case, provider: Provider, media: Media, home: Path) -> None:
    request = case.quick("token-0001", media).model_copy(update={"params": {"sharpness": 3}})
    with pytest.raises(CapabilityError, match="sharpness") as caught:
        asyncio.run(provider.submit(request))
    assert caught.value.hint
    assert not (home / "work" / "token-0001").exists()


# --- inputs that cannot be used ---------------------------------------------------------------------------


def bad_inputs(folder: Path, media: Media) -> dict[str, tuple[MediaInput, str]]:
    empty, text, playlist = folder / "empty.mp4", folder / "text.mp4", folder / "list.mp4"
    empty.write_bytes(b"")
    text.write_text("not a clip")
    playlist.write_text("#EXTM3U\nfile:///etc/passwd\n")
    cut = folder / "cut.mp4"
    cut.write_bytes(media.short.read_bytes()[:600])
    wide = folder / "wide.mp4"
    write_frames(wide, [np.zeros((1082, 2048, 3), np.uint8)], RATE)
    facts = {"width": 64, "height": 36, "frame_count": 8, "rate": str(RATE)}

    def at(path: Path, **changes: Any) -> MediaInput:
        return MediaInput(role="source_video", path=path, content="b3:0", **(facts | changes))

    return {
        "offline": (at(folder / "gone.mp4"), "not found"),
        "folder": (at(folder), "folder"),
        "empty": (at(empty), "0 bytes"),
        "text": (at(text), "text file"),
        "playlist": (at(playlist), "playlist"),
        "truncated": (at(cut), "cut.mp4"),
        "a still": (at(media.picture), "no moving picture"),
        "larger than it says": (at(wide), "2,215,936 pixels.*2,211,840"),
        "too many pixels": (at(media.short, width=4000, height=3000), "12,000,000 pixels"),
        "too many frames": (at(media.short, frame_count=1501), "1,501 frames.*1,500"),
    }


@pytest.mark.parametrize(
    "kind",
    ["offline", "folder", "empty", "text", "playlist", "truncated", "a still", "larger than it says",
     "too many pixels", "too many frames"],
)  # fmt: skip
def test_unusable_sources_start_nothing(
    kind: str, local: LocalProvider, media: Media, tmp_path: Path, home: Path
) -> None:
    source, told = bad_inputs(tmp_path, media)[kind]
    request = GenerationRequest(token="token-0001", model="local/span-x2", kind="upscale", inputs=(source,))
    with pytest.raises(CapabilityError, match=told) as caught:
        asyncio.run(local.submit(request))
    assert caught.value.hint
    assert list((home / "work").glob("*")) == []
    assert workers_in(home) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"params": {"scale": 4}}, "cannot do scale 4"),
        ({"params": {"scale": True}}, "whole number"),
        ({"params": {"skale": 2}}, "no parameter"),
        ({"prompt": "sharper please"}, "no prompt"),
        ({"seed": 1}, "no seed"),
        ({"kind": "previz"}, "does upscale"),
        ({"model": "local/none"}, "no model"),
        ({"inputs": ()}, "0 were given"),
        ({"frame_count": 9}, "gives frame count 8; 9 was asked"),
        ({"rate": "25"}, "gives rate 24000/1001"),
    ],
)
def test_requests_the_model_cannot_express_start_nothing(
    changes: dict[str, Any], told: str, local: LocalProvider, media: Media, home: Path
) -> None:
    request = upscale_of("token-0001", media.short).model_copy(update=changes)
    with pytest.raises(CapabilityError, match=told) as caught:
        asyncio.run(local.submit(request))
    assert caught.value.hint
    assert list((home / "work").glob("*")) == []


def test_two_sources_are_one_too_many(local: LocalProvider, media: Media) -> None:
    request = upscale_of("token-0001", media.short)
    with pytest.raises(CapabilityError, match="2 were given"):
        asyncio.run(local.submit(request.model_copy(update={"inputs": request.inputs * 2})))


# --- the local provider's workers -------------------------------------------------------------------------


def kill_worker(folder: WorkFolder) -> None:
    """KILL the worker as the system would under memory pressure, and wait until it is gone."""
    pid = folder.pid()
    assert pid is not None
    worker = psutil.Process(pid)
    worker.kill()
    psutil.wait_procs([worker], timeout=PATIENCE)


def test_upscale_keeps_frames_rate_and_sound(local: LocalProvider, media: Media, tmp_path: Path) -> None:
    async def go() -> Path:
        _, update = await finished(local, upscale_of("token-0001", media.short))
        return await local.download(update.artifacts[0], tmp_path)

    path = asyncio.run(go())
    before, after = probe(media.short), probe(path)
    assert (after.width, after.height) == (2 * before.width, 2 * before.height)
    assert frame_numbers(read_frames(path)) == list(range(8))
    assert after.has_audio
    assert abs(after.audio_samples - before.audio_samples) <= 48  # 1 ms: AAC stores whole blocks and trims


def test_a_killed_worker_goes_on_where_it_was(local: LocalProvider, media: Media, home: Path, tmp_path: Path) -> None:
    folder = WorkFolder(home / "work" / "token-0001")

    async def go() -> Path:
        job = await local.submit(upscale_of("token-0001", media.long))
        await until(local, job, lambda update: update.done >= 3)
        kill_worker(folder)
        kept = folder.finished_frames()
        assert 3 <= kept < 40
        # A frame that no network would make: seen in the clip, it proves the kept frame was not made again.
        cv2.imwrite(str(frame_file(folder.frames, 1)), np.full((180, 320, 3), (255, 0, 255), np.uint8))
        update = await until(local, job, is_done)
        assert [attempt.done for attempt in folder.attempts()] == [0, kept]
        return await local.download(update.artifacts[0], tmp_path)

    frames = list(read_frames(asyncio.run(go())))
    assert len(frames) == 40
    assert np.abs(frames[1].reshape(-1, 3).mean(0) - (255, 0, 255)).max() < 12
    assert frame_numbers(iter(frames[:1] + frames[2:])) == [0, *range(2, 40)]
    assert len(list(folder.root.glob("clip-*"))) == 1
    assert not folder.frames.exists()


def test_three_deaths_without_progress_are_enough(local: LocalProvider, home: Path) -> None:
    folder = WorkFolder(home / "work" / "token-0001")

    async def go() -> JobUpdate:
        job = await local.submit(previz_of("token-0001", 2000, width=640, height=360))
        folder.stderr.write_text("Traceback\nMemoryError: no room for a frame\n")
        for _ in range(3):
            assert (await local.poll(job)).state == "running"
            kill_worker(folder)
        return await local.poll(job)

    update = asyncio.run(go())
    assert update.state == "failed"
    assert update.error_code == "job_failed"
    assert "3 times" in update.error_message
    assert "no room for a frame" in update.error_message
    assert update.error_hint
    assert len(folder.attempts()) == 3
    assert workers_in(home) == []


def test_two_bridges_never_run_a_job_twice(media: Media, home: Path) -> None:
    folder = WorkFolder(home / "work" / "token-0001")
    bridges = [local_provider(home), local_provider(home)]

    async def go() -> None:
        request = upscale_of("token-0001", media.long)
        jobs = await asyncio.gather(*(bridge.submit(request) for bridge in bridges * 3))
        assert len({job.id for job in jobs}) == 1
        await asyncio.gather(*(bridge.poll(jobs[0]) for bridge in bridges * 5))
        running = [p for p in workers_in(home) if "takebridge.providers.local.worker" in p.cmdline()]
        assert len(running) == 1
        assert len(folder.attempts()) == 1
        await bridges[1].cancel(jobs[0])  # the other one's worker
        assert workers_in(home) == []

    try:
        asyncio.run(go())
    finally:
        for bridge in bridges:
            bridge.close()


def test_a_worker_outlives_the_thread_that_submitted_it(local: LocalProvider, media: Media, home: Path) -> None:
    jobs: list[RemoteJob] = []
    thread = threading.Thread(
        target=lambda: jobs.append(asyncio.run(local.submit(upscale_of("token-0001", media.short))))
    )
    thread.start()
    thread.join()
    asyncio.run(until(local, jobs[0], is_done))
    assert len(WorkFolder(home / "work" / "token-0001").attempts()) == 1


BRIDGE = """
import asyncio, sys
from pathlib import Path
from takebridge.providers.local.provider import local_provider
from takebridge.providers.protocol import GenerationRequest
provider = local_provider(Path(sys.argv[1]))
asyncio.run(provider.submit(GenerationRequest.model_validate_json(sys.argv[2])))
print("submitted", flush=True)
sys.stdin.read()
"""


def test_a_worker_dies_with_its_bridge_and_the_next_bridge_goes_on(
    local: LocalProvider, home: Path, media: Media
) -> None:
    folder = WorkFolder(home / "work" / "token-0001")
    request = upscale_of("token-0001", media.long)
    command = [sys.executable, "-c", BRIDGE, str(home), request.model_dump_json()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as bridge:
        assert bridge.stdout is not None
        assert bridge.stdout.readline() == b"submitted\n"
        pid = folder.pid()
        assert pid is not None
        worker = psutil.Process(pid)
        bridge.kill()
    _, alive = psutil.wait_procs([worker], timeout=PATIENCE)
    assert not alive

    async def go() -> None:
        job = await local.submit(request)
        await until(local, job, is_done)

    asyncio.run(go())
    assert len(folder.attempts()) == 2


def test_errors_of_the_worker_are_told_not_retried(
    local: LocalProvider, media: Media, home: Path, tmp_path: Path
) -> None:
    source = tmp_path / "leaves.mp4"
    source.write_bytes(media.long.read_bytes())

    async def go() -> JobUpdate:
        job = await local.submit(upscale_of("token-0001", source))
        await until(local, job, lambda update: update.done >= 1)
        source.unlink()
        kill_worker(WorkFolder(home / "work" / "token-0001"))
        deadline = time.monotonic() + PATIENCE
        while (update := await local.poll(job)).state != "failed":
            assert time.monotonic() < deadline, update
            await asyncio.sleep(PAUSE)
        return update

    update = asyncio.run(go())
    assert update.error_code == "probe"
    assert "leaves.mp4" in update.error_message
    assert update.error_hint
    assert len(WorkFolder(home / "work" / "token-0001").attempts()) == 2


def test_clean_up_forgets_a_job(local: LocalProvider, media: Media, home: Path) -> None:
    async def go() -> None:
        job = await local.submit(upscale_of("token-0001", media.long))
        await local.clean_up(job)
        assert workers_in(home) == []
        assert not (home / "work" / "token-0001").exists()
        assert (await local.poll(job)).state == "lost"
        await local.clean_up(job)

    asyncio.run(go())


def test_every_refusal_is_one_of_ours(local: LocalProvider, media: Media) -> None:
    with pytest.raises(BridgeError):
        asyncio.run(local.submit(previz_of("token-0001", 0)))
    with pytest.raises(BridgeError):
        asyncio.run(local.submit(previz_of("token-0001", 8, width=99)))
