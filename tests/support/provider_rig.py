"""A provider over the network beside its contract server: what the contract suite and its bench stand on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TypeVar

from tests.contract import remote_cases
from tests.contract.remote_cases import CaseMedia, RemoteCase

from takebridge.media.testcard import render_test_clip
from takebridge.providers.catalog import Catalog, load_file
from takebridge.providers.protocol import GenerationRequest, JobUpdate, RemoteJob
from takebridge.providers.remote.provider import RemoteProvider
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.transports import transport_named
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.samples import picture, sound
from takebridge.testing.providers.serving import serving
from takebridge.testing.providers.stage import Stage
from takebridge.timebase import FrameRate

T = TypeVar("T")
TOKEN = "tb-contract-0001"
_MOST_LOOKS = 60


def all_cases() -> list[RemoteCase]:
    """Every case of ``tests/contract/remote_cases``, by name."""
    modules = [import_module(f"{remote_cases.__name__}.{one.name}") for one in iter_modules(remote_cases.__path__)]
    found = [case for module in modules for case in getattr(module, "CASES", None) or (module.CASE,)]
    return sorted(found, key=lambda case: case.name)


def media_in(folder: Path) -> CaseMedia:
    """Make the small real files the cases send."""
    clip = render_test_clip(
        folder / "clip.mp4", clip_id=2, frame_count=48, rate=FrameRate(24, 1), width=320, height=180
    )
    (folder / "picture.png").write_bytes(picture("PNG"))
    (folder / "voice.wav").write_bytes(sound(2))
    return CaseMedia(clip, folder / "picture.png", folder / "voice.wav")


@dataclass
class Clock:
    """A steady clock that only goes when told; ``pauses`` are the waits somebody asked for."""

    now: float = 1000.0
    stride: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        self.now += self.stride
        return self.now

    async def pause(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.pauses.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


@dataclass
class Rig:
    """One case, its contract server, and providers over it. Each `RemoteProvider` stands for a process of its own."""

    case: RemoteCase
    server: ContractServer
    home: Path
    media: CaseMedia
    clock: Clock = field(default_factory=Clock)
    key: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        self.key = getattr(self.server, "key", KEY)

    @property
    def stage(self) -> Stage:
        """The server's script and log."""
        return self.server.stage

    def request(self, token: str = TOKEN) -> GenerationRequest:
        """The case's request."""
        return self.case.request(token, self.media)

    def provider(self) -> RemoteProvider:
        """A provider in a new process."""
        file = self.case.file or _catalog(self.case.catalog)
        url = self.url or self.server.url
        hosts = dict.fromkeys(file.facts.hosts, url)
        facts = file.facts.model_copy(update={"hosts": hosts, "base_url": url, "result_hosts": ()})
        secret = Secret(self.key) if self.key else None
        models = self.case.models(self.home) if self.case.models else file.models
        return RemoteProvider(
            self.home,
            facts,
            models,
            self.case.transport or transport_named(file.facts.transport),
            lambda _: secret,
            clock=self.clock,
            pause=self.clock.pause,
        )

    def run(self, work: Callable[[RemoteProvider], Awaitable[T]]) -> T:
        """Run ``work`` in a process of its own: a new provider on a new event loop, closed at the end."""

        async def whole() -> T:
            provider = self.provider()
            try:
                return await work(provider)
            finally:
                await provider.aclose()

        return asyncio.run(whole())

    def submit(self, token: str = TOKEN) -> RemoteJob:
        """Submit in a process of its own."""
        return self.run(lambda provider: provider.submit(self.request(token)))

    def look(self, job: RemoteJob) -> JobUpdate:
        """Look once in a process of its own."""
        return self.run(lambda provider: provider.poll(job))

    def finish(self, job: RemoteJob) -> JobUpdate:
        """Look, each time in a process of its own, until the job has ended."""
        for _ in range(_MOST_LOOKS):
            update = self.look(job)
            if update.state not in ("queued", "running"):
                return update
        raise AssertionError(f"{self.case.name}: the job never ended")

    def fetch(self, update: JobUpdate) -> list[Path]:
        """Download all artifacts in a process of its own."""

        async def all_of(provider: RemoteProvider) -> list[Path]:
            into = self.home / "fetched"
            return [await provider.download(one, into) for one in update.artifacts]

        return self.run(all_of)


@contextmanager
def served(case: RemoteCase) -> Iterator[ContractServer]:
    """Serve a case's contract server; it is gone when the block ends."""
    server = case.server(Stage())
    with serving(server.app()) as url:
        server.url = url
        yield server


def rig_over(case: RemoteCase, server: ContractServer, home: Path, media: CaseMedia) -> Rig:
    """A rig over a server that runs already: with a new script, and nothing seen yet."""
    server.stage = Stage()
    return Rig(case, server, home, media)


@cache
def _catalog(name: str) -> Catalog:
    return load_file(name)
