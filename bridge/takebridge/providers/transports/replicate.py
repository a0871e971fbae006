"""Replicate's predictions (replicate 1.0.7, its HTTP documentation; providers.md §2.2).

Inputs, outputs and logs are deleted an hour after a prediction ends. There is no id of ours, and no way to find one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from takebridge.errors import ProviderBusyError
from takebridge.providers.facts import Json
from takebridge.providers.protocol import JobUpdate, ProviderStatus, RemoteJob
from takebridge.providers.remote.answers import done, failed, look_at, nonsense, object_of, within, words
from takebridge.providers.remote.door import Door, Reply, explain_by_status
from takebridge.providers.remote.order import Order
from takebridge.providers.remote.refusals import Refusal, RefusalKind
from takebridge.providers.remote.secrets import Secret
from takebridge.providers.remote.shelf import Shelf
from takebridge.providers.transports.ports import port_details, unstopped

_RESETS = re.compile(r"resets in ~?(\d{1,4})\s*s")
_PERCENT = re.compile(r"^\s*(\d{1,3})%\s*\|.+?\|\s*(\d{1,7})/(\d{1,7})", re.MULTILINE)
"""A progress bar in the logs, as the vendor's client reads it."""
_SEED = re.compile(r"^Using seed: (\d{1,18})\s*$", re.MULTILINE)
_SENSITIVE = ("sensitive", "nsfw", "flagged", "moderation", "content policy", "(e005)")
"""How models say that a content check refused (memory: there is no code for it)."""


class ReplicateTransport:
    """Predictions of official models (``owner/name``) and of versions (``owner/name:version``)."""

    name = "replicate"

    def auth(self, key: Secret | None) -> Mapping[str, str]:
        """Bearer."""
        return {"Authorization": f"Bearer {key.reveal()}"} if key else {}

    def explain(self, reply: Reply) -> Refusal:
        """Read ``{title, detail, status}``; a throttle says in words when it ends."""
        plain, fields = explain_by_status(reply), reply.fields()
        reason = words(fields.get("detail")) or words(fields.get("title")) or plain.reason
        resets = _RESETS.search(reason)
        wait = float(resets[1]) if plain.retry_after is None and resets else plain.retry_after
        return Refusal(plain.kind, reason, wait)

    async def submit(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob:
        """Upload, then ask once. Raises what `Door.spend` does."""
        sent: dict[Path, str] = {}

        async def upload(path: Path, kind: str) -> str:
            if path not in sent:
                sent[path] = await _uploaded(door, path, kind)
            return sent[path]

        wish = {"input": await order.body(upload)}
        model, _, version = order.remote_id.partition(":")
        if version:
            reply = await door.spend("/v1/predictions", json={"version": version, **wish})
        else:
            reply = await door.spend(f"/v1/models/{model}/predictions", json=wish)
        if not (made := words(reply.fields().get("id"))):
            raise door.garbled()
        return RemoteJob(provider=order.profile.provider, id=made, model=order.profile.id, details=port_details(order))

    async def poll(self, door: Door, job: RemoteJob, shelf: Shelf) -> JobUpdate:
        """Look at the prediction."""
        found = await look_at(door, f"/v1/predictions/{job.id}")
        if found is None:
            return JobUpdate(state="lost")
        match found.get("status"):
            case "starting":
                return JobUpdate(state="queued")
            case "processing":
                return _running(found)
            case "canceled":
                return JobUpdate(state="cancelled", model_reported=_model(found))
            case "aborted":
                # The vendor's client does not know this word: a deadline passed before the prediction began.
                return failed(Refusal("timeout", words(found.get("error")) or "It waited too long and never began."))
            case "failed":
                reason = words(found.get("error"))
                return failed(Refusal(kind_of(reason), reason))
            case "succeeded":
                return _result(job, found)
        raise nonsense(door)

    async def cancel(self, door: Door, job: RemoteJob) -> None:
        """Stop a prediction; one that has ended stays as it is."""
        reply = await door.look(f"/v1/predictions/{job.id}/cancel", method="POST")
        if reply.status >= 300 and reply.status != 404:
            raise unstopped(door, reply)

    async def find(self, door: Door, order: Order, shelf: Shelf) -> RemoteJob | None:
        """None: predictions carry no id of ours."""
        return None

    async def check(self, door: Door) -> ProviderStatus:
        """Read the account: free, and needs the key."""
        account = object_of(door, await door.ask("/v1/account"))
        return ProviderStatus(ready=True, message=f"Replicate knows the key as {words(account.get('username'))}.")


def kind_of(reason: str) -> RefusalKind:
    """Return the kind of a prediction's error, which is free text."""
    said = reason.lower()
    if not any(word in said for word in _SENSITIVE):
        return "server"
    return "moderation_input" if "input" in said and "output" not in said else "moderation_output"


async def _uploaded(door: Door, path: Path, kind: str) -> str:
    """Upload a file; return the address a prediction names it by. Its own name does not go along."""
    form = {"content": (f"input{path.suffix.lower()}", path, kind)}
    reply = await door.ask("/v1/files", method="POST", files=form)
    if address := words(within(reply.fields(), "urls", "get")):
        return address
    raise ProviderBusyError(f"{door.title} did not take the upload properly.")


def _running(found: Mapping[str, Any]) -> JobUpdate:
    bars = _PERCENT.findall(words(found.get("logs")))
    if not bars:
        return JobUpdate(state="running")
    _, current, total = bars[-1]
    return JobUpdate(state="running", done=min(int(current), int(total)), total=int(total))


def _result(job: RemoteJob, found: Mapping[str, Any]) -> JobUpdate:
    address = next(_addresses(found.get("output")), None)
    if address is None:
        gone = found.get("output") is None and found.get("data_removed") is True
        reason = "Replicate has deleted the result, an hour after it was made." if gone else "It names no result."
        return failed(Refusal("server", reason))
    seeds = _SEED.findall(words(found.get("logs")))
    return done(job, address, model_reported=_model(found), seed_used=int(seeds[-1]) if seeds else None)


def _addresses(output: Json, depth: int = 4) -> Iterator[str]:
    """Yield the addresses in an output: a text, a list, or an object of them; the order is the model's own."""
    if isinstance(output, str) and output.startswith(("https://", "http://")):
        yield output
    inner = output.values() if isinstance(output, dict) else output if isinstance(output, list) else ()
    for one in inner if depth else ():
        yield from _addresses(one, depth - 1)


def _model(found: Mapping[str, Any]) -> str:
    """Return ``owner/name:version`` as reported; the version of official models is ``hidden``."""
    model, version = words(found.get("model")), words(found.get("version"))
    return f"{model}:{version}" if model and version and version != "hidden" else model


TRANSPORT = ReplicateTransport()
