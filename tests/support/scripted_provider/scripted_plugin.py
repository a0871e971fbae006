"""The plug-in the bridge loads: a provider over the scripted server, and the faults of `scripted_faults`.

``TAKEBRIDGE_TEST_PROVIDER`` is the server's URL. ``TAKEBRIDGE_TEST_BROKEN`` makes the bridge break a promise, to prove
that the checks see it: ``double_submit`` sends every order twice, ``swallow_take`` commits no generated take,
``forget_charge`` gives every charge back in the ledger.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import scripted_faults
from scripted_faults import TRAP
from scripted_script import BLIND, HIGH_MICROS, LOW_MICROS, PLAIN, SAFE

from takebridge.errors import CapabilityError, DiskFullError, JobFailedError, ProviderUnavailableError
from takebridge.providers.protocol import (
    Artifact,
    GenerationRequest,
    InputSlot,
    JobUpdate,
    ModelProfile,
    Price,
    ProviderStatus,
    RemoteJob,
)

_STATES = {"queued", "running", "done", "failed", "cancelled"}
_WHOLE_SECONDS = 20.0
_ROLES = ("text", "style_text", "reference_image", "start_frame", "end_frame", "source_video")


def _profile(name: str) -> ModelProfile:
    known = name != BLIND
    return ModelProfile(
        id=name,
        provider="scripted",
        title=name,
        kind="video",
        inputs=tuple(InputSlot(role=role, minimum=0, maximum=8) for role in _ROLES),  # type: ignore[arg-type]
        params={"avoid": "", "aspect": "auto", "resolution": "720p", "rate": "auto", "sound": False},
        seed=True,
        prompt=True,
        price=Price(low_micros=LOW_MICROS if known else None, high_micros=HIGH_MICROS if known else None),
        idempotent_submit=name == SAFE,
        concurrency=4,
    )


class BusyError(DiskFullError):
    """The result cannot be had now, but may be later."""


class ScriptedProvider:
    """The four verbs over HTTP."""

    name = "scripted"

    def __init__(self, url: str) -> None:
        self._url = url
        self._broken = os.environ.get("TAKEBRIDGE_TEST_BROKEN", "")

    def models(self) -> Sequence[ModelProfile]:
        """Three models, as `scripted_script` describes them."""
        return tuple(_profile(name) for name in (PLAIN, SAFE, BLIND))

    async def check(self) -> ProviderStatus:
        """Always ready."""
        return ProviderStatus(ready=True, message="Scripted.")

    async def submit(self, request: GenerationRequest) -> RemoteJob:
        """Order a job. Only a refusal and an overload prove that nothing was accepted."""
        TRAP.passed("submit.before")
        hold = TRAP.armed("submit.sent")
        body = {"token": request.token, "model": request.model, "prompt": request.prompt}
        body |= {"once": request.model == SAFE, "hold": hold}
        async with self._client() as client:
            sending = asyncio.create_task(client.post("/jobs", json=body))
            if hold:  # charged, and the answer is on its way: die now
                await client.get(f"/seen/{request.token}")
                TRAP.die("submit.sent")
            reply = await sending
            if self._broken == "double_submit":
                await client.post("/jobs", json={**body, "once": False})
        if reply.status_code == 422:
            raise CapabilityError(reply.json()["error"], hint="Change the prompt.")
        if reply.status_code == 503:
            raise ProviderUnavailableError(reply.json()["error"], hint="Try again later.")
        reply.raise_for_status()
        TRAP.passed("submit.answered")
        return RemoteJob(provider=self.name, id=reply.json()["id"], model=request.model)

    async def poll(self, job: RemoteJob) -> JobUpdate:
        """Look once and pass on what the provider says, lies included."""
        TRAP.passed("poll.before")
        async with self._client() as client:
            reply = await client.get(f"/jobs/{job.id}")
        if reply.status_code == 404:
            return JobUpdate(state="lost", error_message="The provider has no such job.")
        told = reply.json()
        TRAP.passed("poll.after")
        return _update(told, job)

    async def cancel(self, job: RemoteJob) -> None:
        """Cancel; what was charged stays charged."""
        async with self._client() as client:
            await client.post(f"/jobs/{job.id}/cancel", json={})

    async def download(
        self, artifact: Artifact, into: Path, progress: Callable[[int, int], None] | None = None
    ) -> Path:
        """Stream the result into a file of ours."""
        TRAP.passed("download.before")
        target = into / f"{artifact.port}.mp4"
        part = target.with_suffix(".part")
        async with self._client() as client, client.stream("GET", artifact.location) as reply:
            if reply.status_code == 503:
                raise BusyError("The result is not there yet.", hint="Look again.")
            if reply.is_error:
                raise JobFailedError("The result is gone.", hint="Generate again.")
            with part.open("wb") as file:
                async for piece in reply.aiter_bytes(256):
                    file.write(piece)
                    file.flush()
                    TRAP.passed("download.middle")
        part.replace(target)
        TRAP.passed("download.after")
        return target

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self._url, timeout=_WHOLE_SECONDS, trust_env=False)


def _update(told: dict[str, Any], job: RemoteJob) -> JobUpdate:
    state = told["status"] if told["status"] in _STATES else "lost"
    facts: dict[str, Any] = {"state": state, "done": told.get("done", 0), "total": told.get("total", 0)}
    facts["artifacts"] = tuple(
        Artifact(port=item["port"], media_type=item["media_type"], location=item["path"])
        for item in told.get("artifacts", ())
    )
    if told.get("error"):
        facts |= {"error_code": "job_failed", "error_message": told["error"], "error_hint": "Generate again."}
    if "cost" in told and "cost_micros" in JobUpdate.model_fields:
        facts["cost_micros"] = told["cost"]
    return JobUpdate(**facts, model_reported=job.model)


def _break_a_promise() -> None:
    """Make the bridge do what it must never do (see the module)."""
    broken = os.environ.get("TAKEBRIDGE_TEST_BROKEN", "")
    if broken == "swallow_take":
        from takebridge.services.desk import Desk

        keep = Desk.apply

        def swallow(self: Desk, canvas_id: Any, ops: Any, **named: Any) -> Any:
            ends = [op for op in ops if op.op == "add_take" and op.take.origin == "generated"]
            return self.view(canvas_id) if ends else keep(self, canvas_id, ops, **named)

        Desk.apply = swallow  # type: ignore[method-assign]
    elif broken == "forget_charge":
        from takebridge.store.ledger import Ledger

        Ledger.settle = lambda self, token, _actual: self.refund(token)  # type: ignore[method-assign,assignment,misc]


def scripted_provider(_home: Path) -> ScriptedProvider:
    """Build the provider; called once by the bridge's start."""
    scripted_faults.install()
    _break_a_promise()
    return ScriptedProvider(os.environ["TAKEBRIDGE_TEST_PROVIDER"])
