"""What a provider handed over: is it what was asked for, and what is it? Providers are not believed."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from pathlib import Path

from takebridge.canvas.model import NodeKind
from takebridge.errors import InvalidDocumentError, JobFailedError, MediaError
from takebridge.interchange.assembly import SCHEMA as ASSEMBLY
from takebridge.interchange.assembly import read_assembly
from takebridge.media.probe import probe
from takebridge.media.sniff import sniff
from takebridge.providers.protocol import Artifact, ModelProfile
from takebridge.services.media_facts import Facts, medium_of, picture_facts, sound_facts

LARGEST_TEXT = 5_000_000
"""Bytes of a text result."""

_HINT = "What it cost is in the ledger. Generate again, or choose another model."
_MEDIA = frozenset({"video", "image", "audio"})
_WORDS = frozenset({"text", "style", "script", "captions"})
_NAMES = {
    "audio": "Sound",
    "image": "A picture",
    "model_3d": "A 3D model",
    "captions": "Captions",
}

_LOG = logging.getLogger(__name__)


def chosen_artifacts(kind: NodeKind, profile: ModelProfile, artifacts: Iterable[Artifact]) -> dict[str, Artifact]:
    """Return one artifact for each port, every port the model promises filled.

    The same artifact twice counts once; of several for one port the first is taken. Raises JobFailedError for a port
    the kind has not, and when one is missing: half a take is none.
    """
    chosen: dict[str, Artifact] = {}
    for one in artifacts:
        if kind.output(one.port) is None:
            raise JobFailedError(
                f"{profile.id} brought “{one.port}”, which “{kind.title}” has not.", hint=_HINT, port=one.port
            )
        if chosen.setdefault(one.port, one) != one:
            _LOG.warning("%s brought more than one result for %s; the first is kept.", profile.id, one.port)
    if not chosen:
        raise JobFailedError("The provider finished without a result.", hint=_HINT)
    filled = {port.partition(".")[0] for port in chosen}
    if missing := [port for port in profile.outputs if port.partition(".")[0] not in filled]:
        raise JobFailedError(f"{profile.id} did not bring {' and '.join(missing)}.", hint=_HINT, port=missing[0])
    return chosen


def facts_of(kind: NodeKind, port: str, path: Path) -> Facts:
    """Look into a file and return its facts.

    Raises JobFailedError for something else than the port gives, and a MediaError for what should be right and cannot
    be read (cut short on its way, perhaps).
    """
    output = kind.output(port)
    media_type = next(iter(sorted(output.types))) if output else ""
    if media_type in _MEDIA:
        return _media_facts(media_type, path)
    if media_type in _WORDS:
        return {"characters": len(_text(media_type, path))}
    if media_type == "timeline":
        return {"characters": len(_timeline(path))}
    if path.stat().st_size == 0:
        raise _something_else(media_type, "an empty file")
    if _is_page(path):
        raise _something_else(media_type, "a web page")
    return {"bytes": path.stat().st_size}


def _is_page(path: Path) -> bool:
    """Say whether a file without a reader of ours is what a storage or a proxy answers instead of it."""
    with path.open("rb") as file:
        start = file.read(256).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<?xml", b"<error>"))


# --- pictures and sound ---------------------------------------------------------------------------------


def _media_facts(media_type: str, path: Path) -> Facts:
    try:
        sniff(path)
    except MediaError as error:
        raise _something_else(media_type, error.message) from error
    info = probe(path)
    found = medium_of(info)
    if found != media_type and not (media_type == "image" and info.has_video and info.frame_count == 1):
        raise _something_else(
            media_type, {"audio": "sound", "image": "a picture", "video": "a video"}.get(found, found)
        )
    return sound_facts(info) if media_type == "audio" else picture_facts(info)


# --- words ----------------------------------------------------------------------------------------------


def _text(media_type: str, path: Path) -> str:
    if path.stat().st_size > LARGEST_TEXT:
        raise _something_else(media_type, f"a file of more than {LARGEST_TEXT // 1_000_000} MB")
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise _something_else(media_type, "a file that is no UTF-8 text") from error
    if "\0" in text or not text.strip():
        raise _something_else(media_type, "an empty text" if not text.strip() else "a file that is no text")
    return text


def _timeline(path: Path) -> str:
    """An OTIO document, or what an assembled film says of its own cut."""
    text = _text("timeline", path)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _something_else("timeline", "a text that is no OTIO document") from error
    if isinstance(document, dict) and document.get("schema") == ASSEMBLY:
        try:
            read_assembly(text)
        except InvalidDocumentError as error:
            raise _something_else("timeline", error.message) from error
    elif not isinstance(document, dict) or "OTIO_SCHEMA" not in document:
        raise _something_else("timeline", "a text that is no OTIO document")
    return text


def _something_else(media_type: str, found: str) -> JobFailedError:
    wanted = _NAMES.get(media_type, f"A {media_type}")
    return JobFailedError(f"{wanted} was promised; what came is {found.rstrip('.')}.", hint=_HINT)
