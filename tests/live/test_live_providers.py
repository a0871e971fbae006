"""Smoke tests with your own keys: ``make test-live``. The first asks each provider about its key and costs nothing; the
second makes one take with each and costs money, and runs only with TAKEBRIDGE_LIVE_SPEND=1.

What they print belongs into the page of the provider (docs/providers): "verified with a real key on …".
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from tests.contract.remote_cases import CaseMedia, RemoteCase
from tests.support.provider_rig import all_cases, media_in

from takebridge.media.probe import probe
from takebridge.providers.protocol import JobUpdate, ProviderStatus
from takebridge.providers.registry import load_registry
from takebridge.providers.remote.provider import RemoteProvider

pytestmark = pytest.mark.live

_LOOK_SECONDS, _MOST_LOOKS = 5.0, 240
CASES = [case for case in all_cases() if case.models is None]


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> CaseMedia:
    """Small real files."""
    return media_in(tmp_path_factory.mktemp("media"))


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> RemoteCase:
    """A transport."""
    found: RemoteCase = request.param
    return found


def provider_of(case: RemoteCase, home: Path) -> RemoteProvider:
    """The real provider of a case, with the key this machine has; skips without one."""
    provider = load_registry(home).providers[case.catalog]
    assert isinstance(provider, RemoteProvider)
    status = asyncio.run(_checked(provider))
    if not status.ready and (provider.facts.key_optional or status.message.startswith("There is no key")):
        pytest.skip(f"{case.catalog}: {status.message}")
    return provider


async def _checked(provider: RemoteProvider) -> ProviderStatus:
    try:
        return await provider.check()
    finally:
        await provider.aclose()


def test_the_key_works(case: RemoteCase, tmp_path: Path) -> None:
    status = asyncio.run(_checked(provider_of(case, tmp_path)))
    assert status.ready, f"{status.message} {status.hint}"


@pytest.mark.timeout(1800)
def test_it_makes_a_take(case: RemoteCase, media: CaseMedia, tmp_path: Path) -> None:
    if os.environ.get("TAKEBRIDGE_LIVE_SPEND") != "1":
        pytest.skip("this costs money: set TAKEBRIDGE_LIVE_SPEND=1")
    provider = provider_of(case, tmp_path)

    async def make() -> tuple[JobUpdate, list[Path]]:
        try:
            job = await provider.submit(
                case.request(f"tb-live-{os.getpid()}-{case.name}"[:80].replace(" ", "-"), media)
            )
            for _ in range(_MOST_LOOKS):
                update = await provider.poll(job)
                if update.state not in ("queued", "running"):
                    return update, [await provider.download(one, tmp_path / "out") for one in update.artifacts]
                await asyncio.sleep(_LOOK_SECONDS)
            raise AssertionError("it never ended")
        finally:
            await provider.aclose()

    update, files = asyncio.run(make())
    assert update.state == "done", update
    assert files
    for path, artifact in zip(files, update.artifacts, strict=True):
        if artifact.media_type in ("video", "image", "audio"):
            probe(path)
