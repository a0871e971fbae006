"""Fitting a file to what somebody else takes: another size, shape, range, rate or format, never larger than allowed."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from PIL import Image, ImageOps

from takebridge.errors import ConformError, ProbeError
from takebridge.media import chains, ffmpeg
from takebridge.media.codecs import codec_for
from takebridge.media.encode import encode
from takebridge.media.fitting_types import Fit
from takebridge.media.info import MediaInfo
from takebridge.media.probe import edit_rate, probe
from takebridge.media.publish import publishing
from takebridge.media.sound import sample_at, sound_chain
from takebridge.media.verify import Expected
from takebridge.timebase import FrameRate, frames_covering, to_seconds

_QUALITIES = (95, 88, 80, 70)
_FACTORS = (16, 23, 28, 33, 38)
"""x264's rate factors, best first: each about halves the file."""

_SMALLEST = 64
_PILLOW = {".png": "PNG", ".jpg": "JPEG", ".webp": "WEBP"}


def fit_file(src: Path, dst: Path, fit: Fit) -> None:
    """Write ``src`` to ``dst`` as ``fit`` says; ``dst`` has its suffix.

    Raises ConformError where it cannot be made small enough, and what `probe` and ffmpeg raise. Nothing is left on an
    error.
    """
    if fit.media_type == "image":
        _fit_image(src, dst, fit)
    elif fit.media_type == "video":
        _fit_clip(src, dst, fit)
    else:
        _fit_sound(src, dst, fit)


# --- stills ---------------------------------------------------------------------------------------------


def _fit_image(src: Path, dst: Path, fit: Fit) -> None:
    picture = _shaped(_opened(src), fit)
    with publishing(dst) as part:
        for size, quality in _steps(picture, dst.suffix):
            _save(picture.resize(size, Image.Resampling.LANCZOS) if size != picture.size else picture, part, quality)
            if fit.max_bytes is None or part.stat().st_size <= fit.max_bytes:
                return
        raise _too_large(src, fit)


