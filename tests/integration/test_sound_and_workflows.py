"""From a node on the canvas to a take, over the sound and the ComfyUI transports, with the real job runner."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.support.canvases import add, wire
from tests.support.generation import QueueOnly, background_loop, build, set_up

from takebridge.canvas.model import Take
from takebridge.canvas.ops import Op, SetModel
from takebridge.ids import CanvasId, NodeId
from takebridge.media.testcard import render_test_clip
from takebridge.providers.registry import remote_provider
from takebridge.services import generate
from takebridge.services.bridge import Bridge
from takebridge.services.running import GenerateRunner
from takebridge.store.data_folder import DataLayout
from takebridge.store.jobs import JobRecord
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.comfyui import ComfyUIServer
from takebridge.testing.providers.elevenlabs import ElevenLabsServer
from takebridge.testing.providers.fish import FishServer
from takebridge.testing.providers.serving import serving
from takebridge.timebase import FrameRate

SERVERS: dict[str, type[ContractServer]] = {
    "comfyui": ComfyUIServer,
    "elevenlabs": ElevenLabsServer,
    "fish": FishServer,
}


@dataclass
class Works:
    """A bridge whose only provider is a real one over its contract server."""

    bridge: Bridge
    runner: GenerateRunner
    server: ContractServer

    def made(self, canvas_id: CanvasId, node: str, most: int | None) -> tuple[JobRecord, tuple[Take, ...]]:
        """Generate a node; return its job and its takes."""
        asked = generate.start(
            self.bridge, QueueOnly(), canvas_id, NodeId(node), author="ann", max_micros=most, again=False
        )
        for step in (self.runner.submit, self.runner.wait, self.runner.collect):
            if not step(asked.id):
                break
        canvas = self.bridge.desk.view(canvas_id).canvas
        return self.bridge.jobs.get(asked.id), canvas.takes_of(NodeId(node))


@contextmanager
def works_of(name: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Works]:
    home.mkdir(exist_ok=True)
    server = SERVERS[name]()
    monkeypatch.setenv("ELEVENLABS_API_KEY", KEY)
    monkeypatch.setenv("FISH_API_KEY", KEY)
    with serving(server.app()) as url, background_loop() as loop:
        server.url = url
        monkeypatch.setenv(f"TAKEBRIDGE_{name.upper()}_URL", url)
        provider: Any = remote_provider(name, home)
        bridge = build(DataLayout(home), provider)
        try:
            yield Works(bridge, GenerateRunner(bridge, loop), server)
        finally:
            asyncio.run_coroutine_threadsafe(provider.aclose(), loop).result(10)


@pytest.mark.parametrize(("name", "model"), [("elevenlabs", "elevenlabs/tts-v3"), ("fish", "fish/s2.1-pro")])
def test_a_line_becomes_a_take_of_sound(name: str, model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with works_of(name, tmp_path, monkeypatch) as works:
        canvas_id = works.bridge.desk.create("Film").canvas.id
        ops: list[Op] = [add("voice", "line", prompt="We leave at dawn."), SetModel(node=NodeId("line"), model=model)]
        works.bridge.desk.apply(canvas_id, ops, author="ann")
        job, takes = works.made(canvas_id, "line", 1_000_000)
        assert job.state == "done", job
        (take,) = takes
        facts = take.outputs["audio"].facts
        # The contract server speaks for about a second.
        assert 900 <= int(facts["duration_ms"]) <= 1100
        assert (facts["sample_rate"], works.server.stage.charged) == (48_000, 1)


def test_a_clip_is_enlarged_on_ones_own_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = render_test_clip(
        tmp_path / "clip.mp4", clip_id=1, frame_count=8, rate=FrameRate(24, 1), width=320, height=180
    )
    with works_of("comfyui", tmp_path / "home", monkeypatch) as works:
        assert isinstance(works.server, ComfyUIServer)
        canvas_id = set_up(works.bridge, clip, "comfyui/upscale-x4", 0).canvas.id
        ops: list[Op] = [
            add("upscale", "big", scale=4),
            SetModel(node=NodeId("big"), model="comfyui/upscale-x4"),
            wire("clip.video", "big.source"),
        ]
        works.bridge.desk.apply(canvas_id, ops, author="ann")
        job, takes = works.made(canvas_id, "big", None)
        assert job.state == "done", job
        assert takes[0].outputs["video"].facts["frame_count"] == 48
        assert list(works.server.uploads.values()) == [clip.read_bytes()]
        assert works.server.connections >= 1
