"""Generate: a node's recipe becomes a job, and the job becomes a take. Money first: intent, submit, settle."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from takebridge.canvas.fingerprint import fingerprint, recipe_of
from takebridge.canvas.model import Canvas, Output, Recipe, Take
from takebridge.canvas.ops import AddTake, Op
from takebridge.canvas.pins import auto_pin
from takebridge.errors import (
    BridgeError,
    CapabilityError,
    JobFailedError,
    PreconditionError,
    ProviderUnavailableError,
    UnknownNodeError,
)
from takebridge.events import JsonValue
from takebridge.ids import CanvasId, JobId, NodeId, TakeId, new_id
from takebridge.jobs.port import EngineStopping, JobEngine
from takebridge.media.probe import probe
from takebridge.providers.protocol import (
    GenerationRequest,
    InputRole,
    JobUpdate,
    MediaInput,
    ModelProfile,
    RemoteJob,
)
from takebridge.providers.registry import check_request
from takebridge.services.bridge import Bridge
from takebridge.store.jobs import ENDED, JobError, JobRecord
from takebridge.store.ledger import Entry, now_text

Result = TypeVar("Result")

_ROLES: dict[str, InputRole] = {"source": "source_video", "references": "reference_image"}
_RETRY_LIMIT = 3
_POLL_SECONDS = 1.0
_AWAY_SECONDS = 30.0
"""Longest pauses between polls of a provider that answers, and of one that is away."""


# --- asking ---------------------------------------------------------------------------------------------


def start(bridge: Bridge, engine: JobEngine, canvas_id: CanvasId, node_id: NodeId, *, author: str) -> JobRecord:
    """Queue a generation of one node and return its job.

    The same recipe asked again while a job for it is under way returns that job; asked again later it makes another
    take. Raises UsageError or CapabilityError before anything is spent.
    """
    canvas = bridge.desk.view(canvas_id).canvas
    node = canvas.nodes.get(node_id)
    if node is None:
        raise UnknownNodeError("There is no such node on this canvas.", node=node_id)
    kind = bridge.desk.kinds[node.kind]
    if kind.models is None:
        raise CapabilityError(f"“{node.title}” does not generate.", hint="Generate a node behind it.", node=node_id)
    if node.locked:
        raise PreconditionError(f"“{node.title}” is locked.", hint="Unlock it first.", node=node_id)
    recipe = recipe_of(canvas, node_id, bridge.desk.kinds)
    recipe_fp = fingerprint(recipe)
    profile = bridge.providers.profile(node.model)
    job_id = JobId(new_id("job"))
    request = build_request(bridge, canvas, recipe, profile, token=job_id)
    check_request(profile, request)
    record = JobRecord(
        id=job_id,
        canvas_id=canvas_id,
        node_id=node_id,
        provider=profile.provider,
        request=request,
        recipe=recipe.model_dump_json(),
        recipe_fp=recipe_fp,
        pin_at_submission=node.pin,
        author=author,
        total=request.frame_count or 0,
        created_at=now_text(),
    )
    kept = bridge.jobs.add_or_join(record)
    if kept.id == job_id:
        announce(bridge, kept)
        engine.enqueue(job_id, profile.provider)
    return kept


def resume(bridge: Bridge, engine: JobEngine) -> None:
    """Queue every job that has not ended: a crash may have come between keeping a job and queueing it."""
    for job in bridge.jobs.all():
        if job.state not in ENDED:
            engine.enqueue(job.id, job.provider)


def build_request(
    bridge: Bridge, canvas: Canvas, recipe: Recipe, profile: ModelProfile, *, token: str
) -> GenerationRequest:
    """Turn a recipe into a provider's request.

    A source clip decides length and rate, and the framing too, except where changing the size is the point.
    """
    inputs = tuple(
        _media_input(bridge, canvas, item.take, item.content, _ROLES[item.port])
        for item in recipe.inputs
        if item.port in _ROLES
    )
    source = next((item for item in inputs if item.role == "source_video"), None)
    framed = None if profile.kind == "upscale" else source
    params = dict(recipe.params)
    seed = params.pop("seed", None)
    prompt = params.pop("prompt", "")
    return GenerationRequest(
        token=token,
        model=profile.id,
        kind=profile.kind,
        inputs=inputs,
        prompt=str(prompt),
        params=params,
        seed=seed if isinstance(seed, int) else None,
        width=framed.width if framed else None,
        height=framed.height if framed else None,
        frame_count=source.frame_count if source else None,
        rate=source.rate if source else None,
    )


def _media_input(bridge: Bridge, canvas: Canvas, take_id: TakeId, content: str, role: InputRole) -> MediaInput:
    output = next(item for item in canvas.takes[take_id].outputs.values() if item.content == content)
    path = bridge.blobs.path_of(output.content)
    info = probe(path)
    return MediaInput(
        role=role,
        path=path,
        content=content,
        width=info.width,
        height=info.height,
        frame_count=None if info.is_still else info.frame_count,
        rate=str(info.rate) if info.rate else None,
    )


def cancel(bridge: Bridge, job_id: JobId) -> JobRecord:
    """Ask a job to stop; an ended job stays as it ended. The provider's work is stopped before it reads cancelled."""

    def ask(record: JobRecord) -> JobRecord:
        return record if record.state in ENDED else record.model_copy(update={"cancel_requested": True})

    return bridge.jobs.change(job_id, ask)


