"""Every kind of job of this machine: run for real, the ports of its profile filled, the same bytes each time."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.unit.providers.local.local_jobs import (
    KINDS,
    PAUSE,
    SPOKEN,
    Media,
    Ran,
    asked,
    ended,
    flat,
    given,
    requests,
    run,
)  # fmt: skip

from takebridge.errors import CapabilityError
from takebridge.providers.catalog import load_catalog
from takebridge.providers.local.makers import MAKERS
from takebridge.providers.local.provider import LocalProvider
from takebridge.providers.local.workfolder import WorkFolder
from takebridge.providers.protocol import GenerationRequest

PROFILES = {model.id: model for model in load_catalog("local")}
MIME = {".png": "image/png", ".mp4": "video/mp4", ".wav": "audio/wav", ".srt": "application/x-subrip",
        ".json": "application/json"}  # fmt: skip


def test_every_local_model_has_a_maker() -> None:
    assert {model.kind for model in PROFILES.values()} == set(MAKERS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_job_fills_the_ports_of_its_profile(kind: str, made: dict[str, Ran]) -> None:
    ran = made[kind]
    assert ran.update.state == "done", ran.update
    ports = [artifact.port.partition(".")[0] for artifact in ran.update.artifacts]
    assert tuple(dict.fromkeys(ports)) == PROFILES[ran.request.model].outputs
    for artifact in ran.update.artifacts:
        path = ran.files[artifact.port]
        assert artifact.media_type == MIME[path.suffix]
        assert path.name == f"{ran.request.token}.{artifact.port}{path.suffix}"
        assert path.read_bytes() == Path(artifact.location).read_bytes()
    assert ran.update.done == ran.update.total > 0
    assert ran.update.model_reported == ran.request.model


@pytest.mark.parametrize("kind", KINDS)
def test_equal_requests_give_equal_bytes(kind: str, twice: dict[str, tuple[Ran, Ran]]) -> None:
    first, again = twice[kind]
    assert first.request.token != again.request.token
    assert list(first.files) == list(again.files)
    for port in first.files:
        assert first[port].read_bytes() == again[port].read_bytes(), port


@pytest.mark.parametrize("kind", ["image", "video", "voice", "music", "sfx"])
def test_another_seed_gives_another_result(
    kind: str, made: dict[str, Ran], local: LocalProvider, tmp_path: Path
) -> None:
    first = made[kind]
    if kind == "video":  # a move over a flat picture cannot be seen
        bare = first.request.model_copy(update={"inputs": (), "token": "token-0000"})
        first = asyncio.run(run(local, bare, tmp_path))
    other = asyncio.run(run(local, first.request.model_copy(update={"seed": 77, "token": "token-0077"}), tmp_path))
    assert other.update.seed_used == 77
    assert all(other[port].read_bytes() != first[port].read_bytes() for port in first.files)


def test_a_folder_is_collected_with_its_last_output(local: LocalProvider, media: Media, tmp_path: Path) -> None:
    request = requests(media)["storyboard"]

    async def go() -> None:
        update = await ended(local, request)
        folder = WorkFolder(tmp_path / "home" / "work" / request.token)
        board, animatic = update.artifacts
        await local.download(board, tmp_path)
        assert folder.settled_at is None, "the animatic is still wanted"
        await local.download(board, tmp_path)
        assert folder.settled_at is None
        await local.download(animatic, tmp_path)
        assert folder.settled_at is not None
        assert await local.poll(await local.submit(request)) == update

    asyncio.run(go())


def test_a_result_with_a_missing_output_is_lost(local: LocalProvider, media: Media) -> None:
    async def go() -> str:
        update = await ended(local, requests(media)["storyboard"])
        os.remove(update.artifacts[1].location)
        return (await local.poll(await local.submit(requests(media)["storyboard"]))).state

    assert asyncio.run(go()) == "lost"


# --- cancel -----------------------------------------------------------------------------------------------


def long_jobs(media: Media) -> dict[str, GenerationRequest]:
    still = flat(media.folder / "large.png", (90, 120, 60), 1280, 720)
    tale = media.words("tale.txt", "The sea keeps what it takes and gives nothing back. " * 200)
    size = {"width": 1280, "height": 720}
    return {
        "image": asked("previz-image", "image", prompt="A city", params={"resolution": "2160p"}),
        "video": asked("previz-video", "video", prompt="A city", duration_ms=60_000, **size),
        "voice": asked("previz-voice", "voice", given("text", tale)),
        "music": asked("previz-music", "music", prompt="epic", duration_ms=600_000),
        "sfx": asked("previz-sfx", "sfx", prompt="crowd", duration_ms=60_000),
        "storyboard": asked("storyboard", "storyboard", *[given("source_image", still)] * 40),
        "assemble": asked("assemble", "assemble", given("clip", still), params={"edits": "all: still 9000"}),
        "lip_sync": asked("previz-lip-sync", "lip_sync", given("source_video", still), given("audio", media.tone),
                          frame_count=9000),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["image", "video", "voice", "music", "sfx", "storyboard", "assemble", "lip_sync"])
def test_a_cancelled_job_is_gone_soon(kind: str, local: LocalProvider, media: Media, tmp_path: Path) -> None:
    request = long_jobs(media)[kind]

    async def go() -> float:
        job = await local.submit(request)
        folder = WorkFolder(tmp_path / "home" / "work" / request.token)
        while folder.progress() is None:  # it has begun
            assert (await local.poll(job)).state == "running"
            await asyncio.sleep(PAUSE)
        worker = psutil.Process(folder.pid() or 0)
        began = time.monotonic()
        await local.cancel(job)
        took = time.monotonic() - began
        assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE
        assert (await local.poll(job)).state == "cancelled"
        assert list(folder.root.glob("clip-*")) == []
        return took

    assert asyncio.run(go()) < 6, "about a second on a free machine; KILL would come after eight"


# --- bad input --------------------------------------------------------------------------------------------


def bad(media: Media) -> dict[str, tuple[GenerationRequest, str]]:
    card, tone = given("source_video", media.card), given("audio", media.tone)
    empty, silent = given("text", media.words("empty.txt", " \n")), given("audio", media.broad)
    latin = media.folder / "latin.txt"
    latin.write_bytes("Grüße".encode("latin-1"))

    def edits(text: str, *inputs: Any) -> GenerationRequest:
        return asked("assemble", "assemble", *(inputs or [given("clip", media.card)]), params={"edits": text})

    return {
        "image: nothing to draw": (asked("previz-image", "image"), "nothing to draw"),
        "video: nothing to draw": (asked("previz-video", "video", empty), "nothing to draw"),
        "video: an odd size": (asked("previz-video", "video", prompt="x", width=99, height=50), "even"),
        "voice: no words": (asked("previz-voice", "voice", empty), "nothing to say"),
        "voice: only signs": (asked("previz-voice", "voice", prompt="… !?"), "nothing to say"),
        "voice: a day long": (asked("previz-voice", "voice", prompt="word " * 4000), "15 minutes"),
        "voice: not UTF-8": (asked("previz-voice", "voice", given("text", latin)), "UTF-8"),
        "voice: text is gone": (asked("previz-voice", "voice", given("text", media.folder / "gone.txt")), "gone.txt"),
        "music: a still": (asked("previz-music", "music", given("source_video", media.red)), "no moving picture"),
        "sfx: no words": (asked("previz-sfx", "sfx"), "No sound is described"),
        "lip sync: no sound in it": (asked("previz-lip-sync", "lip_sync", card, silent), "has no sound"),
        "lip sync: no picture": (
            asked("previz-lip-sync", "lip_sync", given("source_video", media.tone), tone), "no picture"),
        "frames: a still": (asked("frames", "extract_frames", given("source_video", media.red)), "no moving picture"),
        "frames: beyond the end": (asked("frames", "extract_frames", card, params={"at_frame": 30}), "which has 30"),
        "trim: beyond the end": (asked("trim", "trim", card, params={"end_frame": 31}), "0 up to 31.*which has 30"),
        "trim: backwards": (asked("trim", "trim", card, params={"start_frame": 9, "end_frame": 9}), "9 up to 9"),
        "trim: beyond the used range": (
            asked("trim", "trim", given("source_video", media.card, used=(0, 10)), params={"end_frame": 11}),
            "which has 10"),
        "trim: a range the clip has not": (
            asked("trim", "trim", given("source_video", media.card, used=(20, 40), frame_count=None)), "30"),
        "captions: no words": (asked("captions", "captions", empty, tone), "no words"),
        "captions: no sound": (asked("captions", "captions", given("text", media.words("a.txt", "a")), silent),
                               "has no sound"),
        "assemble: nothing": (asked("assemble", "assemble"), "0 were given"),
        "assemble: sound as a clip": (edits("", given("clip", media.tone)), "no picture"),
        "assemble: a word nobody knows": (edits("1: dissolv 12"), "dissolv"),
        "assemble: a clip that is not there": (edits("4: dissolve 12"), "clip 4"),
        "assemble: too long a transition": (edits("1: dissolve 40", *[given("clip", media.card)] * 2), "need 40"),
        "assemble: captions that are none": (
            edits("", given("clip", media.card), given("captions", media.words("none.srt", SPOKEN))), "no caption"),
    }  # fmt: skip


BAD = (
    "image: nothing to draw", "video: nothing to draw", "video: an odd size", "voice: no words", "voice: only signs",
    "voice: a day long", "voice: not UTF-8", "voice: text is gone", "music: a still", "sfx: no words",
    "lip sync: no sound in it", "lip sync: no picture", "frames: a still", "frames: beyond the end",
    "trim: beyond the end", "trim: backwards", "trim: beyond the used range", "trim: a range the clip has not",
    "captions: no words", "captions: no sound", "assemble: nothing", "assemble: sound as a clip",
    "assemble: a word nobody knows", "assemble: a clip that is not there", "assemble: too long a transition",
    "assemble: captions that are none",
)  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_made_starts_nothing(case: str, local: LocalProvider, media: Media, tmp_path: Path) -> None:
    request, told = bad(media)[case]
    with pytest.raises(CapabilityError, match=told) as caught:
        asyncio.run(local.submit(request))
    assert caught.value.hint
    assert not (tmp_path / "home" / "work" / request.token).exists()


def test_the_list_of_bad_requests_is_complete(media: Media) -> None:
    assert tuple(bad(media)) == BAD


def test_a_source_that_vanishes_fails_in_words(local: LocalProvider, media: Media, tmp_path: Path) -> None:
    source = tmp_path / "leaves.wav"
    source.write_bytes(media.tone.read_bytes())
    request = asked("captions", "captions", given("text", media.words("b.txt", "b")), given("audio", source))
    folder = tmp_path / "home" / "work" / request.token
    folder.mkdir(parents=True)
    (folder / "request.json").write_text(request.model_dump_json())
    source.unlink()
    update = asyncio.run(ended(local, request))
    assert update.state == "failed"
    assert "leaves.wav" in update.error_message
    assert update.error_hint
