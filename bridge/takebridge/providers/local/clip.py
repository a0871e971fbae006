"""Films a production: frames into the encoder, progress on the drive."""

from __future__ import annotations

from takebridge.errors import JobFailedError
from takebridge.media.frames import FrameWriter
from takebridge.providers.local.bench import Bench, Output
from takebridge.providers.local.production import Production


def film(bench: Bench, made: Production, port: str = "video", *, begin: bool = True) -> Output:
    """Write the frames as MP4 for ``port``. Raises BridgeError; CancelledError when the job is stopped.

    ``begin``: count progress from here; without it the frames add to what was counted before.
    """
    clip = bench.file(port, ".mp4")
    if begin:
        bench.begin(made.frame_count, made.kept)
    before = bench.done
    with FrameWriter(
        clip, made.rate, codec="x264", audio_from=made.audio_from, frame_count=made.frame_count, cancel=bench.stop
    ) as writer:
        for frame in made.frames(bench.stop):
            bench.check()
            writer.write(frame)
            bench.at(before + writer.frames_written)
        if writer.frames_written != made.frame_count:
            raise JobFailedError(
                f"{writer.frames_written} frames were made instead of {made.frame_count}.",
                hint="The source changed or is damaged. Push it again.",
            )
    return Output(port, "video/mp4", clip)
