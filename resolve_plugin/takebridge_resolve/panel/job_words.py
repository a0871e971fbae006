"""What a row of the job drawer says. Pure; times come in, nothing looks at a clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from takebridge_resolve.panel.words import NO_ESTIMATE, clock, counted, exactly, in_short, money, span

if TYPE_CHECKING:
    from takebridge.client.replies import CapFacts, Job, SpendFacts

LOST = "We sent this and lost the answer. It may have been charged; we won't send it twice."
"""What is said of a job whose submission was cut off (code ``unknown_outcome``)."""
CANCELLING = "Cancelling… may still be charged"
RECENT_SECONDS = 900
"""A finished job leaves the drawer after a quarter of an hour; one that failed stays until it is dismissed."""
_WORDS = {
    "Pending": "Pending",
    "InProgress": "In progress",
    "Complete": "Complete",
    "Failed": "Failed",
    "PendingReview": "Pending review",
}
CHOICES = {
    "look_again": "Check with provider",
    "submit_again": "Send again (may pay twice)",
    "continue": "Go on",
    "give_up": "Give up",
}


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job as a person reads it. ``token`` names its glyph and colour."""

    title: str
    token: str
    status: str
    detail: str = ""
    code: str = ""
    can_cancel: bool = False
    can_retry: bool = False
    choices: tuple[str, ...] = ()


def moment(text: str | None) -> datetime | None:
    """Return a time of the bridge's (ISO 8601, UTC where it does not say); None for none."""
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def job_row(job: Job, title: str, *, now: datetime, usual: tuple[int | None, int | None], cancelling: bool) -> JobRow:
    """Return a job's row. ``usual``: how many seconds such jobs took, from and to; ``cancelling``: it was asked to."""
    name = " · ".join(part for part in (title, job.model) if part)
    active = job.status in ("Pending", "InProgress")
    if cancelling and active:
        return JobRow(name, "pending", CANCELLING)
    status = _WORDS.get(job.status, job.status or job.state)
    token = {"InProgress": "in_progress", "PendingReview": "pending_review"}.get(job.status, job.status.lower())
    token = token if job.status in _WORDS else "unknown"
    return JobRow(
        name,
        token,
        status + _after(job, now, usual),
        _detail(job),
        str((job.error or {}).get("code", "")),
        can_cancel=active,
        can_retry=job.can_retry,
        choices=job.choices,
    )


def _after(job: Job, now: datetime, usual: tuple[int | None, int | None]) -> str:
    """What follows the status: elapsed time and how long it usually takes, or what it cost."""
    begun = moment(job.created_at)
    if job.status == "InProgress" and begun:
        return f" {clock(max(0, int((now - begun).total_seconds())))}, {span(*usual)}"
    if job.status == "Pending":
        estimate = span(*usual)
        return "" if estimate == NO_ESTIMATE else f", {estimate} once it starts"
    if job.status == "Complete":
        return f" · {money(job.actual_micros, job.currency)}" if job.actual_micros is not None else ""
    return ""


def _detail(job: Job) -> str:
    error = job.error
    if not error:
        return ""
    message = told(error)
    return in_short(f"{message} {paid(job)}".strip()) if job.status == "Failed" else in_short(message)


def told(error: Mapping[str, Any]) -> str:
    """Return what went wrong with a job, in one sentence."""
    return LOST if error.get("code") == "unknown_outcome" else str(error.get("message", ""))


def failure(job: Job) -> str:
    """Return why a job failed and whether it cost money; "" for one that did not, or that somebody cancelled."""
    error = job.error or {}
    if job.status != "Failed" or error.get("code") == "job_cancelled":
        return ""
    return f"{told(error)} {paid(job)}".strip()


def paid(job: Job) -> str:
    """Say whether a job that ended cost money."""
    if job.actual_micros == 0 or job.high_micros == 0:
        return "Not charged."
    if job.actual_micros is not None:
        return f"Charged {exactly(job.actual_micros, job.currency)}."
    return "" if job.status == "Complete" else "Whether it was charged is not known yet."


def retry_words(job: Job) -> str:
    """Return what stands on the button that asks for a failed job once more: what that may cost at most."""
    if job.high_micros == 0:
        return "Retry"
    most = job.high_micros if job.high_micros is not None else job.max_micros
    return "Retry" if most is None else f"Retry · up to {exactly(most, job.currency)}"


def usual_seconds(jobs: Iterable[Job], model: str) -> tuple[int | None, int | None]:
    """Return how long jobs of a model took, the middle of its history; (None, None) without any."""
    took = sorted(
        max(1, round((ended - begun).total_seconds()))
        for job in jobs
        if job.model == model
        and job.status == "Complete"
        and (begun := moment(job.created_at))
        and (ended := moment(job.ended_at))
    )
    if not took:
        return None, None
    return took[len(took) // 5], took[-1 - len(took) // 5]


def shown_jobs(jobs: Iterable[Job], dismissed: frozenset[str], now: datetime) -> list[Job]:
    """Return the jobs worth a row, the newest first: what runs or waits, what failed, what ended lately."""
    return [job for job in reversed([*jobs]) if job.job not in dismissed and _is_worth_a_row(job, now)]


def _is_worth_a_row(job: Job, now: datetime) -> bool:
    if job.status in ("Pending", "InProgress", "PendingReview"):
        return True
    if job.status == "Failed" and (job.error or {}).get("code") != "job_cancelled":
        return True
    ended = moment(job.ended_at)
    return ended is not None and (now - ended).total_seconds() < RECENT_SECONDS


def footer(jobs: Sequence[Job], spend: str) -> str:
    """Return the line below everything: ``2 in progress · 1 failed · Today $18.00 of $50.00``."""
    counts = {name: sum(job.status == name for job in jobs) for name in _WORDS}
    parts = [
        f"{counts['InProgress']} in progress" if counts["InProgress"] else "",
        f"{counts['Pending']} pending" if counts["Pending"] else "",
        f"{counts['Failed']} failed" if counts["Failed"] else "",
        f"{counts['PendingReview']} to review" if counts["PendingReview"] else "",
    ]
    return " · ".join([*(part for part in parts if part), spend]) if any(parts) else f"Nothing in progress · {spend}"


def today(spent: Iterable[SpendFacts], caps: Iterable[CapFacts], day: str, currency: str = "USD") -> str:
    """Return what was spent and held on a UTC day, and the cap where there is one: ``Today $18.40 of $50.00``."""
    lines = [line for line in spent if line.day == day and line.currency == currency]
    micros = sum(line.settled_micros + line.reserved_micros for line in lines)
    unknown = sum(line.unknown_jobs for line in lines)
    cap = next((cap for cap in caps if cap.scope == "day" and cap.key == "" and cap.currency == currency), None)
    limit = f" of {exactly(cap.limit_micros, currency)}" if cap else ""
    unpriced = f" + {counted(unknown, 'job')} of unknown cost" if unknown else ""
    return f"Today {exactly(micros, currency)}{limit}{unpriced}"


def choice_words(choice: str) -> str:
    """Return a decision as its button says it."""
    return CHOICES.get(choice, choice.replace("_", " ").capitalize())


def named(event: dict[str, Any]) -> str:
    """Return the id of the job an event is about."""
    return str(event.get("job", ""))
