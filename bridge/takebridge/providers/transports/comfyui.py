"""A ComfyUI of the user's own: workflows in API format over its HTTP and WebSocket API. Facts: providers.md §4."""

from __future__ import annotations

import asyncio
import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from takebridge.errors import CapabilityError, ProviderBusyError, ProviderUnavailableError
from takebridge.providers.comfyui.filling import filled, seed_of
from takebridge.providers.comfyui.sights import Sight, jobs_path, location_of, running_id, sight_of
from takebridge.providers.comfyui.watching import Watcher
from takebridge.providers.comfyui.workflows import Workflow, check_approved, load_workflow
from takebridge.providers.protocol import Artifact, JobUpdate, ProviderStatus, RemoteJob
from takebridge.providers.remote.door import Door, Reply
from takebridge.providers.remote.order import Order
from takebridge.providers.remote.refusals import Refusal, plain_refusal, shortened
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf

SUBFOLDER = "takebridge"
"""Folder of the server's inputs that our uploads go to."""

_IDS = uuid.UUID("5f0f6b0e-3c5e-4d3f-9a51-7b1f6f0a2c11")
_STOP_LOOKS, _STOP_PAUSE = 40, 0.25


class ComfyUI:
    """A `Transport`. Remembers nothing a later process needs; only progress is heard between two looks."""

    name = "comfyui"

    def __init__(self) -> None:
        self._watchers: WeakKeyDictionary[Door, Watcher] = WeakKeyDictionary()

    def auth(self, key: Secret | None) -> Mapping[str, str]:
        """Return the key's header; a server of one's own usually wants none."""
        return {"X-API-Key": key.reveal()} if key else {}

    def explain(self, reply: Reply) -> Refusal:
        """Classify ``{error: {type, message, details, extra_info}, node_errors}`` and its older forms."""
        found = reply.fields()
        reason = "; ".join(dict.fromkeys(_faults(found)))
        if reply.status == 404 and not found:
            return Refusal("invalid_input", "There is no ComfyUI at this address.")
        return plain_refusal(reply.status, reason or _plain(reply), reply.retry_after)

    async def submit(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob:
        """Run a workflow under an id made of the token; a run that is known by it already is not started again.

        Raises CapabilityError for a workflow that is unfit, not approved, or refused by the server.
        """
        workflow = await asyncio.to_thread(load_workflow, order.remote_id)
        check_approved(workflow)
        if (known := await self._known(door, order, workflow)) is not None:
            return known

        async def upload(path: Path, kind: str) -> str:
            return await _uploaded(door, path, kind)

        prompt_id = _prompt_id(order)
        body: dict[str, Any] = {
            "prompt": await filled(workflow, order, upload),
            "client_id": _client(order),
            "prompt_id": prompt_id,
        }
        if workflow.binding.comfy_org_key and door.account.key is not None:
            body["extra_data"] = {"api_key_comfy_org": door.account.key.reveal()}
        reply = await door.spend("/prompt", json=body)
        given = reply.fields().get("prompt_id")
        if not isinstance(given, str) or not given:
            raise door.garbled()
        job = _job(door, order, workflow, given)
        # Taken, but for parts of the graph that cannot run: why, in case it is ours that are missing in the end.
        faults = "; ".join(_faults({"node_errors": reply.fields().get("node_errors")}))
        return job.model_copy(update={"details": {**job.details, "faults": shortened(faults)}}) if faults else job

    async def poll(self, door: Door, job: RemoteJob, shelf: Shelf) -> JobUpdate:
        """Look once; while it runs, say how far it is as far as its events tell."""
        sight = await sight_of(door, job.id)
        watcher = self._watchers.setdefault(door, Watcher())
        if sight.state in ("queued", "running"):
            watch = watcher.watch(door, job.id, job.details.get("client", ""), int(job.details.get("nodes", "0") or 0))
            done = watch.percent if sight.state == "running" else 0
            return JobUpdate(state=sight.state, done=done, total=100)
        watcher.leave(job.id)
        if sight.state == "done":
            return _done(door, job, sight)
        return _ended(sight)

    async def cancel(self, door: Door, job: RemoteJob) -> None:
        """Stop the run and wait until it rests. Raises ProviderBusyError when it still runs after ten seconds."""
        reply = await door.look(f"{jobs_path(door)}/{job.id}/cancel", method="POST", json={})
        if reply.status != 200 or "cancelled" not in reply.fields():
            await door.look("/queue", method="POST", json={"delete": [job.id]})
            # Versions that do not know prompt_id interrupt whatever runs: only when that is ours.
            if await running_id(door) == job.id:
                await door.look("/interrupt", method="POST", again=False, json={"prompt_id": job.id})
        for _ in range(_STOP_LOOKS):
            if (await sight_of(door, job.id)).state not in ("queued", "running"):
                self._watchers.setdefault(door, Watcher()).leave(job.id)
                return
            await asyncio.sleep(_STOP_PAUSE)
        raise ProviderBusyError("ComfyUI was told to stop and still runs.", hint="It stops after the step it is at.")

    async def find(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob | None:
        """Look for a run by the id that belongs to the token; None as well where the workflow file is gone."""
        try:
            workflow = await asyncio.to_thread(load_workflow, order.remote_id)
        except CapabilityError:
            return None
        return await self._known(door, order, workflow)

    async def check(self, door: Door) -> ProviderStatus:
        """Ask for the system's state, which costs nothing."""
        try:
            found = (await door.ask("/system_stats", again=False)).fields()
        except ProviderUnavailableError as error:
            hint = "Start ComfyUI, or set its address: TAKEBRIDGE_COMFYUI_URL."
            return ProviderStatus(ready=False, message=error.message, hint=hint)
        system, devices = found.get("system"), found.get("devices")
        version = system.get("comfyui_version", "") if isinstance(system, dict) else ""
        first = devices[0] if isinstance(devices, list) and devices and isinstance(devices[0], dict) else {}
        free = first.get("vram_free")
        room = f", {free / 2**30:.1f} GB free" if isinstance(free, int | float) and 0 <= free < 2**50 else ""
        named = f" on {first.get('name', 'its device')}{room}" if first else ""
        return ProviderStatus(ready=True, message=f"ComfyUI {version} answers{named}.".replace("  ", " "))

    async def _known(self, door: Door, order: Order, workflow: Workflow) -> RemoteJob | None:
        prompt_id = _prompt_id(order)
        found = await sight_of(door, prompt_id)
        return None if found.state == "lost" else _job(door, order, workflow, prompt_id)


TRANSPORT = ComfyUI()


def _prompt_id(order: Order) -> str:
    """The id we choose (taken since 0.3.45): the same for the same token."""
    return str(uuid.uuid5(_IDS, order.request.token))


def _client(order: Order) -> str:
    """The WebSocket client a run's events go to; a later process listens under the same."""
    return f"takebridge-{_prompt_id(order)}"


def _job(door: Door, order: Order, workflow: Workflow, prompt_id: str) -> RemoteJob:
    seed = seed_of(workflow, order)
    wanted = {port: output.node for port, output in workflow.binding.outputs.items()}
    details = {"outputs": json.dumps(wanted), "nodes": str(len(workflow.graph)), "client": _client(order)}
    return RemoteJob(
        provider=door.account.facts.provider,
        id=prompt_id,
        model=order.profile.id,
        details=details if seed is None else {**details, "seed": str(seed)},
    )


def _ended(sight: Sight) -> JobUpdate:
    match sight.state:
        case "failed":
            told = f"ComfyUI stopped at an error. {sight.reason}".strip()
            return JobUpdate(state="failed", error_code="server", error_message=told, error_hint=_hint(sight.reason))
        case "lost":
            return JobUpdate(
                state="lost",
                error_message="ComfyUI no longer knows this run.",
                error_hint="A restart empties its history. Generate again; its output folder may hold the file.",
            )
    return JobUpdate(state=sight.state)


def _done(door: Door, job: RemoteJob, sight: Sight) -> JobUpdate:
    artifacts = []
    for port, node in json.loads(job.details["outputs"]).items():
        if (location := location_of(door, sight, node, port)) is None:
            told = f"The workflow has run, but its node {node} left no {port} behind."
            return JobUpdate(
                state="failed",
                error_code="server",
                error_message=f"{told} {job.details.get('faults', '')}".strip(),
                error_hint="Run it in ComfyUI: a node that saves may be bypassed, or the binding names another node.",
            )
        artifacts.append(Artifact(port=port, media_type=port, location=location))
    seed = job.details.get("seed", "")
    return JobUpdate(state="done", artifacts=tuple(artifacts), seed_used=int(seed) if seed else None)


async def _uploaded(door: Door, path: Path, kind: str) -> str:
    """Bring a file to the server's inputs, named by its content; return what a node calls it."""
    data = await asyncio.to_thread(path.read_bytes)
    name = f"{hashlib.sha256(data).hexdigest()[:24]}{path.suffix.lower()}"
    reply = await door.ask(
        "/upload/image",
        method="POST",
        files={"image": (name, data, kind)},
        data={"overwrite": "true", "type": "input", "subfolder": SUBFOLDER},
    )
    found = reply.fields()
    if not isinstance(found.get("name"), str) or not found["name"]:
        raise ProviderBusyError("ComfyUI did not say where it put the file.")
    return f"{found['subfolder']}/{found['name']}" if found.get("subfolder") else str(found["name"])


# --- refusals -------------------------------------------------------------------------------------------


def _faults(found: Mapping[str, Any]) -> Iterator[str]:
    """Each fault of a refused graph, in words: a node that is not installed, a file that is not there."""
    error = found.get("error")
    nodes = found.get("node_errors")
    if isinstance(nodes, dict):
        for number, one in nodes.items():
            yield from _node_faults(number, one)
    if isinstance(error, str):
        yield error
    elif isinstance(error, dict):
        extra = error.get("extra_info")
        more: Mapping[str, Any] = extra if isinstance(extra, dict) else {}
        kind = more.get("class_type")
        if kind and error.get("type") in ("missing_node_type", "invalid_prompt"):
            yield f"The node type “{kind}” is not installed on this ComfyUI (node {more.get('node_id', '?')})"
        elif not nodes:
            yield " ".join(str(error[name]) for name in ("message", "details") if error.get(name))


def _node_faults(number: str, one: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    errors = one.get("errors") if isinstance(one, dict) else None
    for fault in errors if isinstance(errors, list) else ():
        if isinstance(fault, dict):
            said = ": ".join(str(fault[name]) for name in ("message", "details") if fault.get(name))
            yield f"{one.get('class_type', 'node')} {number}: {said}"


def _plain(reply: Reply) -> str:
    """What a server says that answers in text (aiohttp, a proxy)."""
    found = reply.fields()
    said = found.get("message") or found.get("detail") or ""
    return said if isinstance(said, str) else ""


def _hint(reason: str) -> str:
    if "memory" in reason.lower():
        return "The graphics card has too little memory: ask for a smaller or shorter result, or free memory there."
    return "Run the workflow in ComfyUI: it shows the node and the whole error."
