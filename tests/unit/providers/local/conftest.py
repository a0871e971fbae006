"""Media for the makers of this machine, and every kind of job run twice through the provider, once a session."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.providers.local.local_jobs import KINDS, Media, Ran, flat, requests, run, tone

from takebridge.media.testcard import render_test_clip
from takebridge.providers.local.provider import LocalProvider, local_provider
from takebridge.providers.protocol import GenerationRequest
from takebridge.timebase import FrameRate

AT_ONCE = 3


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    folder = tmp_path_factory.mktemp("local-media")
    size = {"width": 320, "height": 180}
    return Media(
        folder,
        render_test_clip(folder / "card.mp4", clip_id=1, frame_count=30, rate=FrameRate(24), **size),
        render_test_clip(
            folder / "broad.mp4", clip_id=2, frame_count=25, rate=FrameRate(25), width=256, height=144, audio=False
        ),
        flat(folder / "red.png", (200, 40, 40)),
        flat(folder / "blue.png", (40, 60, 200)),
        tone(folder / "tone.wav", 1.5),
        tone(folder / "hush.wav", 1.0, 0.0),
    )


@pytest.fixture
def local(tmp_path: Path) -> Iterator[LocalProvider]:
    made = local_provider(tmp_path / "home")
    yield made
    made.close()


@pytest.fixture(scope="session")
def twice(media: Media, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Ran, Ran]]]:
    """Every kind run twice, under two tokens and otherwise equal."""
    home, into = tmp_path_factory.mktemp("local-home"), tmp_path_factory.mktemp("local-out")
    provider = local_provider(home)
    small = requests(media)
    assert tuple(small) == KINDS

    async def go() -> list[Ran]:
        room = asyncio.Semaphore(AT_ONCE)

        async def one(request: GenerationRequest, token: str) -> Ran:
            async with room:
                return await run(provider, request.model_copy(update={"token": token}), into)

        jobs = [one(small[kind], f"token-{kind}-{n}") for kind in KINDS for n in (1, 2)]
        return await asyncio.gather(*jobs)

    ran = asyncio.run(go())
    yield {kind: (ran[2 * n], ran[2 * n + 1]) for n, kind in enumerate(KINDS)}
    provider.close()


@pytest.fixture(scope="session")
def made(twice: dict[str, tuple[Ran, Ran]]) -> dict[str, Ran]:
    return {kind: first for kind, (first, _) in twice.items()}
