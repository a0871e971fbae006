"""What must hold after every round, as pure functions of the evidence and of what people did.

Each returns sentences that say what is wrong; nothing is what everybody wants to read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.crash.evidence import Evidence
from tests.support.scripted_provider.scripted_script import Script

ENDED = frozenset({"done", "failed", "cancelled", "unknown"})
OPEN_MONEY = frozenset({"reserved", "intent", "submitted"})
_SPENT = frozenset({"settled", "unknown", "submitted"})
"""States in which money is gone or held; the last is wrong for a job that is over, which `money` says by itself."""


@dataclass(slots=True)
class Deeds:
    """What people did, as the rig remembers it.

    ``posts`` counts how often each label was asked for, ``promised`` are jobs the bridge confirmed. ``again`` counts
    consents to submit a label again; the job that was unknown counts as given up then. ``pins`` are this round's.
    """

    posts: Counter[str] = field(default_factory=Counter)
    promised: dict[str, str] = field(default_factory=dict)
    again: Counter[str] = field(default_factory=Counter)
    given_up: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)
    pins: list[Pinned] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pinned:
    """One node in one round: the pin it had and the label asked for.

    A take of the label ``moves`` the pin always, never, or (somebody changed the node meanwhile) perhaps.
    """

    canvas: str
    node: str
    before: str | None
    label: str
    moves: Literal["always", "perhaps", "never"]


def violations(seen: Evidence, deeds: Deeds) -> list[str]:
    """Everything that is wrong."""
    return [text for check in (promises, charges, takes, money, totals, pins, leftovers) for text in check(seen, deeds)]


def promises(seen: Evidence, deeds: Deeds) -> Iterator[str]:
    """A confirmed job is there, has ended, and says how."""
    for job, label in deeds.promised.items():
        if job not in seen.jobs:
            yield f"{label}: job {job} was confirmed and is gone"
    for job in seen.jobs.values():
        told, label = job.get("error") or {}, seen.labels.get(job["job"])
        if job["state"] not in ENDED:
            yield f"{label}: {job['job']} is {job['state']}, nobody works on it"
        elif job["state"] == "done" and not job["take"]:
            yield f"{label}: {job['job']} is done without a take"
        elif job["state"] in ("failed", "unknown") and not (told.get("message") and told.get("hint")):
            yield f"{label}: {job['job']} is {job['state']} without a reason or a next step: {told}"


def charges(seen: Evidence, deeds: Deeds) -> Iterator[str]:
    """Every token and job is charged at most once, and there are no more jobs than people asked for."""
    by_token = Counter(remote["token"] for remote in seen.remote if remote["charged"])
    by_label = Counter(remote["script"]["label"] for remote in seen.remote if remote["charged"])
    jobs = Counter(seen.labels.values())
    for token, count in by_token.items():
        if token not in seen.ledger:
            yield f"{token} was charged and the ledger knows nothing of it"
        if count > 1:
            yield f"{seen.labels.get(seen.tokens.get(token, ''))}: {token} was charged {count} times"
    for label, count in by_label.items():
        if count > jobs[label]:
            yield f"{label}: {jobs[label]} jobs, {count} charges"
    for label, count in jobs.items():
        if count > deeds.posts[label] + deeds.again[label]:
            yield f"{label}: asked for {deeds.posts[label]} times and {deeds.again[label]} times again, {count} jobs"


def takes(seen: Evidence, deeds: Deeds) -> Iterator[str]:
    """What was paid for and delivered is a take, once, or waits for a person; nothing else is a take."""
    made = _takes_by_job(seen)
    yield from _lost(seen, deeds, made)
    for job, found in made.items():
        label, facts = seen.labels.get(job), seen.jobs.get(job)
        if facts is None or facts["state"] != "done":
            yield f"{label}: take {found[0]['id']} of {job}, which is {facts and facts['state']}"
        if len(found) > 1:
            yield f"{label}: {len(found)} takes of {job}"
    for job, facts in seen.jobs.items():
        if facts["state"] == "done" and facts["take"] not in {take["id"] for take in made.get(job, ())}:
            yield f"{seen.labels.get(job)}: {job} is done and {facts['take']} is on no canvas"
    paid = [take for found in made.values() for take in found if take["provider"] == "scripted"]
    contents = Counter(output["content"] for take in paid for output in take["outputs"].values())
    for content, count in contents.items():
        if count > 1:
            yield f"{count} takes hold the same result {content[:15]}…: one of them is another job's"


def _takes_by_job(seen: Evidence) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for view in seen.canvases.values():
        for take in view["canvas"]["takes"].values():
            if take["origin"] == "generated":
                found[take["job_id"]].append(take)
    return dict(found)


def _lost(seen: Evidence, deeds: Deeds, made: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    for remote in seen.remote:
        script, job = Script(**remote["script"]), seen.tokens.get(remote["token"], "")
        facts = seen.jobs.get(job, {})
        kept = job in made or facts.get("state") == "unknown" or job in deeds.cancelled | deeds.given_up
        if script.delivers and not kept:
            told = (facts.get("error") or {}).get("message")
            what = f"{remote['id']} was paid for and its take is lost"
            yield f"{script.label}: {what} ({job} {facts.get('state')}: {told})"


def money(seen: Evidence, deeds: Deeds) -> Iterator[str]:
    """Each entry of the ledger says what the provider's books say."""
    charged: Counter[str] = Counter()
    for remote in seen.remote:
        charged[remote["token"]] += remote["charged"]
    for token, entry in seen.ledger.items():
        label = seen.labels.get(entry["job_id"])
        job = seen.jobs.get(entry["job_id"], {"state": "gone"})
        waits = job["state"] == "unknown"
        if entry["state"] in OPEN_MONEY and not (waits and entry["state"] == "submitted"):
            yield f"{label}: the ledger's {token} is still {entry['state']}"
        if charged[token] and entry["state"] not in _SPENT:
            yield f"{label}: {token} cost {charged[token]} and the ledger says {entry['state']}"
        paid = entry["provider"] == "scripted" and entry["state"] == "settled"
        if paid and not charged[token] and entry["job_id"] not in deeds.given_up:
            yield f"{label}: {token} cost nothing and the ledger settled it at {counted(entry)}"
        if entry["actual_micros"] is not None and entry["actual_micros"] < 0:
            yield f"{label}: {token} is settled below nothing: {entry['actual_micros']}"
        if waits != (entry["state"] in ("unknown", "submitted")):
            yield f"{label}: the ledger says {entry['state']}, its job {entry['job_id']} {job['state']}"


