"""Answers of APIs that answer at once: kept on the drive by the submit, handed out by every look after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from takebridge.providers.protocol import Artifact, JobUpdate, RemoteJob
from takebridge.providers.remote.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Answer:
    """One file of an answer. ``name`` is the file's name on the shelf; without a ``port`` it only lies beside."""

    port: str
    media_type: str
    name: str
    data: bytes


def keep_answer(shelf: Shelf, token: str, answers: Sequence[Answer], **said: Any) -> None:  # noqa: ANN401 - JSON
    """Store an answer and what it says of itself (fields of `JobUpdate`: ``seed_used``, ``cost_micros`` …).

    The facts come last: an answer without them is none. Blocks. Raises DiskFullError.
    """
    kept = [{"port": one.port, "media_type": one.media_type, "location": _kept(shelf, token, one)} for one in answers]
    shelf.keep_facts(token, {"artifacts": [one for one in kept if one["port"]], "said": said})


def answered(shelf: Shelf, job: RemoteJob) -> JobUpdate | None:
    """Return what the answer to a job's token was; None when none lies on the shelf. Blocks."""
    facts = shelf.facts(job.details.get("token", ""))
    if facts is None:
        return None
    found = tuple(Artifact.model_validate(one) for one in facts.get("artifacts", ()))
    return JobUpdate(state="done", artifacts=found, **facts.get("said", {}))


def kept_job(shelf: Shelf, provider: str, model: str, token: str) -> RemoteJob | None:
    """Return the job of an answer that lies here although its job was never noted (the process died in between)."""
    if shelf.facts(token) is None:
        return None
    return RemoteJob(provider=provider, id=token, model=model, details={"token": token})


def gone(title: str) -> JobUpdate:
    """Return the update of a job whose answer is no longer here and which the API cannot be asked for again."""
    return JobUpdate(
        state="lost",
        error_message=f"The answer of {title} is no longer kept on this machine.",
        error_hint="Look into the provider's own history, or generate it again.",
    )


def _kept(shelf: Shelf, token: str, one: Answer) -> str:
    return shelf.keep(token, one.name, one.data)
