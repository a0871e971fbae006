"""A stand-in Resolve for tests: footage by PyAV alone, a spec to start from, and the process behind its line."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from takebridge_resolve.emulator import World

R23 = Fraction(24000, 1001)


def make_clip(
    dst: Path,
    *,
    frames: int = 60,
    rate: Fraction = R23,
    timecode: str = "",
    audio: bool = True,
    size: tuple[int, int] = (64, 36),
) -> str:
    """Write a small grey .mov with so many frames and, when wanted, a sound track as long; its path."""
    with av.open(str(dst), "w") as container:
        if timecode:
            container.metadata["timecode"] = timecode
        video = container.add_stream("mpeg4", rate=rate)
        video.width, video.height = size
        sound = container.add_stream("pcm_s16le", rate=48000, layout="mono") if audio else None
        for number in range(frames):
            picture = np.full((size[1], size[0], 3), number % 256, np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(video.encode())
        if sound is not None:
            silence = np.zeros((1, int(frames / rate * 48000)), np.int16)
            block = av.AudioFrame.from_ndarray(silence, format="s16", layout="mono")
            block.sample_rate = 48000
            container.mux(sound.encode(block))
            container.mux(sound.encode())
    return str(dst)


def make_still(dst: Path) -> str:
    """Write a one-picture PNG; its path."""
    with av.open(str(dst), "w", format="image2") as container:
        video = container.add_stream("png", rate=25)
        video.width, video.height, video.pix_fmt = 64, 36, "rgb24"
        container.mux(video.encode(av.VideoFrame.from_ndarray(np.zeros((36, 64, 3), np.uint8), format="rgb24")))
        container.mux(video.encode())
    return str(dst)


class Footage:
    """Paths of small files: 60 frames each unless the name says otherwise."""

    def __init__(self, folder: Path) -> None:
        self.a = make_clip(folder / "a.mov", timecode="01:00:00:00")
        self.b = make_clip(folder / "b.mov")
        self.short = make_clip(folder / "short.mov", frames=24, audio=False)
        self.still = make_still(folder / "still.png")
        self.fps24 = make_clip(folder / "fps24.mov", rate=Fraction(24), audio=False)
        self.fps25 = make_clip(folder / "fps25.mov", rate=Fraction(25), audio=False)
        self.broken = str(folder / "broken.mov")
        Path(self.broken).write_bytes(b"not a movie" * 100)
        self.missing = str(folder / "missing.mov")


def spec_of(*clips: dict[str, Any], rate: str = "23.976", **extra: Any) -> dict[str, Any]:
    """A description with one timeline "Cut" holding these clips."""
    return {"project": "Demo", "timeline": {"name": "Cut", "rate": rate}, "clips": list(clips), **extra}


def offline(**keys: Any) -> dict[str, Any]:
    """A clip without a file: 240 frames at 24 fps, 48 of them from frame 24 on the timeline."""
    media = {"rate": "24", "frames": 240, **keys.pop("media", {})}
    return {"kind": "clip", "timeline_start": 0, "duration": 48, "source_start": 24, "media": media, **keys}


class Desk:
    """What a script holds after its first calls, on one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ui = world.ui
        self.resolve: Any = world.resolve
        self.reopen()

    @classmethod
    def of(cls, *clips: dict[str, Any], profile: str = "20.3", **extra: Any) -> Desk:
        """A desk on a world of these clips."""
        return cls(World.from_spec(spec_of(*clips, **extra), profile))

    def reopen(self) -> None:
        """Fetch every handle again."""
        self.manager: Any = self.resolve.GetProjectManager()
        self.project: Any = self.manager.GetCurrentProject()
        self.timeline: Any = self.project.GetCurrentTimeline()
        self.pool: Any = self.project.GetMediaPool()

    def items(self, track_type: str = "video", index: int = 1) -> list[Any]:
        """Handles of a track's items."""
        found: list[Any] = self.timeline.GetItemListInTrack(track_type, index)
        return found

    @property
    def item(self) -> Any:
        """The first item of video track 1."""
        return self.items()[0]


class EmulatorProcess:
    """``python -m takebridge_resolve.emulator`` and its control line. A context manager; nothing outlives it."""

    def __init__(self, folder: Path, spec: dict[str, Any], *args: str) -> None:
        described = folder / "world.json"
        described.write_text(json.dumps(spec), "utf-8")
        command = [sys.executable, "-m", "takebridge_resolve.emulator", "--spec", str(described), *args]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self._number = 0

    def __enter__(self) -> EmulatorProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate(timeout=30)

    def ask(self, do: str, **request: Any) -> dict[str, Any]:
        """Send one request and return the whole answer."""
        self._number += 1
        answer: dict[str, Any] = json.loads(self.raw(json.dumps({"id": self._number, "do": do, **request})))
        assert answer["id"] == self._number
        return answer

    def tell(self, do: str, **request: Any) -> Any:
        """Send one request that must work and return its result."""
        answer = self.ask(do, **request)
        assert answer["ok"], answer
        return answer["result"]

    def raw(self, line: str) -> str:
        """Send one line and return the answer's line."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()