def _opened(src: Path) -> Image.Image:
    """Return the picture upright. Raises ProbeError for what is no picture, or a bomb."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(src) as opened:
                return ImageOps.exif_transpose(opened)
    except (OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ProbeError(
            f"“{src.name}” cannot be read as a picture.", hint="Export it again, as PNG or JPEG, and smaller."
        ) from error


def _shaped(picture: Image.Image, fit: Fit) -> Image.Image:
    plain = picture.convert("RGBA" if _is_clear(picture) else "RGB")
    size = (fit.width or picture.width, fit.height or picture.height)
    if size == plain.size:
        return plain
    if fit.bars:
        return ImageOps.pad(plain, size, Image.Resampling.LANCZOS, color=(0, 0, 0, 255)[: len(plain.getbands())])
    return ImageOps.fit(plain, size, Image.Resampling.LANCZOS)


def _is_clear(picture: Image.Image) -> bool:
    return picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info


def _steps(picture: Image.Image, suffix: str) -> Iterator[tuple[tuple[int, int], int]]:
    """Sizes and qualities to try: the quality falls first, then the size, by a fifth each time."""
    size = picture.size
    while min(size) >= _SMALLEST or size == picture.size:
        for quality in _QUALITIES if suffix in (".jpg", ".webp") else _QUALITIES[:1]:
            yield size, quality
        size = (size[0] * 4 // 5, size[1] * 4 // 5)


def _save(picture: Image.Image, part: Path, quality: int) -> None:
    kind = _PILLOW[part.suffix.lower()]
    if kind == "JPEG" and picture.mode == "RGBA":
        ground = Image.new("RGB", picture.size, (255, 255, 255))
        ground.paste(picture, mask=picture.getchannel("A"))
        picture = ground
    picture.save(part, kind, quality=quality)


# --- clips ----------------------------------------------------------------------------------------------


def _fit_clip(src: Path, dst: Path, fit: Fit) -> None:
    info = probe(src)
    scratch = dst.with_name(f"{dst.stem}.fit{dst.suffix}")
    try:
        for factor in _FACTORS:
            _encode_clip(info, scratch, fit, factor)
            if fit.max_bytes is None or scratch.stat().st_size <= fit.max_bytes:
                scratch.replace(dst)
                return
        raise _too_large(src, fit)
    finally:
        scratch.unlink(missing_ok=True)


def _encode_clip(info: MediaInfo, dst: Path, fit: Fit, factor: int) -> None:
    """Write the range at its rate and size; what is missing at the end is the last frame, held."""
    own = edit_rate(info)
    rate = FrameRate.of_media(Fraction(fit.rate)) if fit.rate else own
    count = fit.frame_count or info.edit_frames
    width, height = (chains.even(side) for side in (fit.width or info.width, fit.height or info.height))
    start = to_seconds(fit.start, own)
    plain = codec_for("x264", dst, width, height)
    codec = replace(plain, options={**plain.options, "crf": factor})
    links = [*_timing(info, start, rate), *chains.to_box(info, _box(info, width, height, fit), codec.pixel_format)]
    missing = max(0, count - frames_covering(info.duration - start, rate))
    # As many again as one frame may stand for at a higher rate, as conform has it.
    links += chains.exactly(count, -1 if info.is_vfr else missing + frames_covering(to_seconds(1, own), rate) + 2)
    ways = (chains.Entry(None),) if info.is_vfr else chains.entries(info, fit.start)
    samples = sample_at(count, rate, info.audio_rate) if info.has_audio else None
    sound = None
    if samples is not None:
        sound = sound_chain(info, first=info.video_start + start, samples=samples, rate=info.audio_rate)
    pictures = [chains.picture(info, entry, links) for entry in ways]
    encode(dst, pictures, sound, codec, Expected(count, rate, width, height, samples))


def _timing(info: MediaInfo, start: Fraction, rate: FrameRate) -> list[ffmpeg.Filter]:
    return chains.on_grid_by_stamp(info, start, rate) if info.is_vfr else chains.on_grid(info, start, rate)


def _box(info: MediaInfo, width: int, height: int, fit: Fit) -> chains.Box:
    return chains.slot_box(info, width, height, fill=not fit.bars)


# --- sound ----------------------------------------------------------------------------------------------


def _fit_sound(src: Path, dst: Path, fit: Fit) -> None:
    info = probe(src)
    if not info.has_audio:
        raise ProbeError(f"“{src.name}” has no sound.", hint="Choose a file with sound.")
    with publishing(dst) as part:
        for options in _sound_steps(dst.suffix):
            rate = int(options.get("ar", info.audio_rate))
            length = (
                Fraction(fit.length_ms, 1000)
                if fit.length_ms is not None
                else Fraction(info.audio_samples, info.audio_rate)
            )
            sound = sound_chain(info, first=info.audio_start, samples=int(length * rate), rate=rate)
            ffmpeg.run(ffmpeg.target([sound], part, {key: value for key, value in options.items() if key != "ar"}))
            if fit.max_bytes is None or part.stat().st_size <= fit.max_bytes:
                return
        raise _too_large(src, fit)


def _sound_steps(suffix: str) -> Iterator[dict[str, str | int]]:
    """Encodings to try, the best first."""
    if suffix == ".mp3":
        for kilobits in (192, 128, 64):
            yield {"c:a": "libmp3lame", "b:a": f"{kilobits}k", "ar": 44_100}
        return
    yield {"c:a": "pcm_s16le"}
    for rate in (44_100, 24_000, 16_000):
        yield {"c:a": "pcm_s16le", "ac": 1, "ar": rate}


def _too_large(src: Path, fit: Fit) -> ConformError:
    most = fit.max_bytes or 0
    return ConformError(
        f"“{src.name}” cannot be made as small as {most / 1_000_000:.1f} MB.",
        hint="Use a shorter range or a smaller picture, or choose another model.",
        max_bytes=most,
    )
