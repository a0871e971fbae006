"""Whatever ElevenLabs, Fish Audio or a ComfyUI answers: an update, a job or one of our errors, never a traceback."""

from __future__ import annotations

import asyncio
import base64
import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from takebridge.errors import BridgeError
from takebridge.providers import catalog
from takebridge.providers.comfyui.filling import filled
from takebridge.providers.comfyui.profiles import comfyui_models, workflow_problems
from takebridge.providers.comfyui.watching import Watch
from takebridge.providers.comfyui.workflows import load_workflow
from takebridge.providers.protocol import GenerationRequest, JobUpdate, ModelProfile, ProviderStatus, RemoteJob
from takebridge.providers.remote.door import Account, Door, Reply
from takebridge.providers.remote.order import Order, mode_of
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf
from takebridge.providers.remote.spoken import captions_of
from takebridge.providers.transports import transport_named

STRANGE: list[Any] = [None, 5, -1.5, "odd", "", True, [], [5], {}, {"odd": 1}, float("nan"), 10**400]
GEORGE = "JBFqnCBsd6RMkjVDRZzb"
FILES = {"images": [{"filename": "a.png", "subfolder": "", "type": "output"}]}
CRASH = {"node_type": "X", "exception_message": "m", "node_id": "1"}
MESSAGES = [["execution_start", {"prompt_id": "job"}], ["execution_error", CRASH]]
RUNS: list[dict[str, Any]] = [
    {
        "/api/jobs/job": {
            "id": "job",
            "status": "completed",
            "outputs": {"9": FILES},
            "execution_status": {"messages": []},
        }
    },
    {
        "/api/jobs/job": {
            "id": "job",
            "status": "failed",
            "execution_error": CRASH,
            "execution_status": {"messages": MESSAGES},
        }
    },
    {"/history/job": {"job": {"outputs": {"9": FILES}, "status": {"status_str": "success", "messages": MESSAGES}}}},
    {"/history/job": {"job": {"outputs": {}, "status": {"status_str": "error", "messages": MESSAGES}}}},
    {
        "/history/job": {},
        "/queue": {"queue_running": [[1, "job", {}, {}, []]], "queue_pending": [[2, "x", {}, {}, []]]},
    },
]
ITEM = {
    "history_item_id": "h",
    "request_id": "r",
    "voice_id": GEORGE,
    "model_id": "eleven_v3",
    "text": "a red kite",
    "date_unix": 2_000_000_000,
    "dialogue": None,
}
TIMES = {"characters": ["a"], "character_start_times_seconds": [0.0], "character_end_times_seconds": [0.1]}
SPOKEN = {"audio_base64": base64.b64encode(b"sound").decode(), "alignment": TIMES}
ERRORS: dict[str, list[Any]] = {
    "elevenlabs": [
        {"detail": {"status": "quota_exceeded", "message": "none left"}},
        {"detail": [{"type": "missing", "loc": ["body", "text"], "msg": "Field required"}]},
    ],
    "fish": [{"status": 402, "message": "none left"}, [{"type": "missing", "loc": ["body", "text"], "msg": "Field"}]],
    "comfyui": [
        {"error": {"type": "missing_node_type", "message": "m", "details": "d", "extra_info": {"class_type": "X"}}},
        {
            "error": {"type": "x"},
            "node_errors": {"1": {"class_type": "X", "errors": [{"message": "m", "details": "d"}]}},
        },
        {"error": "no prompt"},
    ],
}


def bent(value: Any) -> Iterator[Any]:
    """Yield the value with each of its parts, and itself, replaced by something strange."""
    yield from STRANGE
    for path in _paths(value):
        for strange in STRANGE:
            found = copy.deepcopy(value)
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


Answers = dict[str, Any]


