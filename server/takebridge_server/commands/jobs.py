"""``jobs``, ``cancel``, ``retry``, ``resolve`` and ``queue``: what is being made, and what waits for a decision."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer

from takebridge.client.replies import Job, QueueFacts
from takebridge.errors import UsageError
from takebridge.ids import JobId
from takebridge_server import show, show_jobs
from takebridge_server.commands.naming import canvas_named, job_named, titles_of_jobs
from takebridge_server.commands.terminal import (
    DEFAULT_AUTHOR,
    Author,
    CanvasOption,
    Home,
    Json,
    MaxCost,
    audience,
    bridge_at,
    do,
    micros_of,
)
from takebridge_server.watch import ENDED, tell_pauses, watch_job

queue = typer.Typer(help="What may start: pause, resume, look.", no_args_is_help=True)

CHOICES = ("look_again", "submit_again", "continue", "give_up")
JobName = Annotated[str, typer.Argument(help="Job id as 'takebridge jobs' lists it; its beginning will do.")]
Provider = Annotated[str | None, typer.Option("--provider", help="Only jobs of this provider.")]
OnlyCanvas = Annotated[str | None, typer.Option("--canvas", help="Only jobs of this canvas, by id or title.")]


def jobs(canvas: OnlyCanvas = None, home: Home = None, as_json: Json = False) -> None:
    """List jobs, oldest first; those that wait for a decision say what can be chosen."""

    titles: dict[str, str] = {}

    def work() -> list[dict[str, Any]]:
        with bridge_at(home) as api:
            wanted = canvas_named(api, canvas) if canvas else None
            found = list(api.client.get("/api/jobs", canvas_id=wanted))
            titles.update({} if as_json else titles_of_jobs(api, found))
            return found

    do(as_json, work, lambda found: show_jobs.jobs(found, titles))


def cancel(job: JobName, home: Home = None, as_json: Json = False) -> None:
    """Stop a job. One that has ended stays as it is."""

    def work() -> dict[str, Any]:
        with bridge_at(home) as api:
            job_id = _id(job_named(api, job))
            found = api.client.get(f"/api/jobs/{job_id}")
            if found["state"] in ENDED:
                return {**found, "had_ended": True}
            api.cancel(job_id)
            return watch_job(api.client, job_id, audience(as_json))

    do(as_json, work, show.job)


def retry(
    job: JobName,
    max_cost: MaxCost = None,
    wait: Annotated[bool, typer.Option(help="Wait for the take, with progress.")] = True,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Ask once more for a job that failed or was cancelled, with the recipe it had."""

    def work() -> dict[str, Any]:
        most = None if max_cost is None else micros_of(max_cost)
        with bridge_at(home) as api:
            anew = api.retry(_id(job_named(api, job)), author=author, max_micros=most)
            tell_pauses(api, audience(as_json))
            return watch_job(api.client, anew.job, audience(as_json)) if wait else _facts(anew)

    ended = do(as_json, work, show.job)
    raise typer.Exit(0 if not wait or ended["state"] == "done" else 1)


def resolve(
    job: JobName,
    choice: Annotated[str, typer.Argument(help="look_again, submit_again, continue or give_up; as the job offers.")],
    max_cost: MaxCost = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Decide about a job whose outcome nobody knows."""

    def work() -> dict[str, Any]:
        most = None if max_cost is None else micros_of(max_cost)
        word = choice.lower().replace("-", "_")
        if word not in CHOICES:
            raise UsageError(f"“{choice}” is no choice.", hint=f"Say one the job offers: {', '.join(CHOICES)}.")
        with bridge_at(home) as api:
            return _facts(api.resolve(_id(job_named(api, job)), word, author=author, max_micros=most))

    do(as_json, work, show.job)


@queue.command("show")
def queue_show(home: Home = None, as_json: Json = False) -> None:
    """What is paused, and how many jobs of each provider wait and run."""

    def work() -> QueueFacts:
        with bridge_at(home) as api:
            return api.queue()

    do(as_json, work, show_jobs.queue)


@queue.command("pause")
def queue_pause(
    canvas: OnlyCanvas = None,
    provider: Provider = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Let no further job start. Those that run go on."""
    _switch("pause", canvas, provider, author, home, as_json=as_json)


@queue.command("resume")
def queue_resume(
    canvas: OnlyCanvas = None,
    provider: Provider = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """End a pause: the same one, with the same options."""
    _switch("resume", canvas, provider, author, home, as_json=as_json)


def _switch(verb: str, canvas: CanvasOption, provider: Provider, author: str, home: Home, *, as_json: bool) -> None:
    def work() -> QueueFacts:
        if canvas and provider:
            raise UsageError("A pause is for a canvas or for a provider.", hint="Give one of the two.")
        with bridge_at(home) as api:
            scope = "canvas" if canvas else "provider" if provider else "all"
            key = canvas_named(api, canvas) if canvas else provider or ""
            turn = api.pause if verb == "pause" else api.resume
            return turn(scope, key, author=author)

    do(as_json, work, show_jobs.queue)


def _id(job: str) -> JobId:
    return JobId(quote(job, safe=""))


def _facts(job: Job) -> dict[str, Any]:
    return job.model_dump(mode="json")
