"""The provider that runs on this machine: a child process a job, everything it needs on the drive."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from takebridge.errors import (
    BridgeError,
    CapabilityError,
    JobCancelledError,
    JobFailedError,
    MediaError,
    NotFoundError,
    ProviderUnavailableError,
    UsageError,
)
from takebridge.media.publish import publishing
from takebridge.providers.capability import check_request
from takebridge.providers.catalog import load_catalog
from takebridge.providers.local.order import Given, read_order
from takebridge.providers.local.weights import WEIGHTS, find_weights
from takebridge.providers.local.workers import Workers
from takebridge.providers.local.workfolder import Result, WorkFolder, create, folder_of, sweep
from takebridge.providers.protocol import (
    Artifact,
    GenerationRequest,
    JobUpdate,
    MediaInput,
    ModelProfile,
    ProviderStatus,
    RemoteJob,
)

KEEP_SECONDS = 24 * 3600
"""How long a fetched, cancelled or failed job's folder stays: a repeated download or submit still finds it."""

_CHUNK = 4 * 2**20


class LocalProvider:
    """Upscales, draws previz, cuts and assembles.

    Usable from any thread and event loop; holds nothing but its child processes.
    """

    name = "local"

    def __init__(self, home: Path) -> None:
        self._home = home.absolute()
        self._work = self._home / "work"
        self._models = {model.id: model for model in load_catalog(self.name)}
        self._workers = Workers()

    def models(self) -> Sequence[ModelProfile]:
        """Profiles of ``catalog/local.toml``."""
        return tuple(self._models.values())

    async def check(self) -> ProviderStatus:
        """Say whether both networks are installed; previz works in any case."""
        try:
            await asyncio.to_thread(lambda: [find_weights(self._home, scale) for scale in WEIGHTS])
        except BridgeError as error:
            return ProviderStatus(ready=False, message=f"{error.message} Previz works.", hint=error.hint)
        return ProviderStatus(ready=True, message="Upscaling and previz run on this machine.")

    async def submit(self, request: GenerationRequest) -> RemoteJob:
        """Start the job; the same token again returns the same job and starts nothing.

        Raises CapabilityError (also for a source that cannot be read) or ProviderUnavailableError, before
        anything was started.
        """
        return await asyncio.to_thread(self._submit, request)

    async def poll(self, job: RemoteJob) -> JobUpdate:
        """Look once; a worker that died is started again and goes on at the first missing frame."""
        return await asyncio.to_thread(self._poll, job)

    async def cancel(self, job: RemoteJob) -> None:
        """End the worker and wait until it is gone. A finished job stays finished, an unknown one is no error."""
        await asyncio.to_thread(self._cancel, job)

    async def download(
        self, artifact: Artifact, into: Path, progress: Callable[[int, int], None] | None = None
    ) -> Path:
        """Copy an output to ``into/<token>.<port>.<ext>``; repeating gives the same file. ``progress`` counts bytes.

        Raises NotFoundError when it is not there (any more), DiskFullError.
        """
        return await asyncio.to_thread(self._download, artifact, into, progress)

    async def clean_up(self, job: RemoteJob) -> None:
        """Forget a job altogether: end its worker, delete its folder. Repeating does nothing."""
        await asyncio.to_thread(self._clean_up, job)

    def close(self) -> None:
        """End the workers of this process; their jobs go on when somebody polls them again."""
        self._workers.close()

    # --- the same in a thread ---------------------------------------------------------------------------

    def _submit(self, request: GenerationRequest) -> RemoteJob:
        sweep(self._work, KEEP_SECONDS)
        if not folder_of(self._work, request.token).exists():
            self._check(request)
        folder = create(self._work, request)
        self._workers.ensure(folder)
        return RemoteJob(provider=self.name, id=request.token, model=request.model, details={"kind": request.kind})

    def _check(self, request: GenerationRequest) -> None:
        profile = self._models.get(request.model)
        if profile is None:
            raise CapabilityError(
                f"This machine has no model {request.model}.", hint=f"It has {', '.join(self._models)}."
            )
        check_request(profile, request)
        try:
            order = read_order(self._home, request, profile)
        except MediaError as error:
            raise CapabilityError(error.message, hint=error.hint) from error
        # Once more with what the files really are, not what the caller remembers of them.
        check_request(profile, request.model_copy(update={"inputs": tuple(map(_as_it_is, order.given))}))
        from takebridge.providers.local.makers import maker_of  # 40 MB that a bridge without local jobs does not need

        try:
            maker_of(request.kind).check(order)
        except UsageError as error:  # an unknown rate, an impossible edit
            raise CapabilityError(error.message, hint=error.hint) from error

    def _poll(self, job: RemoteJob) -> JobUpdate:
        try:
            folder = folder_of(self._work, job.id)
            folder.request()
        except NotFoundError as error:
            return JobUpdate(state="lost", error_code=error.code, error_message=error.message, error_hint=error.hint)
        if not folder.is_settled:
            try:
                self._workers.ensure(folder)
            except ProviderUnavailableError:  # no process to be had now; the next poll tries again
                return JobUpdate(state="queued")
        return _seen(folder)

    def _cancel(self, job: RemoteJob) -> None:
        folder = folder_of(self._work, job.id)
        if not folder.exists():
            return
        if not folder.is_settled:
            folder.mark_cancelled()
        self._workers.end(folder)
        if folder.is_cancelled:
            folder.drop_media()

    def _clean_up(self, job: RemoteJob) -> None:
        folder = folder_of(self._work, job.id)
        if folder.exists():
            self._workers.end(folder)
            folder.remove()

    def _download(self, artifact: Artifact, into: Path, progress: Callable[[int, int], None] | None) -> Path:
        made = Path(artifact.location)
        folder = folder_of(self._work, made.parent.name)
        result = folder.result()
        found = next((one for one in result.outputs if folder.root / one.file == made), None) if result else None
        if result is None or found is None or not made.is_file():
            raise NotFoundError(
                "This result is no longer in the work folder.", hint="Generate it again: it costs nothing."
            )
        into.mkdir(parents=True, exist_ok=True)
        target = into / f"{folder.token}.{found.port}{made.suffix}"
        if not (target.is_file() and target.stat().st_size == found.size):
            _copy(made, target, found.size, progress)
        # The worker does so too, unless it was killed just before.
        folder.drop_media(keep=[one.file for one in result.outputs])
        folder.mark_fetched(found.file)
        return target