def told(name: str, all_answers: list[Answers], work: Callable[[Any, Door], Any]) -> list[Any]:
    """Do something against each set of answers by path; everything else is a 404."""

    async def whole() -> list[Any]:
        transport, facts = transport_named(name), catalog.load_file(name).facts
        now: Answers = {}

        def answer(request: httpx.Request) -> httpx.Response:
            if request.url.path not in now:
                return httpx.Response(404, text="404: Not Found")
            return httpx.Response(200, content=json.dumps(now[request.url.path]))

        door = Door(Account(facts, facts.base_url, {}, Secret("k")), transport.auth, transport.explain)
        await door.client.aclose()
        door.client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
        found = []
        for one in all_answers:
            now = one
            try:
                found.append(await work(transport, door))
            except BridgeError as error:
                assert error.hint
                found.append(error)
        await door.aclose()
        return found

    return asyncio.run(whole())


def _order(name: str) -> Order:
    profile = next(one for one in catalog.load_catalog(name) if one.prompt and one.id != "elevenlabs/tts-v4")
    request = GenerationRequest(token="test-token-1", model=profile.id, kind=profile.kind, prompt="a red kite")
    return Order(request, profile, mode_of(profile, ()))


@pytest.mark.parametrize("run", RUNS, ids=range(len(RUNS)))
def test_a_strange_run_is_an_update_or_an_error_of_ours(run: Answers, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("takebridge.providers.comfyui.watching.UNWATCHED", -1.0)
    job = RemoteJob(provider="comfyui", id="job", model="comfyui/any", details={"outputs": '{"image": "9"}'})

    async def look(transport: Any, door: Door) -> JobUpdate:
        update: JobUpdate = await transport.poll(door, job, Shelf(tmp_path))
        return update

    others: Answers = {"/history/job": {}, "/queue": {}}
    (good,) = told("comfyui", [{**others, **run}], look)
    assert isinstance(good, JobUpdate)
    assert good.state != "lost"
    for bent_path in run:
        seen = told("comfyui", [{**others, **run, bent_path: one} for one in bent(run[bent_path])], look)
        assert all(isinstance(one, JobUpdate | BridgeError) for one in seen)
        done = [one for one in seen if isinstance(one, JobUpdate) and one.state == "done"]
        assert all("/view?filename=" in one.artifacts[0].location for one in done)


def test_a_strange_answer_to_speech_is_a_job_or_an_error_of_ours(tmp_path: Path) -> None:
    path = f"/v1/text-to-speech/{GEORGE}/with-timestamps"

    async def speak(transport: Any, door: Door) -> RemoteJob:
        job: RemoteJob = await transport.submit(door, _order("elevenlabs"), Shelf(tmp_path))
        return job

    assert isinstance(told("elevenlabs", [{path: SPOKEN}], speak)[0], RemoteJob)
    seen = told("elevenlabs", [{path: one} for one in bent(SPOKEN)], speak)
    assert all(isinstance(one, RemoteJob | BridgeError) for one in seen)


def test_strange_times_cost_the_captions_and_never_the_sound() -> None:
    assert captions_of(TIMES)
    assert all(isinstance(captions_of(one), str) for one in bent(TIMES))


def test_a_strange_history_is_no_find_or_an_error_of_ours(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    sent = {"at": 1_999_999_999, "model": "eleven_v3", "voice": GEORGE, "words": ["a red kite"]}
    shelf.keep("test-token-1", "sent.json", json.dumps(sent).encode())

    async def find(transport: Any, door: Door) -> Any:
        return await transport.find(door, _order("elevenlabs"), shelf)

    (good,) = told("elevenlabs", [{"/v1/history": {"history": [ITEM], "has_more": False}}], find)
    assert good.details["history"] == "h"
    seen = told("elevenlabs", [{"/v1/history": one} for one in bent({"history": [ITEM], "has_more": False})], find)
    assert all(one is None or isinstance(one, RemoteJob | BridgeError) for one in seen)


@pytest.mark.parametrize(
    ("name", "path", "good"),
    [
        ("elevenlabs", "/v1/user/subscription", {"tier": "free", "character_count": 1, "character_limit": 2}),
        ("fish", "/wallet/self/api-credit", {"credit": "1.5"}),
        ("comfyui", "/system_stats", {"system": {"comfyui_version": "1"}, "devices": [{"name": "d", "vram_free": 1}]}),
    ],
)
def test_a_strange_state_of_the_account_is_a_status(name: str, path: str, good: Any) -> None:
    async def check(transport: Any, door: Door) -> ProviderStatus:
        status: ProviderStatus = await transport.check(door)
        return status

    seen = told(name, [{path: one} for one in [good, *bent(good)]], check)
    assert seen[0].ready
    assert all(isinstance(one, ProviderStatus | BridgeError) for one in seen)


@pytest.mark.parametrize("name", ERRORS)
def test_a_strange_error_is_explained_all_the_same(name: str) -> None:
    transport = transport_named(name)
    for error in ERRORS[name]:
        for status in (400, 401, 404, 422, 429, 500):
            for one in [error, *bent(error)]:
                refusal = transport.explain(Reply(status, {}, json.dumps(one).encode(), "http://x"))
                assert isinstance(refusal.reason, str)
    for data in (b"", b"<html>", b"\xff", b"{"):
        assert transport.explain(Reply(502, {}, data, "http://x")).kind == "server"


def test_a_strange_event_is_heard_without_harm() -> None:
    nodes = {"4": {"state": "running", "value": 1, "max": 2}}
    events = [
        {"type": "progress_state", "data": {"prompt_id": "p", "nodes": nodes}},
        {"type": "progress", "data": {"prompt_id": "p", "node": "4", "value": 1, "max": 2}},
        {"type": "executing", "data": {"prompt_id": "p", "node": "4"}},
        {"type": "execution_cached", "data": {"prompt_id": "p", "nodes": ["1", "2"]}},
    ]
    watch = Watch("p", 10)
    for event in events:
        for one in bent(event):
            watch.hear(one)
            assert 0 <= watch.percent <= 99


GRAPH: dict[str, Any] = {
    "3": {"class_type": "KSampler", "inputs": {"seed": 5, "steps": 20, "model": ["4", 0]}, "_meta": {"title": "x"}},
    "9": {"class_type": "SaveVideo", "inputs": {"filename_prefix": "x"}, "_meta": {"title": "takebridge:out:video"}},
}
BINDING: dict[str, Any] = {
    "kind": "video",
    "inputs": {
        "prompt": [{"node": "9", "field": "filename_prefix", "map": {"a": 1}}],
        "seed": {"node": 3, "field": "seed"},
        "duration": {"node": "3", "field": "steps", "form": "frames", "rate": "24/1", "step": 8, "plus": 1},
    },
    "params": {"steps": {"node": "3", "field": "steps", "min": 1, "max": 50, "default": 2, "choices": [1, 2]}},
    "outputs": {"video": {"node": "9"}},
    "duration_ms": [1000, 2000],
    "rates": ["24/1"],
}


def test_a_strange_workflow_or_binding_is_a_model_or_a_problem_in_words(tmp_path: Path) -> None:
    folder = tmp_path / "workflows"
    folder.mkdir()
    graph, sidecar = folder / "a.json", folder / "a.binding.json"
    pairs = [(one, BINDING) for one in bent(GRAPH)] + [(GRAPH, one) for one in bent(BINDING)]
    kept = 0
    for here, there in [(GRAPH, BINDING), *pairs]:
        graph.write_text(json.dumps(here), "utf-8")
        sidecar.write_text(json.dumps(there), "utf-8")
        models, problems = comfyui_models(tmp_path), workflow_problems(tmp_path)
        assert len(models) + len(problems) == 1
        kept += len(models)
        if models:
            asyncio.run(_fill(models[0]))
    assert kept > 1
    sidecar.unlink()
    for here in bent(GRAPH):
        graph.write_text(json.dumps(here), "utf-8")
        assert len(comfyui_models(tmp_path)) + len(workflow_problems(tmp_path)) == 1


async def _fill(profile: ModelProfile) -> None:
    """A model that is offered can be filled in, or says why not."""
    request = GenerationRequest(
        token="test-token-1", model=profile.id, kind=profile.kind, prompt="a", duration_ms=1500, params={"steps": 2}
    )
    try:
        workflow = load_workflow(profile.remote_id)
        assert json.dumps(await filled(workflow, Order(request, profile, mode_of(profile, ())), _upload))
    except BridgeError as error:
        assert error.hint


async def _upload(path: Path, kind: str) -> str:
    return path.name
