"""The contract suite of providers over the network: every transport against its contract server, every scenario."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.remote_cases import CaseMedia, RemoteCase
from tests.support.provider_rig import Rig, all_cases, media_in, rig_over, served
from tests.support.provider_scenarios import SCENARIOS, NotOffered

from takebridge.testing.providers.base import ContractServer


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> CaseMedia:
    """Small real files."""
    return media_in(tmp_path_factory.mktemp("media"))


@pytest.fixture(params=all_cases(), ids=lambda case: case.name, scope="module")
def running(request: pytest.FixtureRequest) -> Iterator[tuple[RemoteCase, ContractServer]]:
    """One transport's contract server."""
    case: RemoteCase = request.param
    with served(case) as server:
        yield case, server


@pytest.fixture
def rig(running: tuple[RemoteCase, ContractServer], media: CaseMedia, tmp_path: Path) -> Rig:
    """One transport beside its contract server, which has seen nothing yet."""
    return rig_over(*running, tmp_path, media)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_contract(rig: Rig, name: str) -> None:
    try:
        SCENARIOS[name](rig)
    except NotOffered as why:
        assert str(why), "an API that lacks something says why"  # the matrix of 'make bench-providers' prints it
