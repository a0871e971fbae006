"""What a medium is, as facts of a take's output: for people and clients, the same wherever it came from."""

from __future__ import annotations

from typing import Literal

from takebridge.media.info import MediaInfo

Facts = dict[str, bool | int | str]
Medium = Literal["image", "video", "audio", "nothing"]


def medium_of(info: MediaInfo) -> Medium:
    """Return what flows from the file: a picture, a film, a sound."""
    if info.has_video:
        return "image" if info.is_still else "video"
    return "audio" if info.has_audio else "nothing"


def media_facts(info: MediaInfo) -> Facts:
    """Return the facts of a picture, a film (frames at its rate) or a sound (samples a second, channels)."""
    return picture_facts(info) if info.has_video else sound_facts(info)


def picture_facts(info: MediaInfo) -> Facts:
    """Return the facts of a picture or a film."""
    facts: Facts = {"width": info.width, "height": info.height}
    if info.is_still:
        return facts
    rate = str(info.rate) if info.rate else ""
    return {**facts, "frame_count": info.frame_count, "rate": rate, "audio": info.has_audio, **_length(info)}


def sound_facts(info: MediaInfo) -> Facts:
    """Return the facts of a sound."""
    return {**_length(info), "sample_rate": info.audio_rate, "channels": info.audio_channels}


def _length(info: MediaInfo) -> Facts:
    return {"duration_ms": int(info.duration * 1000)}
