"""Running: the steps of a job, each safe to repeat. Money first: intent, submit, settle.

A provider is never believed: every answer is checked, nothing half-made becomes a take, and whatever happens the
ledger says what is known of the money. A job whose outcome is open ends as unknown with the choices a person has.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from typing import Any, Literal, TypeVar

from takebridge.canvas.fingerprint import kind_of
from takebridge.canvas.model import Node, Output, Recipe
from takebridge.errors import (
    BridgeError,
    BudgetError,
    CapabilityError,
    JobFailedError,
    NotFoundError,
    ProviderBusyError,
    ProviderUnavailableError,
)
from takebridge.ids import JobId
from takebridge.jobs.port import EngineStopping
from takebridge.media.credentials import read_credentials
from takebridge.providers.protocol import Artifact, FindsJobs, JobUpdate, ModelProfile, Provider, RemoteJob
from takebridge.services import outcomes
from takebridge.services.bridge import Bridge
from takebridge.services.fitting import sendable
from takebridge.services.generate import entry_of
from takebridge.services.job_facts import announce, job_error, job_facts
from takebridge.services.keeping import add_take, is_late, take_id_of, take_of
from takebridge.services.media_facts import Facts
from takebridge.services.results import chosen_artifacts, facts_of
from takebridge.services.review import finish, is_closing
from takebridge.store.jobs import ENDED, Choice, JobError, JobRecord
from takebridge.store.ledger import Entry, now_text

Result = TypeVar("Result")

_POLL_SECONDS = 1.0
_AWAY_SECONDS = 30.0
"""Longest pauses between polls of a provider that answers, and of one that is away."""

_ANSWER_SECONDS = 300.0
"""How long one submit, poll or cancel may take."""

_DOWNLOAD_SECONDS = 6 * 3600.0

_PATIENCE = 20
"""Answers in a row that nobody understands."""

_BUSY_SECONDS = 2.0
_BUSY_LONGEST = 120.0
_BUSY_PATIENCE = 24 * 3600.0
"""First and longest pause between submits to a provider that takes nothing, and how long that may go on."""

_SHORTEST_WAIT = 600
_UNKNOWN_WAIT = 6 * 3600
"""Seconds a provider has to finish: ten times what its profile says, at least the first; the second where it says
nothing."""


class _ResultLostError(Exception):
    """The provider has finished, and the result could not be brought here (yet)."""


def _credentials(path: Path) -> Facts:
    found = read_credentials(path)
    return found.facts() if found else {}


class GenerateRunner:
    """`GenerateSteps` over a bridge. Runs in the engine's threads; provider coroutines run on the server's loop.

    ``clock`` gives Unix seconds.
    """

    def __init__(self, bridge: Bridge, loop: asyncio.AbstractEventLoop, clock: Callable[[], float] = time.time) -> None:
        self._bridge = bridge
        self._loop = loop
        self._clock = clock
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Make running steps leave without ending their jobs."""
        self._stopping.set()

    # --- the steps

    def submit(self, job_id: JobId) -> bool:
        """Commit the intent, then submit exactly once.

        An intent found without a remote job means an earlier process died in the submit window. Where submitting
        again with the same token cannot start a second job that is done; elsewhere the outcome is unknown.
        """
        if self._stopping.is_set():
            raise EngineStopping
        record = self._going_on(job_id)
        if record is None:
            return False
        if is_closing(record):
            finish(self._bridge, record)
            return False
        ledger = self._bridge.ledger
        try:
            entry = ledger.find(job_id) or ledger.reserve(entry_of(record))
            if record.cancel_requested and entry.state in ("reserved", "released"):
                ledger.release(job_id)
                return self._end(job_id, "cancelled", outcomes.CANCELLED, actual_micros=0)
            profile = self._bridge.providers.profile(record.request.model)
            provider = self._bridge.providers.provider_of(record.request.model)
            if entry.remote_job is None:
                record = self._with_files(record, profile)
        except BridgeError as error:
            return self._cannot_begin(job_id, error)
        first = ledger.intend(job_id)
        entry = ledger.get(job_id)
        if entry.remote_job is not None:
            return self._look_again(record, entry)
        if entry.state not in ("intent", "unknown"):
            return self._end(job_id, "failed", outcomes.NOT_ACCEPTED)
        if not first and not profile.idempotent_submit:
            return self._found(record, provider) or self._unknown(job_id, profile)
        return self._submit(record, profile, provider, first=first)

    def wait(self, job_id: JobId) -> bool:
        """Poll until the provider is done. Each entry after a restart continues with the stored remote job."""
        return self._finished(job_id) is not None

    def collect(self, job_id: JobId) -> bool:
        """Download, check, store and add the take, then settle."""
        record = self._going_on(job_id)
        if record is None:
            return self._bridge.jobs.get(job_id).state == "done"
        take = self._bridge.desk.view(record.canvas_id).canvas.takes.get(take_id_of(job_id))
        if take is not None:  # an earlier process died right after it was added
            return self._done(record, self._close(job_id, take.cost_actual_micros))
        update = self._finished(job_id)
        if update is None:
            return False
        try:
            self._keep(record, update)
        except JobFailedError as error:
            actual = self._close(job_id, update.cost_micros)
            return self._end(job_id, "failed", job_error(error), actual_micros=actual)
        except _ResultLostError as lost:
            return self._result_lost(job_id, update, lost.__cause__)
        return self._done(record, self._close(job_id, update.cost_micros))

    def crashed(self, job_id: JobId, reason: str) -> None:
        """Record an error nobody foresaw. Whatever may be running at a provider waits for a person."""
        record, entry = self._bridge.jobs.get(job_id), self._bridge.ledger.find(job_id)
        if record.state in ENDED:
            return
        error = outcomes.internal(reason)
        if entry is None or entry.state in ("reserved", "released"):
            if entry is not None:
                self._bridge.ledger.release(job_id)
            self._end(job_id, "failed", error)
        elif entry.remote_job is None:
            self._bridge.ledger.mark_unknown(job_id)
            self._review(job_id, error, ("submit_again", "give_up"))
        elif entry.high_micros == 0 or entry.state in ("settled", "refunded"):
            self._end(job_id, "failed", error, actual_micros=self._close(job_id, None))
        else:
            self._review(job_id, error, ("look_again", "give_up"))

    # --- submitting

    def _with_files(self, record: JobRecord, profile: ModelProfile) -> JobRecord:
        """Return the job with the files that were agreed on, made now: what goes wrong here has started nothing."""
        request = sendable(profile, record.request, self._sent_folder(record.id))
        return record.model_copy(update={"request": request})

    def _sent_folder(self, job_id: JobId) -> Path:
        return self._bridge.layout.scratch / f"{job_id}-sent"

    def _submit(self, record: JobRecord, profile: ModelProfile, provider: Provider, *, first: bool) -> bool:
        try:
            remote = self._accepted(record, provider, first=first)
        except (CapabilityError, ProviderUnavailableError) as error:
            # They prove that this call started nothing; an earlier one may have.
            return self._not_begun(record.id, error) if first else self._unknown(record.id, profile)
        except Exception:  # noqa: BLE001 - only the two above prove that nothing was accepted (providers/protocol.py)
            return self._found(record, provider) or self._unknown(record.id, profile)
        finally:
            rmtree(self._sent_folder(record.id), ignore_errors=True)
        if remote is None:
            return False
        return self._began(record, remote)

    def _accepted(self, record: JobRecord, provider: Provider, *, first: bool) -> RemoteJob | None:
        """Submit. While the provider takes nothing, wait and try again: each time provably nothing was started.

        None: the job was cancelled meanwhile. Raises what the provider raises; its last refusal after a day.
        """
        ledger, since, pause = self._bridge.ledger, self._clock(), _BUSY_SECONDS
        while True:
            try:
                return self._run(provider.submit(record.request), _ANSWER_SECONDS)
            except ProviderBusyError as error:
                if not first or self._clock() - since > _BUSY_PATIENCE:
                    raise
                ledger.withdraw_intent(record.id)  # a process that dies in this pause leaves nothing open
                self._change(record.id, state="queued", error=job_error(error))
                asked = error.details.get("retry_after")
                goes_on = self._pause(record.id, max(pause, asked) if isinstance(asked, int) else pause)
            if not goes_on:
                ledger.release(record.id)
                self._end(record.id, "cancelled", outcomes.CANCELLED, actual_micros=0)
                return None
            ledger.intend(record.id)
            pause = min(pause * 2, _BUSY_LONGEST)

    def _pause(self, job_id: JobId, seconds: float) -> bool:
        """Wait; False as soon as the job is cancelled. Raises EngineStopping when the bridge stops."""
        edge = self._clock() + seconds
        while not self._bridge.jobs.get(job_id).cancel_requested:
            left = edge - self._clock()
            if left <= 0:
                return True
            if self._stopping.wait(min(left, _POLL_SECONDS)):
                raise EngineStopping
        return False

    def _began(self, record: JobRecord, remote: RemoteJob) -> bool:
        """Record that the provider has the job."""
        self._bridge.ledger.submitted(record.id, remote.model_dump_json())
        now = int(self._clock())
        starts, started = record.starts + 1, now_text()
        self._change(record.id, state="running", starts=starts, started_at=started, waiting_since=now, error=None)
        return True

    def _found(self, record: JobRecord, provider: Provider) -> bool:
        """Ask the provider for the job an earlier submit may have started; go on with it when there is one."""
        if not isinstance(provider, FindsJobs):
            return False
        try:
            remote = self._run(provider.find(record.request), _ANSWER_SECONDS)
        except Exception:  # noqa: BLE001 - then it stays unknown
            return False
        return remote is not None and self._began(record, remote)

    def _look_again(self, record: JobRecord, entry: Entry) -> bool:
        """The provider has the job already: go on from there."""
        if entry.state == "unknown" and entry.remote_job is not None:
            self._bridge.ledger.submitted(record.id, entry.remote_job)
        since = record.waiting_since or int(self._clock())
        self._change(record.id, state="running", waiting_since=since)
        return True

    def _cannot_begin(self, job_id: JobId, error: BridgeError) -> bool:
        """There is no way to submit now. What an earlier process may have submitted waits for a person."""
        entry = self._bridge.ledger.find(job_id)
        if entry is None or entry.remote_job is not None or entry.state not in ("intent", "unknown"):
            return self._not_begun(job_id, error)
        self._bridge.ledger.mark_unknown(job_id)
        return self._review(job_id, job_error(error), ("look_again", "give_up"))

    def _not_begun(self, job_id: JobId, error: BridgeError) -> bool:
        if not isinstance(error, BudgetError) and self._bridge.ledger.find(job_id) is not None:
            entry = self._bridge.ledger.get(job_id)
            if entry.remote_job is not None:  # e.g. a provider that is no longer installed
                return self._out_of_sight(job_id, error)
            self._bridge.ledger.release(job_id)
        return self._end(job_id, "failed", job_error(error), actual_micros=0)

    def _unknown(self, job_id: JobId, profile: ModelProfile) -> bool:
        self._bridge.ledger.mark_unknown(job_id)
        # With a token that counts once, submitting again is only looking.
        again: Choice = "look_again" if profile.idempotent_submit else "submit_again"
        return self._review(job_id, outcomes.UNKNOWN, (again, "give_up"))

    # --- waiting

    def _finished(self, job_id: JobId) -> JobUpdate | None:
        """Poll until the provider has a result; None when the job has ended otherwise.

        A provider that is away, or speaks nonsense, is polled on less and less often: the job may be running there
        all the same. A state after "done" that says otherwise is waited out like any other.
        """
        pause, nonsense = 0.1, 0
        while (record := self._going_on(job_id)) is not None:
            remote = self._remote(job_id)
            provider = self._bridge.providers.providers.get(record.provider)
            if provider is None:
                self._out_of_sight(job_id, outcomes.no_provider(record.provider))
                return None
            if record.cancel_requested:
                self._cancel(record, provider, remote)
                return None
            update, longest = JobUpdate(state="running", done=record.done), _AWAY_SECONDS
            try:
                update, longest = self._run(provider.poll(remote), _ANSWER_SECONDS), _POLL_SECONDS
                nonsense = 0
            except BridgeError as error:
                if not error.retryable:
                    self._out_of_sight(job_id, error)
                    return None
            except Exception:  # noqa: BLE001 - somebody else's code and server: the job may be running all the same
                nonsense += 1
            if update.state == "done" and not (update.error_code or update.error_message):
                return update
            if update.state in ("done", "failed", "cancelled", "lost"):
                self._failed(job_id, update)
                return None
            if nonsense >= _PATIENCE or self._is_overdue(record):
                self._review(job_id, outcomes.NO_ANSWER, ("look_again", "give_up"))
                return None
            self._progress(record, update)
            if self._stopping.wait(pause):
                raise EngineStopping
            pause = min(pause * 1.5, longest)
        return None

    def _is_overdue(self, record: JobRecord) -> bool:
        if record.waiting_since is None:
            return False
        with suppress(BridgeError):
            usual = self._bridge.providers.profile(record.request.model).seconds_high
            allowed = _UNKNOWN_WAIT if usual is None else max(_SHORTEST_WAIT, 10 * usual)
            return self._clock() - record.waiting_since > allowed
        return False

    def _failed(self, job_id: JobId, update: JobUpdate) -> None:
        """The provider says it did not work out. A failure that cost nothing was given back."""
        actual = self._close(job_id, update.cost_micros, failed=update.state != "done")
        state: Literal["cancelled", "failed"] = "cancelled" if update.state == "cancelled" else "failed"
        self._end(job_id, state, outcomes.of_update(update), actual_micros=actual)

    def _cancel(self, record: JobRecord, provider: Provider, remote: RemoteJob) -> None:
        try:
            self._run(provider.cancel(remote), _ANSWER_SECONDS)
        except Exception:  # noqa: BLE001 - whatever it was: nobody knows whether it runs on
            if self._bridge.ledger.get(record.id).high_micros != 0:
                self._review(record.id, outcomes.NOT_STOPPED, ("look_again", "give_up"))
                return
        self._end(record.id, "cancelled", outcomes.CANCELLED, actual_micros=self._close(record.id, None))

    def _out_of_sight(self, job_id: JobId, error: BridgeError) -> bool:
        """The provider cannot be asked any more. What costs nothing has failed; anything else may be running there."""
        entry = self._bridge.ledger.get(job_id)
        if entry.high_micros == 0 or entry.state in ("settled", "refunded"):
            return self._end(job_id, "failed", job_error(error), actual_micros=self._close(job_id, None))
        self._bridge.ledger.mark_unknown(job_id)
        return self._review(job_id, job_error(error), ("look_again", "give_up"))

    # --- collecting

    def _keep(self, record: JobRecord, update: JobUpdate) -> None:
        """Bring all results here, look into each, and add the take. Nothing is kept unless all of it is right.

        Raises JobFailedError for what was not asked for; _ResultLostError when looking again may help.
        """
        folder = self._bridge.layout.scratch / record.id
        try:
            recipe = Recipe.model_validate_json(record.recipe)
            kind = kind_of(Node(id=record.node_id, kind=recipe.kind), self._bridge.desk.kinds)
            profile = self._bridge.providers.profile(record.request.model)
            chosen = chosen_artifacts(kind, profile, update.artifacts)
            outputs: dict[str, Output] = {}
            for port, path in self._downloaded(record, chosen, folder).items():
                facts = facts_of(kind, port, path) | ({} if profile.local else _credentials(path))
                outputs[port] = Output(content=self._bridge.blobs.add_own(path).hash, facts=facts)
            cost = self._actual(record.id, update.cost_micros)
            add_take(self._bridge, record, take_of(self._bridge, record, outputs, update, cost))
        except JobFailedError:
            raise
        except (BridgeError, OSError) as error:
            raise _ResultLostError from error
        finally:
            rmtree(folder, ignore_errors=True)

    def _downloaded(self, record: JobRecord, chosen: dict[str, Artifact], folder: Path) -> dict[str, Path]:
        provider = self._bridge.providers.providers[record.provider]
        try:
            # One folder for each: a provider may call all its results the same.
            into = {port: folder / str(number) for number, port in enumerate(chosen)}
            for one in into.values():
                one.mkdir(parents=True, exist_ok=True)
            return {
                port: self._run(provider.download(artifact, into[port]), _DOWNLOAD_SECONDS)
                for port, artifact in chosen.items()
            }
        except Exception as error:  # the provider has finished: whatever went wrong here, the result is still there
            raise _ResultLostError from error

    def _result_lost(self, job_id: JobId, update: JobUpdate, cause: BaseException | None) -> bool:
        free = self._bridge.ledger.get(job_id).high_micros == 0
        if free and isinstance(cause, NotFoundError):
            actual = self._close(job_id, update.cost_micros)
            return self._end(job_id, "failed", job_error(cause), actual_micros=actual)
        return self._review(job_id, outcomes.result_lost(cause), ("look_again", "give_up"))

    def _done(self, record: JobRecord, actual: int | None) -> bool:
        canvas = self._bridge.desk.view(record.canvas_id).canvas
        late = is_late(record, canvas, self._bridge.desk)
        self._end(record.id, "done", take_id=take_id_of(record.id), late=late, actual_micros=actual)
        return True

    # --- pieces

    def _going_on(self, job_id: JobId) -> JobRecord | None:
        """The job, or None when it has ended already."""
        record = self._bridge.jobs.get(job_id)
        return None if record.state in ENDED else record

    def _remote(self, job_id: JobId) -> RemoteJob:
        return RemoteJob.model_validate_json(self._bridge.ledger.get(job_id).remote_job or "")

    def _actual(self, job_id: JobId, reported: int | None) -> int | None:
        """What is known of the cost. Nothing is said of a free job; an impossible amount is none."""
        if reported is None:
            return 0 if self._bridge.ledger.get(job_id).high_micros == 0 else None
        return reported if reported >= 0 else None

    def _close(self, job_id: JobId, reported: int | None, *, failed: bool = False) -> int | None:
        """Settle (or note the refund of a failure that cost nothing); returns what it cost. Repeating is harmless."""
        ledger = self._bridge.ledger
        entry = ledger.get(job_id)
        if entry.state in ("released", "refunded"):
            return 0
        if failed and reported == 0 and entry.high_micros != 0 and entry.state != "settled":
            ledger.refund(job_id)
            return 0
        ledger.settle(job_id, 0 if reported is None and entry.high_micros == 0 else reported)
        return ledger.get(job_id).actual_micros

    def _progress(self, record: JobRecord, update: JobUpdate) -> None:
        done, total = max(0, update.done), max(0, update.total) or record.total
        if (record.done, record.total, record.state) != (done, total, "running"):
            record = self._change(record.id, quiet=True, done=done, total=total, state="running")
        facts = {**job_facts(record), "eta_seconds": update.eta_seconds}
        self._bridge.events.publish("job.progress", facts, coalesce=record.id)

    def _review(self, job_id: JobId, error: JobError, choices: tuple[Choice, ...]) -> bool:
        return self._end(job_id, "unknown", error, choices=choices)

    def _end(self, job_id: JobId, state: str, error: JobError | None = None, **values: object) -> bool:
        """Record how the job ended; always False, for the step to return."""
        record = self._bridge.jobs.get(job_id)
        done = record.total if state == "done" else record.done
        self._change(job_id, quiet=False, state=state, error=error, done=done, ended_at=now_text(), **values)
        return False

    def _change(self, job_id: JobId, *, quiet: bool = False, **values: object) -> JobRecord:
        record = self._bridge.jobs.change(job_id, lambda old: old.model_copy(update=values))
        if not quiet:
            announce(self._bridge, record)
        return record

    def _run(self, work: Coroutine[Any, Any, Result], limit: float) -> Result:
        return asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, limit), self._loop).result()
