"""One encode from graph to published file: space, ffmpeg, verification, rename."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from takebridge.errors import FFmpegError
from takebridge.media import ffmpeg
from takebridge.media.codecs import Codec, estimate_bytes, picture_options, sound_options
from takebridge.media.ffmpeg import Progress, Stream
from takebridge.media.publish import publishing
from takebridge.media.verify import Expected, verify
from takebridge.timebase import to_seconds


def encode(
    dst: Path,
    pictures: Sequence[Stream],
    sound: Stream | None,
    codec: Codec,
    expected: Expected,
    *,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> None:
    """Write picture and sound to ``dst`` and hold the result against ``expected``; all or nothing.

    ``pictures``: the same pictures got in several ways, quickest first; the next is tried when one fails to decode.
    """
    seconds = to_seconds(expected.frame_count, expected.rate)
    room = estimate_bytes(codec, expected.width, expected.height, expected.frame_count, seconds)
    options = picture_options(codec, dst, expected.rate)
    if sound is not None:
        options |= sound_options(dst)
    with publishing(dst, estimate=room) as part:
        for picture in pictures:
            try:
                streams = [picture] if sound is None else [picture, sound]
                stream = ffmpeg.target(streams, part, options)
                ffmpeg.run(stream, progress=progress, cancel=cancel, expected_frames=expected.frame_count)
                verify(part, expected)
                return
            except FFmpegError as error:
                if picture is pictures[-1] or ffmpeg.was_killed(error):
                    raise
