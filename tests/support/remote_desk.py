"""A remote provider wired to a contract server of its own, for tests of one transport."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from takebridge.providers.catalog import load_file
from takebridge.providers.protocol import GenerationRequest, JobUpdate, ModelProfile, RemoteJob
from takebridge.providers.remote.provider import RemoteProvider
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.transports import transport_named
from takebridge.testing.providers.base import KEY, ContractServer, json_of
from takebridge.testing.providers.serving import serving
from takebridge.testing.providers.stage import Seen

Answer = TypeVar("Answer")


@dataclass
class Desk:
    """``home`` is the provider's data folder; ``clock`` makes every look a fresh one."""

    home: Path
    server: ContractServer
    catalog: str
    url: str
    models: tuple[ModelProfile, ...] = ()
    ticks: list[float] = field(default_factory=lambda: [0.0])

    def provider(self, key: str = KEY) -> RemoteProvider:
        """Return a provider as a new process would have it."""
        file = load_file(self.catalog)

        def clock() -> float:
            self.ticks[0] += 10.0
            return self.ticks[0]

        return RemoteProvider(
            self.home,
            file.facts,
            (*file.models, *self.models),
            transport_named(file.facts.transport),
            lambda facts: Secret(key) if key else None,
            base_url=self.url,
            clock=clock,
        )

    def run(self, work: Callable[[RemoteProvider], Awaitable[Answer]], key: str = KEY) -> Answer:
        """Do something with a provider of its own, then close it."""

        async def whole() -> Answer:
            provider = self.provider(key)
            try:
                return await work(provider)
            finally:
                await provider.aclose()

        return asyncio.run(whole())

    def submit(self, request: GenerationRequest) -> RemoteJob:
        """Submit in a process of its own."""
        return self.run(lambda provider: provider.submit(request))

    def poll(self, job: RemoteJob) -> JobUpdate:
        """Look once, in a process of its own."""
        return self.run(lambda provider: provider.poll(job))

    def fetched(self, job: RemoteJob, into: Path) -> dict[str, Path]:
        """Look until the job is done and fetch all of it."""

        async def whole(provider: RemoteProvider) -> dict[str, Path]:
            for _ in range(20):
                if (update := await provider.poll(job)).state not in ("queued", "running"):
                    break
            assert update.state == "done", update
            return {one.port: await provider.download(one, into) for one in update.artifacts}

        return self.run(whole)

    def sent(self, path: str) -> list[Seen]:
        """Return the requests to a path, in order."""
        return [one for one in self.server.stage.seen if one.path.partition("?")[0] == path]

    def body(self, path: str) -> dict[str, Any]:
        """Return the JSON body of the only request to a path."""
        (one,) = self.sent(path)
        value = json_of(one)
        assert isinstance(value, dict)
        return value


@contextmanager
def desk_of(home: Path, catalog: str, server: ContractServer) -> Iterator[Desk]:
    """Serve a contract server for the length of a block."""
    with serving(server.app()) as url:
        server.url = url
        yield Desk(home, server, catalog, url)