def counted(entry: dict[str, Any]) -> int | None:
    """What an entry counts as spent; None is unknown."""
    actual: int | None = entry["actual_micros"]
    reserved: int | None = entry["reserved_micros"]
    return actual if entry["state"] == "settled" and actual is not None else reserved


def totals(seen: Evidence, _deeds: Deeds) -> Iterator[str]:
    """Settled and unknown money together cover all charges."""
    spent = sum(counted(entry) or 0 for entry in seen.ledger.values() if entry["state"] in _SPENT)
    charged = sum(remote["charged"] for remote in seen.remote)
    if spent < charged:
        yield f"the provider charged {charged} micros, the ledger knows of {spent}"


def pins(seen: Evidence, deeds: Deeds) -> Iterator[str]:
    """A pin moves only to a take of the label asked for, and only where it may."""
    for pinned in deeds.pins:
        view = seen.canvases.get(pinned.canvas)
        if view is None or pinned.node not in view["canvas"]["nodes"]:
            yield f"{pinned.label}: its node {pinned.node} is gone"
            continue
        pin = view["canvas"]["nodes"][pinned.node]["pin"]
        made = [
            take["id"] for take in view["canvas"]["takes"].values()
            if take["node_id"] == pinned.node and seen.labels.get(take["job_id"] or "") == pinned.label
        ]  # fmt: skip
        fitting = [] if pinned.moves == "never" else made
        if pinned.moves == "always" and made and pin not in made:
            yield f"{pinned.label}: {pinned.node} has {pin} pinned, not its new take {made}"
        elif pin != pinned.before and pin not in fitting:
            yield f"{pinned.label}: the pin of {pinned.node} moved from {pinned.before} to {pin}"


def leftovers(seen: Evidence, _deeds: Deeds) -> Iterator[str]:
    """Whole databases, no litter, no strays."""
    for name, said in seen.integrity.items():
        if said != ["ok"]:
            yield f"{name} is damaged: {said[:3]}"
    yield from (f"left over: {path}" for path in seen.litter)
    yield from (f"still running: {process}" for process in seen.strays)
