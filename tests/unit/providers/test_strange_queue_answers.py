"""Whatever the queues of fal, Runway, Replicate and Black Forest Labs answer: an update or one of our errors."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.unit.providers.test_strange_answers import STRANGE, bent

from takebridge.errors import BridgeError, UnknownOutcomeError
from takebridge.providers import catalog
from takebridge.providers.protocol import GenerationRequest, JobUpdate, ProviderStatus, RemoteJob
from takebridge.providers.remote.door import Account, Door
from takebridge.providers.remote.order import Order, mode_of
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf
from takebridge.providers.transports import transport_named

URL = "https://example.com/take.mp4"
DONE = {"status": "COMPLETED", "request_id": "r", "logs": [], "metrics": {"inference_time": 1.5}}
POLLS: dict[str, list[dict[str, Any]]] = {
    "fal": [{"video": {"url": URL, "file_size": 1}, "seed": 4, "has_nsfw_concepts": [False]}],
    "runway": [
        {"id": "t", "status": "SUCCEEDED", "output": [URL], "cost": {"credits": 5}},
        {"id": "t", "status": "RUNNING", "progress": 0.5, "estimatedCost": {"credits": 5}},
        {"id": "t", "status": "FAILED", "failure": "x", "failureCode": "SAFETY.INPUT.TEXT", "cost": {"credits": 0}},
        {"id": "t", "status": "CANCELLED", "cost": {"credits": 0}},
    ],
    "replicate": [
        {"id": "t", "status": "succeeded", "output": {"video": [URL]}, "model": "a/b", "version": "c", "logs": "x"},
        {"id": "t", "status": "processing", "logs": " 40%|████      | 20/50 [00:10<00:15,  2.00it/s]"},
        {"id": "t", "status": "failed", "error": "flagged as sensitive"},
    ],
    "bfl": [
        {"id": "t", "status": "Ready", "result": {"sample": URL, "seed": 4}},
        {"id": "t", "status": "Pending", "progress": 0.5},
        {"id": "t", "status": "Content Moderated", "details": {"Moderation Reasons": ["x"]}},
    ],
}
SUBMITS: dict[str, dict[str, Any]] = {
    "fal": {"request_id": "t", "status": "IN_QUEUE", "status_url": "https://queue.fal.run/a/b/requests/t/status"},
    "runway": {"id": "t", "estimatedCost": {"credits": 5}},
    "replicate": {"id": "t", "status": "starting", "urls": {"get": URL}},
    "bfl": {"id": "t", "polling_url": "https://api.bfl.ai/v1/get_result?id=t", "cost": 5.0},
}
CHECKS: dict[str, dict[str, Any]] = {
    "fal": {"token": "t", "token_type": "Bearer", "base_url": "https://v3.fal.media"},
    "runway": {"creditBalance": 5, "tier": {}, "usage": {}},
    "replicate": {"type": "user", "username": "kite"},
    "bfl": {"credits": 5.5},
}
REFUSALS: dict[str, list[dict[str, Any]]] = {
    "fal": [{"detail": [{"loc": ["body", "prompt"], "msg": "x", "type": "content_policy_violation"}]}, {"detail": "x"}],
    "runway": [{"error": "x", "issues": [{"path": ["model"], "message": "y"}]}],
    "replicate": [{"title": "x", "detail": "y", "status": 422}],
    "bfl": [{"detail": [{"loc": ["body", "prompt"], "msg": "x"}]}],
}


async def _told(name: str, answers: list[Any], home: Path, verb: str, status: int = 200) -> list[Any]:
    """Let a transport take each answer once; return what it made of them. fal's status is always COMPLETED."""
    transport, facts = transport_named(name), catalog.load_file(name).facts
    places = {"status_url": "/a/b/requests/t/status", "response_url": "/a/b/requests/t"}
    details = {"port": "video", "media": "video", "polling_url": "/v1/get_result?id=t", "cost_micros": "5", **places}
    job = RemoteJob(provider=name, id="t", model=f"{name}/any", details=details)
    left = iter(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        told = DONE if request.url.path.endswith("/status") else next(left)
        return httpx.Response(status, content=json.dumps(told))

    door = Door(Account(facts, facts.base_url, facts.hosts, Secret("k")), transport.auth, transport.explain)
    await door.client.aclose()
    door.client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    order, found = _order(name), list[Any]()
    for _ in answers:
        try:
            match verb:
                case "check":
                    found.append(await transport.check(door))
                case "poll":
                    found.append(await transport.poll(door, job, Shelf(home)))
                case _:
                    found.append(await transport.submit(door, order, Shelf(home)))
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


@pytest.mark.parametrize("name", POLLS)
def test_a_strange_status_is_an_update_or_an_error_of_ours(name: str, tmp_path: Path) -> None:
    for answer in POLLS[name]:
        told = asyncio.run(_told(name, list(bent(answer)), tmp_path, "poll"))
        assert len(told) >= 3 * len(STRANGE)
        updates = [one for one in told if isinstance(one, JobUpdate)]
        assert all(one.artifacts[0].location for one in updates if one.state == "done")
        assert all(one.cost_micros is None or one.cost_micros >= 0 for one in updates)
        assert all(one.error_hint for one in updates if one.state == "failed")


@pytest.mark.parametrize("name", SUBMITS)
def test_a_strange_answer_to_a_submit_is_a_job_or_an_unknown_outcome(name: str, tmp_path: Path) -> None:
    (good,) = asyncio.run(_told(name, [SUBMITS[name]], tmp_path, "submit"))
    assert (isinstance(good, RemoteJob), good.id) == (True, "t")
    told = asyncio.run(_told(name, list(bent(SUBMITS[name])), tmp_path, "submit"))
    assert {one.id for one in told if isinstance(one, RemoteJob)} == {"t", "odd"}
    assert all(isinstance(one, RemoteJob | UnknownOutcomeError) for one in told)


@pytest.mark.parametrize("name", REFUSALS)
def test_a_strange_refusal_is_an_error_of_ours(name: str, tmp_path: Path) -> None:
    for answer in REFUSALS[name]:
        for status in (400, 403, 422):
            told = asyncio.run(_told(name, list(bent(answer)), tmp_path, "submit", status))
            assert all(isinstance(one, BridgeError) for one in told)


@pytest.mark.parametrize("name", CHECKS)
def test_a_strange_check_is_a_status_or_an_error_of_ours(name: str, tmp_path: Path) -> None:
    (good,) = asyncio.run(_told(name, [CHECKS[name]], tmp_path, "check"))
    assert isinstance(good, ProviderStatus)
    assert good.ready
    told = asyncio.run(_told(name, list(bent(CHECKS[name])), tmp_path, "check"))
    assert all(isinstance(one, ProviderStatus | BridgeError) for one in told)
