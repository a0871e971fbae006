"""Small jobs of every kind this machine does, and how to run one through the provider."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from takebridge.media.audio import RATE, write_wav
from takebridge.media.probe import probe
from takebridge.providers.local.provider import LocalProvider
from takebridge.providers.protocol import GenerationRequest, InputRole, JobUpdate, MediaInput

PATIENCE = 100.0
PAUSE = 0.02  # between two polls

WORDS = ("text", "script", "style_text", "captions")
SPOKEN = "ANNA: The sea keeps what it takes. But tonight, it gives something back!"
SRT = "1\n00:00:00,500 --> 00:00:01,500\nThe light goes out.\n"


@dataclass(frozen=True)
class Media:
    """``card``: 30 numbered frames at 24, clip id 1, with clicks; ``broad``: 25 at 25, id 2, silent, smaller;
    ``red`` and ``blue``: flat stills; ``tone``: a second and a half of 440 Hz; ``hush``: a second of silence."""

    folder: Path
    card: Path
    broad: Path
    red: Path
    blue: Path
    tone: Path
    hush: Path

    def words(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path


def flat(path: Path, rgb: tuple[int, int, int], width: int = 320, height: int = 180) -> Path:
    cv2.imwrite(str(path), np.full((height, width, 3), rgb[::-1], np.uint8))
    return path


def tone(path: Path, seconds: float, level: float = 0.2) -> Path:
    t = np.arange(int(seconds * RATE)) / RATE
    return write_wav(path, np.stack([level * np.sin(2 * np.pi * 440 * t)] * 2, axis=1).astype(np.float32))


def given(role: InputRole, path: Path, **changes: Any) -> MediaInput:
    """An input as the bridge describes it."""
    facts: dict[str, Any] = {"role": role, "path": path, "content": f"b3:{path.name}", "name": path.name}
    if role in WORDS:
        return MediaInput(**(facts | {"media_type": "text"} | changes))
    info = probe(path)
    facts["media_type"] = "image" if info.is_still else "video" if info.has_video else "audio"
    facts |= {"width": info.width, "height": info.height, "frame_count": info.frame_count or None}
    return MediaInput(**(facts | {"rate": str(info.rate) if info.rate else None} | changes))


def asked(model: str, kind: str, *inputs: MediaInput, token: str = "token-0001", **changes: Any) -> GenerationRequest:
    return GenerationRequest.model_validate(
        {"token": token, "model": f"local/{model}", "kind": kind, "inputs": inputs, **changes}
    )


def requests(media: Media) -> dict[str, GenerationRequest]:
    """One small job of every kind."""
    line, more = media.words("line.txt", SPOKEN), media.words("more.txt", "Have you seen it?")
    return {
        "image": asked(
            "previz-image", "image", given("text", media.words("direction.txt", "Wide shot. A woman on the hills")),
            prompt="At dusk", seed=3, params={"aspect": "16:9", "resolution": "480p"},
        ),
        "video": asked(
            "previz-video", "video", given("start_frame", media.red), given("end_frame", media.blue),
            prompt="From red to blue", seed=3, duration_ms=500, params={"resolution": "480p"},
        ),
        "voice": asked("previz-voice", "voice", given("text", line), seed=5),
        "music": asked("previz-music", "music", prompt="calm", seed=5, duration_ms=3_100),
        "sfx": asked("previz-sfx", "sfx", prompt="whoosh", seed=5, duration_ms=700),
        "lip_sync": asked("previz-lip-sync", "lip_sync", given("source_video", media.card, used=(0, 12)),
                          given("audio", media.tone)),
        "storyboard": asked(
            "storyboard", "storyboard", given("source_image", media.red), given("source_image", media.blue),
            given("source_image", media.red), given("text", more),
            params={"panel_ms": 250, "columns": 2, "resolution": "480p", "title": "Board"},
        ),
        "extract_frames": asked("frames", "extract_frames", given("source_video", media.card, used=(4, 25)),
                                params={"at_frame": 3}),
        "trim": asked("trim", "trim", given("source_video", media.card, used=(4, 25)),
                      params={"start_frame": 2, "end_frame": 14}),
        "reframe": asked("reframe", "reframe", given("source_video", media.card, used=(2, 10)),
                         params={"aspect": "1:1", "fit": "pad"}),
        "captions": asked("captions", "captions", given("text", line), given("text", more), given("audio", media.tone),
                          given("audio", media.hush)),
        "assemble": asked(
            "assemble", "assemble", given("clip", media.card, used=(3, 27)), given("clip", media.broad),
            given("clip", media.red), given("audio", media.tone), given("music", media.tone),
            given("captions", media.words("captions.srt", SRT)),
            params={"edits": "1: dissolve 6\n2: dip 4\nall: still 12"},
        ),
    }  # fmt: skip


KINDS = (
    "image", "video", "voice", "music", "sfx", "lip_sync", "storyboard", "extract_frames", "trim", "reframe",
    "captions", "assemble",
)  # fmt: skip


@dataclass(frozen=True)
class Ran:
    """How a job ended, and its downloaded outputs by port."""

    request: GenerationRequest
    update: JobUpdate
    files: dict[str, Path] = field(default_factory=dict)

    def __getitem__(self, port: str) -> Path:
        assert self.update.state == "done", self.update
        return self.files[port]


async def ended(provider: LocalProvider, request: GenerationRequest) -> JobUpdate:
    job = await provider.submit(request)
    deadline = time.monotonic() + PATIENCE
    while (update := await provider.poll(job)).state in ("queued", "running"):
        assert time.monotonic() < deadline, update
        await asyncio.sleep(PAUSE)
    return update


async def run(provider: LocalProvider, request: GenerationRequest, into: Path) -> Ran:
    update = await ended(provider, request)
    files = {one.port: await provider.download(one, into) for one in update.artifacts}
    return Ran(request, update, files)
