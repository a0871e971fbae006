"""Small real results: a clip with sound, a picture, a second of sound, a 3D model, splats; made once a process."""

from __future__ import annotations

import gzip
import json
import struct
import tempfile
import wave
from functools import cache
from io import BytesIO
from pathlib import Path

import av
from PIL import Image

from takebridge.media.testcard import render_test_clip
from takebridge.timebase import FrameRate

FRAMES, RATE, WIDTH, HEIGHT = 48, FrameRate(24, 1), 192, 108
"""The clip: two seconds at 24 fps."""


def sample(name: str) -> tuple[bytes, str]:
    """Return the bytes and MIME type of a result by its file name's suffix; MP4 for any other."""
    match Path(name).suffix.lower():
        case ".png":
            return picture("PNG"), "image/png"
        case ".jpg" | ".jpeg":
            return picture("JPEG"), "image/jpeg"
        case ".webp":
            return picture("WEBP"), "image/webp"
        case ".wav":
            return sound(), "audio/wav"
        case ".mp3":
            return mp3(), "audio/mpeg"
        case ".glb":
            return model_3d(), "model/gltf-binary"
        case ".spz":
            return splats(), "application/octet-stream"
        case _:
            return clip(), "video/mp4"


@cache
def clip() -> bytes:
    """A clip of `FRAMES` numbered frames with sound, H.264 in MP4."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        render_test_clip(path, clip_id=9, frame_count=FRAMES, rate=RATE, width=WIDTH, height=HEIGHT)
        return path.read_bytes()


@cache
def picture(kind: str) -> bytes:
    """A picture of `WIDTH` × `HEIGHT`."""
    out = BytesIO()
    Image.linear_gradient("L").resize((WIDTH, HEIGHT)).convert("RGB").save(out, kind)
    return out.getvalue()


@cache
def sound(seconds: int = 1, rate: int = 48_000) -> bytes:
    """A second of a square wave, 16-bit mono."""
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        period = struct.pack("<h", 4000) * (rate // 880) + struct.pack("<h", -4000) * (rate // 880)
        file.writeframes((period * (440 * seconds + 1))[: 2 * rate * seconds])
    return out.getvalue()


@cache
def mp3() -> bytes:
    """The same sound as MP3."""
    out = BytesIO()
    with av.open(BytesIO(sound()), "r") as source, av.open(out, "w", format="mp3") as target:
        stream = target.add_stream("libmp3lame", rate=48_000)
        for frame in source.decode(audio=0):
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return out.getvalue()


@cache
def model_3d() -> bytes:
    """A GLB (glTF 2.0 §4.4) with an empty scene."""
    text = json.dumps({"asset": {"version": "2.0"}, "scenes": [{"nodes": []}], "scene": 0}).encode()
    text += b" " * (-len(text) % 4)
    chunk = struct.pack("<I4s", len(text), b"JSON") + text
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunk)) + chunk


@cache
def splats() -> bytes:
    """An SPZ (version 2, gzip) with one Gaussian at the origin: half-way opaque, grey, unrotated."""
    count, harmonics, fraction_bits, flags = 1, 0, 12, 0
    head = struct.pack("<IIIBBBB", 0x5053474E, 2, count, harmonics, fraction_bits, flags, 0)
    position, opacity, colour = bytes(9), b"\x80", b"\x80" * 3
    scale, turn = b"\x80" * 3, b"\x80" * 3
    return gzip.compress(head + position + opacity + colour + scale + turn, mtime=0)
