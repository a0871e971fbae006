"""Luma, Kling, Vidu, sync.so, Tripo, Meshy, World Labs: every mode of every profile is written as its API wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.unit.providers.every_mode import ids, inputs_for, modes_of, wishes
from tests.unit.providers.talks import Talk, talking

from takebridge.nodes.registry import builtin_kinds
from takebridge.nodes.roles import request_params
from takebridge.providers.capability import check_request
from takebridge.providers.catalog import load_catalog
from takebridge.providers.facts import Mode, ModelProfile
from takebridge.providers.negotiation import negotiate
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.kling import KlingServer
from takebridge.testing.providers.luma import LumaServer
from takebridge.testing.providers.meshy import MeshyServer
from takebridge.testing.providers.sync import SyncServer
from takebridge.testing.providers.tripo import TripoServer
from takebridge.testing.providers.vidu import ViduServer
from takebridge.testing.providers.worldlabs import WorldLabsServer

SERVERS: dict[str, Callable[[], ContractServer]] = {
    "luma": LumaServer,
    "kling": KlingServer,
    "vidu": ViduServer,
    "sync": SyncServer,
    "tripo": TripoServer,
    "meshy": MeshyServer,
    "worldlabs": WorldLabsServer,
}
PAIRS = [pair for name in SERVERS for pair in modes_of(name)]


@pytest.fixture(scope="module")
def talks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Talk]]:
    """One provider of each, for the whole file."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                talking(name, server(), tmp_path_factory.mktemp(name), key=KlingServer.key if name == "kling" else KEY)
            )
            for name, server in SERVERS.items()
        }


@pytest.mark.parametrize("pair", PAIRS, ids=ids)
def test_every_mode_is_taken(talks: dict[str, Talk], tmp_path: Path, pair: tuple[ModelProfile, Mode]) -> None:
    profile, mode = pair
    talk = talks[profile.provider]
    told = wishes(profile, mode)
    if "prompt" not in mode.body:
        told["prompt"] = ""
    before = talk.server.stage.charged
    job = talk.submit(profile.id, profile.kind, *inputs_for(profile, mode, tmp_path), **told)
    assert talk.server.stage.charged == before + 1
    assert talk.server.stage.jobs[job.id].model in (profile.remote_id, "")


@pytest.mark.parametrize("pair", PAIRS, ids=ids)
def test_a_node_left_as_it_is_can_be_sent(
    talks: dict[str, Talk], tmp_path: Path, pair: tuple[ModelProfile, Mode]
) -> None:
    """What a node asks for by default is agreed with every model of its kind, and the agreement is taken."""
    profile, mode = pair
    talk = talks[profile.provider]
    kind = next(one for one in builtin_kinds().values() if one.models == profile.kind)
    defaults = {one.name: one.default for one in kind.params}
    asked = talk.ask(
        profile.id,
        profile.kind,
        *inputs_for(profile, mode, tmp_path),
        prompt="a red kite" if "prompt" in mode.body else "",
        params=request_params(defaults),
    )
    agreed = negotiate(profile, asked, defaults=defaults)
    check_request(profile, agreed.sent)
    before = talk.server.stage.charged
    talk.run(lambda: talk.provider.submit(agreed.sent))
    assert talk.server.stage.charged == before + 1


def test_every_retired_or_superseded_model_names_one_that_is_there() -> None:
    shelves = {model.id: model for name in SERVERS for model in load_catalog(name)}
    for model in shelves.values():
        if model.lifecycle == "retired" or model.replaced_by:
            assert model.why, model.id
            assert model.replaced_by, model.id
            assert all(shelves[other].lifecycle == "available" for other in model.replaced_by), model.id
