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
)
from takebridge.media.info import MediaInfo
from takebridge.media.probe import probe
from takebridge.media.publish import publishing
from takebridge.providers.capability import check_request
from takebridge.providers.catalog import load_catalog
from takebridge.providers.local.previz import check_previz
from takebridge.providers.local.upscale import check_upscale
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
    """Upscales and draws previz. Usable from any thread and event loop; holds nothing but its child processes."""

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
        """Copy the clip to ``into/<token>.mp4``; repeating gives the same file. ``progress`` counts bytes.

        Raises NotFoundError when the clip is not there (any more), DiskFullError.
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
        infos = [_probed(one) for one in request.inputs]
        # Once more with what the files really are, not what the caller remembers of them.
        check_request(profile, request.model_copy(update={"inputs": tuple(map(_as_it_is, request.inputs, infos))}))
        if request.kind == "upscale":
            scale = int(request.params.get("scale", profile.params["scale"]))
            check_upscale(request, scale, infos[0])
            find_weights(self._home, scale)
        else:
            check_previz(request, infos)

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
        clip = Path(artifact.location)
        folder = folder_of(self._work, clip.parent.name)
        result = folder.result()
        if result is None or clip != folder.root / result.file or not clip.is_file():
            raise NotFoundError(
                "This clip is no longer in the work folder.", hint="Generate it again: it costs nothing."
            )
        into.mkdir(parents=True, exist_ok=True)
        target = into / f"{folder.token}{clip.suffix}"
        if not (target.is_file() and target.stat().st_size == result.size):
            _copy(clip, target, result.size, progress)
        folder.drop_media(keep=result.file)  # the worker does so too, unless it was killed just before
        folder.mark_collected()
        return target


def local_provider(home: Path) -> LocalProvider:
    """Build the provider over a data folder; nothing is written before the first submit."""
    return LocalProvider(home)


def _probed(one: MediaInput) -> MediaInfo:
    try:
        return probe(one.path)
    except MediaError as error:
        raise CapabilityError(error.message, hint=error.hint) from error


def _as_it_is(one: MediaInput, info: MediaInfo) -> MediaInput:
    return one.model_copy(update={"width": info.width, "height": info.height, "frame_count": info.frame_count or None})


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
    if not (folder.root / result.file).is_file():
        return JobUpdate(
            state="lost",
            error_code=JobFailedError.code,
            error_message="The finished clip was deleted from the work folder.",
            error_hint="Generate it again: it costs nothing.",
        )
    clip = Artifact(port="video", media_type="video/mp4", location=str(folder.root / result.file))
    return JobUpdate(
        state="done",
        done=result.frame_count,
        total=result.frame_count,
        eta_seconds=0,
        artifacts=(clip,),
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
