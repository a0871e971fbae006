"""Makes the clip of a work folder: frames into the encoder, progress on the drive, the result's facts last."""

from __future__ import annotations

import threading

from takebridge.errors import CancelledError, JobFailedError
from takebridge.media.frames import FrameWriter
from takebridge.providers.catalog import load_catalog
from takebridge.providers.local.previz import previz
from takebridge.providers.local.production import Pace, Production
from takebridge.providers.local.upscale import upscale
from takebridge.providers.local.workfolder import Result, WorkFolder
from takebridge.providers.protocol import GenerationRequest, ModelProfile


def make_clip(folder: WorkFolder, stop: threading.Event) -> None:
    """Write ``clip-N.mp4`` and then ``result.json``. Raises BridgeError; CancelledError at ``stop``."""
    request = folder.request()
    made = prepare(folder, request)
    clip = folder.root / f"clip-{len(folder.attempts())}.mp4"
    pace = Pace(made.frame_count, made.kept)
    folder.write_progress(pace.at(0))
    with FrameWriter(
        clip, made.rate, codec="x264", audio_from=made.audio_from, frame_count=made.frame_count, cancel=stop
    ) as writer:
        for frame in made.frames(stop):
            if stop.is_set():
                raise CancelledError("The job was stopped.", hint="Start it again when you like.")
            writer.write(frame)
            folder.write_progress(pace.at(writer.frames_written))
        if writer.frames_written != made.frame_count:
            raise JobFailedError(
                f"{writer.frames_written} frames were made instead of {made.frame_count}.",
                hint="The source changed or is damaged. Push it again.",
            )
    folder.write_result(
        Result(
            file=clip.name,
            size=clip.stat().st_size,
            frame_count=made.frame_count,
            rate=str(made.rate),
            width=made.width,
            height=made.height,
            model=request.model,
            seed_used=made.seed_used,
            facts=dict(made.facts),
        )
    )


def prepare(folder: WorkFolder, request: GenerationRequest) -> Production:
    """Choose the maker by kind; the model's own facts (scale, defaults) come from its profile."""
    profile = profile_of(request.model)
    params = {**profile.params, **request.params}
    if request.kind == "upscale":
        scale = params["scale"]
        assert isinstance(scale, int)
        return upscale(folder, request, scale)
    return previz(request.model_copy(update={"params": params}))


def profile_of(model_id: str) -> ModelProfile:
    """Return a local profile. Raises JobFailedError for a job of a model that this release no longer has."""
    found = next((model for model in load_catalog("local") if model.id == model_id), None)
    if found is None:
        raise JobFailedError(
            f"This release has no model {model_id}.", hint="Choose another model, then generate again."
        )
    return found
