"""Handing a file to a storage address a provider named: whole, again where that may help, never with the key."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from takebridge.errors import ProviderBusyError, ProviderUnavailableError
from takebridge.providers.facts import ProviderFacts
from takebridge.providers.remote import addresses
from takebridge.providers.remote.door import Account, Door
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.uploads import hand_over
from takebridge.testing.providers.serving import serving

KEY = "a-key-nobody-may-see"
DATA = bytes(range(256)) * 3000


@dataclass
class Storage:
    """What a storage saw, and the statuses it answers with first."""

    url: str = ""
    first: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        self.bodies.append(await request.body())
        self.headers.append(dict(request.headers))
        return Response(status_code=self.first.pop(0) if self.first else 200)


@pytest.fixture
def storage() -> Iterator[Storage]:
    found = Storage()
    with serving(Starlette(routes=[Route("/put", found.take, methods=["PUT", "POST"])])) as url:
        found.url = url
        yield found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(DATA)
    return path


def hand(base: str, url: str, path: Path, **more: object) -> None:
    """Hand a file over through a door of its own."""

    async def inner() -> None:
        facts = ProviderFacts(provider="s", title="Storer")
        door = Door(Account(facts, base, {}, Secret(KEY)), lambda key: {"Authorization": key.reveal() if key else ""})
        try:
            await hand_over(door, url, path, **more)  # type: ignore[arg-type]
        finally:
            await door.aclose()

    asyncio.run(inner())


def test_the_file_arrives_whole_with_its_length_and_without_the_key(storage: Storage, file: Path) -> None:
    hand(storage.url, f"{storage.url}/put?signature=1", file, headers={"Content-Type": "video/mp4"})
    assert storage.bodies == [DATA]
    (told,) = storage.headers
    assert (told["content-length"], told["content-type"]) == (str(len(DATA)), "video/mp4")
    assert "transfer-encoding" not in told, "presigned addresses refuse pieces of unknown number"
    assert KEY not in str(told)


def test_a_storage_that_stumbles_gets_the_whole_file_again(storage: Storage, file: Path) -> None:
    storage.first = [503, 500]
    hand(storage.url, f"{storage.url}/put", file)
    assert storage.bodies == [DATA, DATA, DATA]


@pytest.mark.parametrize(("first", "times"), [([403], 1), ([503, 503, 503], 3)])
def test_a_refused_file_starts_nothing_and_says_so(storage: Storage, file: Path, first: list[int], times: int) -> None:
    storage.first = list(first)
    with pytest.raises(ProviderBusyError, match=f"HTTP {first[0]}"):
        hand(storage.url, f"{storage.url}/put", file)
    assert len(storage.bodies) == times


def test_a_stranger_without_encryption_gets_nothing(storage: Storage, file: Path) -> None:
    with pytest.raises(ProviderUnavailableError, match="without encryption"):
        hand("http://127.0.0.1:9", f"{storage.url}/put", file)
    assert storage.bodies == []


def test_a_stranger_in_a_private_network_gets_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "getproxies", dict)
    with pytest.raises(ProviderUnavailableError, match="private network"):
        hand("http://127.0.0.1:9", "https://127.0.0.1/put", file)
