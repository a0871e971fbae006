"""What a ComfyUI says of one run: the jobs API where it has one, else its queue and history. History is the truth.

Shapes: ComfyUI's published OpenAPI file and ``comfy_execution/jobs.py`` (2026), providers.md §4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Literal
from urllib.parse import urlencode

from takebridge.errors import ProviderBusyError
from takebridge.providers.facts import Json
from takebridge.providers.remote.door import Door, Reply

State = Literal["queued", "running", "done", "failed", "cancelled", "lost"]

_JOBS: Mapping[str, State] = {
    "waiting_to_dispatch": "queued",
    "pending": "queued",
    "in_progress": "running",
    "completed": "done",
    "failed": "failed",
    "error": "failed",
    "cancelled": "cancelled",
}
_SUFFIXES = {
    "video": frozenset({".mp4", ".webm", ".mov", ".mkv", ".gif", ".webp", ".apng"}),
    "image": frozenset({".png", ".jpg", ".jpeg", ".webp", ".exr", ".tif", ".tiff", ".bmp"}),
    "audio": frozenset({".wav", ".flac", ".mp3", ".opus", ".ogg", ".m4a", ".aac"}),
    "model_3d": frozenset({".glb", ".gltf", ".fbx", ".obj"}),
}


@dataclass(frozen=True, slots=True)
class Sight:
    """A run as it is now, with ``{node: {group: [{filename, subfolder, type}]}}``, or the reason why it failed."""

    state: State
    outputs: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def jobs_path(door: Door) -> str:
    """Return the path of the jobs API; an address that ends in ``/api`` (Comfy Cloud) has it in already."""
    return "/jobs" if door.account.base_url.rstrip("/").endswith("/api") else "/api/jobs"


async def sight_of(door: Door, prompt_id: str) -> Sight:
    """Look once. Raises ProviderBusyError when the server is away or cannot be understood."""
    found = await _by_jobs(door, prompt_id)
    if found is not None and (found.outputs or found.state != "done"):
        return found
    if (found := await _by_history(door, prompt_id)) is not None:
        return found
    if (found := await _by_queue(door, prompt_id)) is not None:
        return found
    # It may have gone from the queue into the history between the two looks.
    return await _by_history(door, prompt_id) or Sight("lost")


async def running_id(door: Door) -> str | None:
    """Return the id of the run the server is at, None when it rests."""
    rows = _object(door, await door.ask("/queue")).get("queue_running")
    return next((row[1] for row in rows if isinstance(row, list) and len(row) > 1), None) if rows else None


def location_of(door: Door, sight: Sight, node: str, media_type: str) -> str | None:
    """Return the address of the file a node made; of several the first that is saved and of the right kind."""
    files = list(_files(sight.outputs.get(node)))
    right = [one for one in files if _suffix(one) in _SUFFIXES.get(media_type, frozenset())] or files
    saved = [one for one in right if one.get("type") == "output"] or right
    if not saved:
        return None
    names = ("filename", "subfolder", "type")
    query = urlencode({name: str(saved[0].get(name, "")) for name in names})
    return door.url_of(f"/view?{query}")


# --- the three ways to ask ------------------------------------------------------------------------------


async def _by_jobs(door: Door, prompt_id: str) -> Sight | None:
    """None where the server has no jobs API, or none that knows this run."""
    reply = await door.look(f"{jobs_path(door)}/{prompt_id}")
    _check_key(door, reply)
    value = reply.fields() if reply.status == 200 else {}
    state = _JOBS.get(str(value.get("status", "")))
    if state is None:
        return None
    status = value.get("execution_status")
    if state == "failed" and _was_interrupted(status):
        return Sight("cancelled")
    outputs = value.get("outputs") if isinstance(value.get("outputs"), dict) else {}
    reason = _reason(value.get("execution_error")) or _reason_in(status) or str(value.get("error_message") or "")
    return Sight(state, outputs or {}, reason if state == "failed" else "")


async def _by_history(door: Door, prompt_id: str) -> Sight | None:
    reply = await door.look(f"/history/{prompt_id}")
    _check_key(door, reply)
    if reply.status == 404:
        return None
    entry = _object(door, reply).get(prompt_id)
    if not isinstance(entry, dict):
        return None
    outputs = entry.get("outputs") if isinstance(entry.get("outputs"), dict) else {}
    status = entry.get("status") if isinstance(entry.get("status"), dict) else {}
    if status and status.get("status_str") == "error":
        interrupted = _was_interrupted(status)
        return Sight("cancelled") if interrupted else Sight("failed", reason=_reason_in(status))
    # Versions before 2024 write no status; an entry is there only once the run has ended.
    return Sight("done", outputs or {})


async def _by_queue(door: Door, prompt_id: str) -> Sight | None:
    queue = _object(door, await door.ask("/queue"))
    states: tuple[tuple[str, State], ...] = (("queue_running", "running"), ("queue_pending", "queued"))
    for name, state in states:
        rows = queue.get(name)
        if isinstance(rows, list) and any(isinstance(row, list) and prompt_id in row[1:2] for row in rows):
            return Sight(state)
    return None


# --- reading --------------------------------------------------------------------------------------------


def _object(door: Door, reply: Reply) -> dict[str, Any]:
    if reply.status != 200:
        raise ProviderBusyError(f"{door.title} answered with HTTP {reply.status}.")
    try:
        value = reply.json()
    except ValueError as error:
        raise ProviderBusyError(f"{door.title} answered with something unreadable.") from error
    if not isinstance(value, dict):
        raise ProviderBusyError(f"{door.title} answered with something unreadable.")
    return value


def _check_key(door: Door, reply: Reply) -> None:
    if reply.status in (401, 403):
        raise door.refused(reply)


def _files(output: Json) -> Iterator[Mapping[str, Any]]:
    for group in output.values() if isinstance(output, dict) else ():
        for one in group if isinstance(group, list) else ():
            if isinstance(one, dict) and one.get("filename"):
                yield one


def _suffix(one: Mapping[str, Any]) -> str:
    return PurePosixPath(str(one.get("filename", ""))).suffix.lower()


def _messages(status: Json) -> Iterator[tuple[str, Mapping[str, Any]]]:
    messages = status.get("messages") if isinstance(status, dict) else None
    for one in messages if isinstance(messages, list) else ():
        if isinstance(one, list) and len(one) > 1 and isinstance(one[1], dict):
            yield str(one[0]), one[1]


def _was_interrupted(status: Json) -> bool:
    return any(name == "execution_interrupted" for name, _ in _messages(status))


def _reason_in(status: Json) -> str:
    return next((_reason(data) for name, data in _messages(status) if name == "execution_error"), "")


def _reason(error: Json) -> str:
    """The failed node and its exception; never the traceback."""
    if not isinstance(error, dict):
        return ""
    node = str(error.get("node_type") or "")
    said = str(error.get("exception_message") or error.get("exception_type") or "").strip()
    return f"{node}: {said}" if node and said else said or node
