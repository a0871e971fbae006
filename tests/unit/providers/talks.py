"""A provider and its contract server, talking: what the tests of the transports share."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from takebridge.providers import catalog
from takebridge.providers.protocol import GenerationRequest, JobUpdate, MediaInput, RemoteJob
from takebridge.providers.remote.provider import RemoteProvider
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.transport import Transport
from takebridge.providers.transports import transport_named
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.samples import picture, sound
from takebridge.testing.providers.serving import serving
from takebridge.testing.providers.stage import Seen

MOST_LOOKS = 12
Result = TypeVar("Result")


@dataclass
class Talk:
    """One provider over one contract server. ``run`` gives a fresh event loop to each call."""

    provider: RemoteProvider
    server: ContractServer
    home: Path
    tokens: Iterator[int] = field(default_factory=lambda: iter(range(1, 1000)))

    def run(self, job: Callable[[], Awaitable[Result]]) -> Result:
        """Run one coroutine and close the connections it opened."""

        async def inner() -> Result:
            try:
                return await job()
            finally:
                await self.provider.aclose()

        return asyncio.run(inner())

    def ask(self, model: str, kind: str, *inputs: MediaInput, **more: Any) -> GenerationRequest:
        """Return a request with a token of its own."""
        token = f"test-token-{next(self.tokens):04d}"
        return GenerationRequest.model_validate(
            {"token": token, "model": model, "kind": kind, "inputs": inputs, "prompt": "a red kite", **more}
        )

    def submit(self, model: str, kind: str, *inputs: MediaInput, **more: Any) -> RemoteJob:
        """Submit a request."""
        request = self.ask(model, kind, *inputs, **more)
        return self.run(lambda: self.provider.submit(request))

    def poll(self, job: RemoteJob) -> JobUpdate:
        """Look once."""
        return self.run(lambda: self.provider.poll(job))

    def watch(self, job: RemoteJob) -> list[JobUpdate]:
        """Look until the job has ended; return all updates."""
        seen = []
        for _ in range(MOST_LOOKS):
            seen.append(self.poll(job))
            if seen[-1].state not in ("queued", "running"):
                return seen
        raise AssertionError(f"the job never ended: {seen[-1]}")

    def fetch(self, update: JobUpdate) -> Path:
        """Download the one result of a finished job."""
        (artifact,) = update.artifacts
        into = Path(tempfile.mkdtemp(dir=self.home))
        return self.run(lambda: self.provider.download(artifact, into))

    def sent(self, method: str, path: str) -> list[Seen]:
        """Return the requests of a method whose path begins so."""
        return [one for one in self.server.stage.seen if one.method == method and one.path.startswith(path)]

    def body(self, path: str) -> Any:
        """Return the JSON body of the last POST to a path."""
        return json.loads(self.sent("POST", path)[-1].body)


@contextmanager
def talking(
    name: str,
    server: ContractServer,
    home: Path,
    *,
    key: str = KEY,
    transport: Transport | None = None,
    **facts: Any,
) -> Iterator[Talk]:
    """Serve the contract server and give a provider of the catalogue ``name`` that talks to it."""
    file = catalog.load_file(name)
    told = file.facts.model_copy(update={"poll_seconds": 1e-9, "polls_per_minute": None, **facts})
    with serving(server.app()) as url:
        server.url = url
        spoken = transport or transport_named(told.transport)
        provider = RemoteProvider(home, told, file.models, spoken, lambda _: Secret(key) if key else None, base_url=url)
        yield Talk(provider, server, home)


def still(folder: Path, role: str, name: str = "still.png") -> MediaInput:
    """A picture as an input; it says it is larger than the file: transports never look inside."""
    path = folder / name
    path.write_bytes(picture("PNG"))
    return MediaInput.model_validate(
        {"role": role, "path": path, "content": "c" * 8, "media_type": "image", "width": 1280, "height": 720}
    )


def voice(folder: Path, role: str = "audio", seconds: int = 2) -> MediaInput:
    """Sound as an input."""
    path = folder / "voice.wav"
    path.write_bytes(sound(seconds))
    return MediaInput.model_validate(
        {"role": role, "path": path, "content": "v" * 8, "media_type": "audio", "duration_ms": 1000 * seconds}
    )


def clip(folder: Path, role: str = "source_video", frames: int = 48) -> MediaInput:
    """A file that says it is a clip of 48 frames at 24 a second: transports never look inside."""
    path = folder / "source.mp4"
    path.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(500))
    return MediaInput.model_validate(
        {
            "role": role,
            "path": path,
            "content": "m" * 8,
            "width": 1280,
            "height": 720,
            "frame_count": frames,
            "rate": "24/1",
            "duration_ms": frames * 1000 // 24,
        }
    )