def local_provider(home: Path) -> LocalProvider:
    """Build the provider over a data folder; nothing is written before the first submit."""
    return LocalProvider(home)


def _as_it_is(one: Given) -> MediaInput:
    if one.info is None:
        return one.asked
    info = one.info
    frames = info.frame_count or None
    return one.asked.model_copy(update={"width": info.width, "height": info.height, "frame_count": frames})


def _seen(folder: WorkFolder) -> JobUpdate:
    if folder.is_cancelled:
        return JobUpdate(state="cancelled", error_code=JobCancelledError.code, error_message="The job was cancelled.")
    if (result := folder.result()) is not None:
        return _done(folder, result)
    if (failure := folder.failure()) is not None:
        return JobUpdate(
            state="failed", error_code=failure.code, error_message=failure.message, error_hint=failure.hint
        )
    progress = folder.progress()
    if progress is None:
        return JobUpdate(state="running")
    return JobUpdate(
        state="queued" if progress.waiting else "running",
        done=progress.done,
        total=progress.total,
        eta_seconds=progress.eta_seconds,
    )


def _done(folder: WorkFolder, result: Result) -> JobUpdate:
    if not all((folder.root / one.file).is_file() for one in result.outputs):
        return JobUpdate(
            state="lost",
            error_code=JobFailedError.code,
            error_message="The finished result was deleted from the work folder.",
            error_hint="Generate it again: it costs nothing.",
        )
    return JobUpdate(
        state="done",
        done=result.done,
        total=result.done,
        eta_seconds=0,
        artifacts=tuple(
            Artifact(port=one.port, media_type=one.media_type, location=str(folder.root / one.file))
            for one in result.outputs
        ),
        seed_used=result.seed_used,
        model_reported=result.model,
    )


def _copy(source: Path, target: Path, size: int, progress: Callable[[int, int], None] | None) -> None:
    with publishing(target, estimate=size) as part, source.open("rb") as read, part.open("wb") as write:
        done = 0
        while chunk := read.read(_CHUNK):
            write.write(chunk)
            done += len(chunk)
            if progress:
                progress(done, size)
        write.flush()
        os.fsync(write.fileno())
