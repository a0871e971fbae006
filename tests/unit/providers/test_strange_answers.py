"""Whatever a provider answers, a look gives an update or one of our errors, never a traceback."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from takebridge.errors import BridgeError, UnknownOutcomeError
from takebridge.providers import catalog
from takebridge.providers.protocol import GenerationRequest, JobUpdate, ProviderStatus, RemoteJob
from takebridge.providers.remote.door import Account, Door
from takebridge.providers.remote.order import Order, mode_of
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf
from takebridge.providers.transports import transport_named

STRANGE: list[Any] = [None, 5, -1.5, "odd", "", True, [], [5], {}, {"odd": 1}, float("nan"), float("inf"), 10**400]
URL = "https://example.com/take.mp4"
TASK = {"task_id": "t", "task_status": "succeed", "task_result": {"videos": [{"id": "v", "url": URL, "duration": "5"}]}}
WORLD = {"world_id": "w", "assets": {"splats": {"spz_urls": {"full_res": URL}}, "mesh": {"collider_mesh_url": URL}}}
ANSWERS: dict[str, list[dict[str, Any]]] = {
    "luma": [
        {"id": "g", "state": "completed", "model": "ray-3.2", "output": [{"type": "video", "url": URL}]},
        {"id": "g", "state": "failed", "failure_code": "content_moderated", "failure_reason": "x"},
    ],
    "kling": [
        {"code": 0, "message": "", "data": TASK},
        {"code": 0, "data": {"task_id": "t", "task_status": "failed", "task_status_msg": "x"}},
    ],
    "vidu": [
        {"state": "success", "credits": 4, "creations": [{"id": "c", "url": URL}]},
        {"state": "processing", "progress": 40},
        {"state": "failed", "err_code": "CreationPolicyViolation", "credits": 0},
    ],
    "sync": [
        {"id": "s", "status": "COMPLETED", "model": "sync-3", "outputUrl": URL, "outputDuration": 2.0},
        {"id": "s", "status": "FAILED", "error": "x", "errorCode": "y"},
    ],
    "tripo": [
        {"code": 0, "data": {"status": "success", "input": {"model_seed": 1}, "output": {"model_url": URL}}},
        {"code": 0, "data": {"status": "running", "progress": 40, "running_left_time": 9}},
        {"code": 0, "data": {"status": "failed", "error_code": 2008, "error_msg": "x"}},
    ],
    "meshy": [
        {"id": "m", "status": "SUCCEEDED", "model_urls": {"glb": URL}, "task_error": {"message": ""}},
        {"id": "m", "status": "IN_PROGRESS", "progress": 40},
        {"id": "m", "status": "FAILED", "task_error": {"message": "x"}},
    ],
    "worldlabs": [
        {"operation_id": "o", "done": True, "response": WORLD, "cost": {"total_credits": 1580}},
        {"operation_id": "o", "done": True, "error": {"code": 400, "message": "x"}},
    ],
}
SUBMITS: dict[str, Any] = {
    "luma": {"id": "t", "state": "queued"},
    "kling": {"code": 0, "message": "", "data": {"task_id": "t", "task_status": "submitted"}},
    "vidu": {"task_id": "t", "state": "created", "credits": 4},
    "tripo": {"code": 0, "data": {"task_id": "t"}},
    "worldlabs": {"operation_id": "t", "done": False},
}
CHECKS: dict[str, Any] = {
    "luma": {"data": [], "has_more": False},
    "kling": {"code": 0, "data": {"resource_pack_subscribe_infos": [{"remaining_quantity": 4.5}]}},
    "vidu": {"remains": [{"credit_remain": 5}]},
    "sync": [{"id": "a", "name": "sync-3"}],
    "tripo": {"code": 0, "data": {"balance": 5}},
    "meshy": {"balance": 5},
    "worldlabs": {"balance": 5},
}


def bent(answer: Any) -> Iterator[Any]:
    """Yield the answer with each of its parts, in turn, replaced by something strange."""
    yield from STRANGE
    for path in _paths(answer):
        for strange in STRANGE:
            found = copy.deepcopy(answer)
            at = found
            for part in path[:-1]:
                at = at[part]
            at[path[-1]] = strange
            yield found


def _paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield (*here, name)
        yield from _paths(part, (*here, name))


async def _told(name: str, answers: list[Any], home: Path, verb: str) -> list[Any]:
    """Let a transport look once at each answer; return what it made of them."""
    transport, facts = transport_named(name), catalog.load_file(name).facts
    details = {"path": "/v1/videos/text2video", "port": "video"}
    job = RemoteJob(provider=name, id="job", model=f"{name}/any", details=details)
    left = iter(answers)

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=json.dumps(next(left)))

    door = Door(Account(facts, facts.base_url, {}, Secret("a:b")), transport.auth, transport.explain)
    await door.client.aclose()
    door.client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    found: list[Any] = []
    for _ in answers:
        try:
            match verb:
                case "check":
                    found.append(await transport.check(door))
                case "poll":
                    found.append(await transport.poll(door, job, Shelf(home)))
                case _:
                    found.append(await transport.submit(door, _order(name), Shelf(home)))
        except BridgeError as error:
            assert error.hint
            found.append(error)
    await door.aclose()
    return found


def _order(name: str) -> Order:
    """An order in words alone."""
    profile = next(one for one in catalog.load_catalog(name) if one.prompt and one.lifecycle == "available")
    request = GenerationRequest(token="test-token-1", model=profile.id, kind=profile.kind, prompt="a red kite")
    return Order(request, profile, mode_of(profile, ()))


@pytest.mark.parametrize("name", SUBMITS)
def test_a_strange_answer_to_a_submit_is_a_job_or_an_error_of_ours(name: str, tmp_path: Path) -> None:
    (good,) = asyncio.run(_told(name, [SUBMITS[name]], tmp_path, "submit"))
    assert isinstance(good, RemoteJob)
    assert good.id == "t"
    told = asyncio.run(_told(name, list(bent(SUBMITS[name])), tmp_path, "submit"))
    jobs = [one for one in told if isinstance(one, RemoteJob)]
    assert {one.id for one in jobs} <= {"t", "odd"}, "no job without an id"
    unsure = [one for one in told if isinstance(one, UnknownOutcomeError)]
    assert len(unsure) >= len(STRANGE), "what nobody understands may have started something"


@pytest.mark.parametrize("name", ANSWERS)
def test_a_strange_status_is_an_update_or_an_error_of_ours(name: str, tmp_path: Path) -> None:
    for answer in ANSWERS[name]:
        told = asyncio.run(_told(name, list(bent(answer)), tmp_path, "poll"))
        assert len(told) >= 3 * len(STRANGE)
        assert all(isinstance(one, JobUpdate | BridgeError) for one in told)
        ended = [one for one in told if isinstance(one, JobUpdate) and one.state == "done"]
        assert all(one.artifacts[0].location for one in ended)
        assert all(one.cost_micros is None or one.cost_micros >= 0 for one in told if isinstance(one, JobUpdate))
        assert all(one.error_hint for one in told if isinstance(one, JobUpdate) and one.state == "failed")


@pytest.mark.parametrize("name", CHECKS)
def test_a_strange_balance_is_a_status_or_an_error_of_ours(name: str, tmp_path: Path) -> None:
    (good,) = asyncio.run(_told(name, [CHECKS[name]], tmp_path, "check"))
    assert isinstance(good, ProviderStatus)
    assert good.ready
    told = asyncio.run(_told(name, list(bent(CHECKS[name])), tmp_path, "check"))
    assert all(isinstance(one, ProviderStatus | BridgeError) for one in told)