def announce(bridge: Bridge, record: JobRecord) -> None:
    """Publish a job's state (a state event: never dropped)."""
    bridge.events.publish("job.changed", job_facts(record))


def job_facts(record: JobRecord) -> dict[str, JsonValue]:
    """What clients see of a job."""
    return {
        "job": record.id,
        "canvas": record.canvas_id,
        "node": record.node_id,
        "model": record.request.model,
        "state": record.state,
        "done": record.done,
        "total": record.total,
        "starts": record.starts,
        "take": record.take_id,
        "error": record.error.model_dump() if record.error else None,
        "created_at": record.created_at,
        "ended_at": record.ended_at,
    }


# --- doing ----------------------------------------------------------------------------------------------


class GenerateRunner:
    """`GenerateSteps` over a bridge. Runs in the engine's threads; provider coroutines run on the server's loop."""

    def __init__(self, bridge: Bridge, loop: asyncio.AbstractEventLoop) -> None:
        self._bridge = bridge
        self._loop = loop
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Make running steps leave without ending their jobs."""
        self._stopping.set()

    def submit(self, job_id: JobId) -> bool:
        """Commit the intent, then submit exactly once.

        An intent found without a remote job means an earlier process died in the submit window. Where submitting
        again with the same token cannot start a second job that is done; elsewhere the job ends as unknown.
        """
        record = self._bridge.jobs.get(job_id)
        profile = self._bridge.providers.profile(record.request.model)
        already = self._known_intent(job_id)
        if record.cancel_requested and not already:
            return self._end(job_id, "cancelled")
        entry = self._bridge.ledger.intend(_entry(record, profile))
        if entry.remote_job is not None:
            return True
        if entry.state == "released":
            return self._end(job_id, "failed", _REFUSED)
        if already and not profile.idempotent_submit:
            return self._unknown(job_id)
        try:
            remote = self._run(self._bridge.providers.providers[record.provider].submit(record.request))
        except (CapabilityError, ProviderUnavailableError) as error:
            self._bridge.ledger.release(job_id)
            return self._end(job_id, "failed", _job_error(error))
        except Exception:  # noqa: BLE001 - only the two above prove that nothing was accepted (providers/protocol.py)
            return self._unknown(job_id)
        self._bridge.ledger.submitted(job_id, remote.model_dump_json())
        self._change(job_id, state="running", starts=record.starts + 1)
        return True

    def wait(self, job_id: JobId) -> bool:
        """Poll until the provider is done. Each entry after a restart continues with the stored remote job.

        A provider that is away for now is polled on, less and less often: the job may be running there all the same.
        """
        remote = self._remote(job_id)
        provider = self._bridge.providers.providers[remote.provider]
        pause = 0.1
        while True:
            if self._bridge.jobs.get(job_id).cancel_requested:
                self._run(provider.cancel(remote))
                self._close_entry(job_id)
                return self._end(job_id, "cancelled")
            longest = _POLL_SECONDS
            try:
                update = self._run(provider.poll(remote))
            except BridgeError as error:
                if not error.retryable:
                    return self._out_of_sight(job_id, error)
                update, longest = JobUpdate(state="running", done=self._bridge.jobs.get(job_id).done), _AWAY_SECONDS
            if update.state == "done":
                return True
            if update.state in ("failed", "cancelled", "lost"):
                self._close_entry(job_id)
                ended = "cancelled" if update.state == "cancelled" else "failed"
                return self._end(job_id, ended, _update_error(update))
            self._progress(job_id, update)
            if self._stopping.wait(pause):
                raise EngineStopping
            pause = min(pause * 1.5, longest)

    def collect(self, job_id: JobId) -> bool:
        """Download, store and add the take. Its id follows from the job's, so it can be added only once."""
        record = self._bridge.jobs.get(job_id)
        remote = self._remote(job_id)
        provider = self._bridge.providers.providers[remote.provider]
        take_id = TakeId(f"take_{job_id.removeprefix('job_')}")
        if take_id not in self._bridge.desk.view(record.canvas_id).canvas.takes:
            folder = self._bridge.layout.scratch / job_id
            try:
                update = self._run(provider.poll(remote))
                outputs = self._download(provider, update, folder)
                take = self._take(record, take_id, outputs, update)
            except BridgeError as error:
                self._close_entry(job_id)
                return self._end(job_id, "failed", _job_error(error))
            finally:
                _remove_tree(folder)
            self._add(record, take)
        self._close_entry(job_id)
        return self._end(job_id, "done", take_id=take_id)

    def crashed(self, job_id: JobId, reason: str) -> None:
        """Record an error nobody foresaw."""
        self._end(job_id, "failed", JobError(code="internal", message=reason, hint="Run 'takebridge doctor'."))

    # --- pieces

    def _unknown(self, job_id: JobId) -> bool:
        self._bridge.ledger.mark_unknown(job_id)
        return self._end(job_id, "unknown", _UNKNOWN)

    def _out_of_sight(self, job_id: JobId, error: BridgeError) -> bool:
        """The provider cannot be asked any more. What costs nothing has failed; anything else may be running there."""
        free = self._bridge.ledger.get(job_id).high_micros == 0
        if free:
            self._close_entry(job_id)
        else:
            self._bridge.ledger.mark_unknown(job_id)
        return self._end(job_id, "failed" if free else "unknown", _job_error(error))

    def _known_intent(self, job_id: JobId) -> bool:
        with contextlib.suppress(BridgeError):
            self._bridge.ledger.get(job_id)
            return True
        return False

    def _remote(self, job_id: JobId) -> RemoteJob:
        return RemoteJob.model_validate_json(self._bridge.ledger.get(job_id).remote_job or "")

    def _close_entry(self, job_id: JobId) -> None:
        """Settle at nothing where the price is nothing; what a priced job cost is not known here."""
        self._bridge.ledger.settle(job_id, 0 if self._bridge.ledger.get(job_id).high_micros == 0 else None)

    def _download(self, provider: Any, update: JobUpdate, folder: Path) -> dict[str, Output]:  # noqa: ANN401
        folder.mkdir(parents=True, exist_ok=True)
        outputs: dict[str, Output] = {}
        for artifact in update.artifacts:
            path = self._run(provider.download(artifact, folder))
            info = probe(path)
            blob = self._bridge.blobs.add_own(path)
            facts: dict[str, bool | int | str] = {
                "width": info.width,
                "height": info.height,
                "frame_count": info.frame_count,
                "rate": str(info.rate) if info.rate else "",
                "audio": info.has_audio,
            }
            outputs[artifact.port] = Output(content=blob.hash, facts=facts)
        if not outputs:
            raise JobFailedError("The provider finished without a result.", hint="Generate again.")
        return outputs

    def _take(self, record: JobRecord, take_id: TakeId, outputs: dict[str, Output], update: JobUpdate) -> Take:
        profile = self._bridge.providers.profile(record.request.model)
        seed = Recipe.model_validate_json(record.recipe).params.get("seed")
        return Take(
            id=take_id,
            node_id=record.node_id,
            seq=self._bridge.desk.view(record.canvas_id).canvas.next_seq(record.node_id),
            origin="generated",
            recipe=Recipe.model_validate_json(record.recipe),
            recipe_fp=record.recipe_fp,
            outputs=outputs,
            provider=record.provider,
            model_requested=record.request.model,
            model_reported=update.model_reported,
            seed_requested="random" if seed == "random" else record.request.seed,
            seed_used=update.seed_used,
            cost_estimated_micros=profile.price.high_micros,
            cost_actual_micros=0 if profile.price.high_micros == 0 else None,
            currency=profile.price.currency,
            job_id=record.id,
            author=record.author,
            created_at=now_text(),
            previz=profile.previz,
        )

    def _add(self, record: JobRecord, take: Take) -> None:
        """Add the take and, where it may, pin it: together, so that a crash leaves no take that nobody pinned."""
        desk = self._bridge.desk
        for attempt in range(1, _RETRY_LIMIT + 1):
            canvas = desk.view(record.canvas_id).canvas
            numbered = take.model_copy(update={"seq": canvas.next_seq(take.node_id)})
            after = canvas.with_take(numbered)
            pin = auto_pin(after, numbered, desk.kinds, pin_at_submission=record.pin_at_submission)
            ops: list[Op] = [AddTake(take=numbered), *([pin] if pin else [])]
            try:
                desk.apply(record.canvas_id, ops, author=record.author)
            except PreconditionError:  # somebody added or pinned a take in this moment: look again
                if attempt == _RETRY_LIMIT:
                    raise
            else:
                return

    def _progress(self, job_id: JobId, update: JobUpdate) -> None:
        total, done = update.total, update.done
        record = self._bridge.jobs.get(job_id)
        if (record.done, record.total, record.state) != (done, total or record.total, "running"):
            record = self._change(job_id, quiet=True, done=done, total=total or record.total, state="running")
        facts = {**job_facts(record), "eta_seconds": update.eta_seconds}
        self._bridge.events.publish("job.progress", facts, coalesce=job_id)

    def _change(self, job_id: JobId, *, quiet: bool = False, **values: object) -> JobRecord:
        record = self._bridge.jobs.change(job_id, lambda old: old.model_copy(update=values))
        if not quiet:
            announce(self._bridge, record)
        return record

    def _end(self, job_id: JobId, state: str, error: JobError | None = None, take_id: TakeId | None = None) -> bool:
        record = self._bridge.jobs.get(job_id)
        done = record.total if state == "done" else record.done
        self._change(job_id, state=state, error=error, take_id=take_id, done=done, ended_at=now_text())
        return state == "done"

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


_REFUSED = JobError(
    code="provider", message="The provider did not accept the job.", hint="Nothing was spent: generate again."
)
_UNKNOWN = JobError(
    code="unknown_outcome",
    message="Submitting was interrupted; the provider may have accepted the job.",
    hint="Check the provider's own history, then choose: submit again (may pay twice) or give up.",
)


def _entry(record: JobRecord, profile: ModelProfile) -> Entry:
    return Entry(
        token=record.id,
        job_id=record.id,
        provider=record.provider,
        model=record.request.model,
        request_hash=hashlib.sha256(record.request.model_dump_json().encode()).hexdigest(),
        currency=profile.price.currency,
        low_micros=profile.price.low_micros,
        high_micros=profile.price.high_micros,
    )


def _job_error(error: BridgeError) -> JobError:
    return JobError(code=error.code, message=error.message, hint=error.hint)


def _update_error(update: JobUpdate) -> JobError:
    return JobError(
        code=update.error_code or "job_failed",
        message=update.error_message or "The provider gave no reason.",
        hint=update.error_hint,
    )


def _remove_tree(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if not path.is_dir() else path.rmdir()
    with contextlib.suppress(FileNotFoundError):
        folder.rmdir()
