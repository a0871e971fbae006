"""From a template to a film, told step by step: all through the bridge's HTTP API, in a data folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from time import monotonic
from typing import Any

from rich.console import Console, RenderableType
from rich.markup import escape

from takebridge.canvas.model import Canvas, Node
from takebridge.canvas.op_types import Pin
from takebridge.canvas.plan_types import Plan, Scope
from takebridge.client.api import Api
from takebridge.client.http import BridgeClient
from takebridge.client.replies import FilmExported, Job, RunFacts, Snapshot, read
from takebridge.errors import BudgetError, JobFailedError, NotFoundError, UsageError
from takebridge.ids import CanvasId, NodeId
from takebridge.services.naming import plain
from takebridge.services.templates import load_template
from takebridge.store.amounts import money
from takebridge_server import show_canvas, show_film, show_money, show_plan, show_template
from takebridge_server.commands.films import EXPORT_KIND
from takebridge_server.commands.terminal import WIDTH
from takebridge_server.demo.actors import Server
from takebridge_server.show_template import Timing
from takebridge_server.watch import ENDED, watch_job, watch_run

_SPEND = ("author", "provider", "model")
_GO_ON = "The transcript says which. To look closer and go on: takebridge serve --home DIR/home, DIR as given to --out."


class Teller:
    """Says everything twice: to the terminal, if anybody watches, and to the transcript."""

    def __init__(self, console: Console | None, transcript: Path) -> None:
        self.console = console
        self._file = transcript.open("w", encoding="utf-8", newline="\n")
        self._transcript = Console(file=self._file, width=WIDTH, no_color=True, highlight=False)
        self._began = monotonic()
        self._chapter = 0

    def say(self, *parts: RenderableType) -> None:
        """Tell the audience."""
        for part in parts:
            self._transcript.print(part)
            if self.console is not None:
                self.console.print(part)
        self._file.flush()

    def chapter(self, title: str) -> None:
        """Begin the next part of the story."""
        self._chapter += 1
        self.say("", f"[bold]{self._chapter}  {escape(title)}[/bold]  [dim]({self.clock()})[/dim]")

    def clock(self) -> str:
        """Minutes and seconds since the beginning."""
        return clock(monotonic() - self._began)

    def close(self) -> None:
        """End the transcript."""
        self._file.close()


@dataclass(slots=True)
class Production:
    """What the acts share."""

    api: Api
    tell: Teller
    author: str
    max_micros: int
    canvas_id: CanvasId
    spent_micros: int = 0
    timings: list[Timing] = field(default_factory=list)
    _begun: dict[str, float] = field(default_factory=dict)

    def snapshot(self) -> Snapshot:
        """The canvas as it is now."""
        return self.api.canvas(self.canvas_id)

    def canvas(self) -> Canvas:
        """Nodes, wires and takes as they are now."""
        return self.snapshot().canvas

    def hear(self, titles: dict[str, str]) -> Callable[[dict[str, Any]], None]:
        """Return what notes when jobs begin and tells when they end."""

        def heard(data: dict[str, Any]) -> None:
            job = read(Job, data)
            if job.state == "running":
                self._begun.setdefault(job.job, monotonic())
            if job.state in ENDED and job.job in self._begun:
                took = monotonic() - self._begun.pop(job.job)
                title = titles.get(job.node, job.node)
                self.timings.append(Timing(title, job.model, took))
                why = f": {escape(job.error['message'])}" if job.error else ""
                self.tell.say(f"  {self.tell.clock()}  {escape(title)}: {job.status} in {took:.1f} s, {job.model}{why}")

        return heard


def produce(
    name: str, out: Path, *, slots: dict[str, str], max_micros: int, author: str, console: Console | None
) -> dict[str, Any]:
    """Make a film of a template in ``out`` and return what came of it; the story is in ``out/transcript.txt``.

    A bridge of its own runs over ``out/home`` meanwhile, unless one does already. Raises BridgeErrors: NotFoundError
    for the template, UsageError for the folder, BudgetError when it may cost more than ``max_micros``, JobFailedError.
    """
    title = load_template(name).title
    _prepare(out, plain(title))
    tell = Teller(console, out / "transcript.txt")
    try:
        with _bridge(out, tell) as api:
            return _acts(api, tell, name, out, slots, max_micros, author)
    except KeyboardInterrupt:
        home = quote(str(out / "home"))
        tell.say(escape(f"Stopped; what was made is kept. To go on: takebridge serve --home {home}"))
        raise
    finally:
        tell.close()


def _prepare(out: Path, title: str) -> None:
    taken = [path.name for suffix in (".mp4", ".otio") if (path := out / f"{title}{suffix}").exists()]
    if taken:
        raise UsageError(f"{out} holds {taken[0]} already.", hint="Choose another folder with --out.")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{out} cannot be made: {error.strerror}.", hint="Choose another folder with --out."
        ) from error


@contextmanager
def _bridge(out: Path, tell: Teller) -> Iterator[Api]:
    """The bridge of ``out/home``: the one that runs, else a private one that ends with the story."""
    home = out / "home"
    if running := _running(home):
        with running as client:
            tell.say(f"The bridge at {client.address.url} runs already; it goes on afterwards.")
            yield Api(client)
        return
    with Server(home, out / "bridge.log") as server, BridgeClient(home) as client:
        tell.say(f"A bridge of its own: {server.url}, data in {escape(str(home))}, process {server.pid}.")
        yield Api(client)
    tell.say(f"The bridge (process {server.pid}) has ended.")


def _running(home: Path) -> BridgeClient | None:
    try:
        client = BridgeClient(home)
    except NotFoundError:
        return None
    try:
        client.get("/api/status")
    except NotFoundError:
        client.close()
        return None
    return client


# --- the acts -------------------------------------------------------------------------------------------


def _acts(
    api: Api, tell: Teller, name: str, out: Path, slots: dict[str, str], max_micros: int, author: str
) -> dict[str, Any]:
    made = api.insert_template(name, inputs=slots, author=author)
    work = Production(api, tell, author, max_micros, made.canvas_id)
    _show_canvas(work, made.title, [*slots], made.notes)
    first, ran = _make(work, Scope(kind="stale"), "The plan")
    tell.chapter("The takes")
    tell.say(show_template.takes(work.canvas()))
    ring = _repin(work)
    second, again = _make(work, Scope(kind="downstream", nodes=(NodeId(ring["node"]),)), "The plan for what changed")
    _say_states(work)
    film = _export(work, out, made.title)
    spend = _audit(work)
    return {
        "canvas": made.canvas_id,
        "nodes": made.nodes,
        "plan": first.model_dump(mode="json"),
        "run": ran.model_dump(mode="json"),
        "repin": ring,
        "second_plan": second.model_dump(mode="json"),
        "second_run": again.model_dump(mode="json"),
        "film": film.model_dump(mode="json") if film else None,
        "spend": spend,
        "transcript": str(out / "transcript.txt"),
    }


def _show_canvas(work: Production, title: str, filled: list[str], notes: tuple[str, ...]) -> None:
    work.tell.chapter(f"The canvas: {title}")
    snapshot = work.snapshot()
    own = f"Slots filled: {', '.join(filled)}. " if filled else ""
    work.tell.say(f"{escape(own)}What is left out has the template's own words and pictures.")
    work.tell.say(show_canvas.nodes(snapshot), *(escape(note) for note in notes))


def _make(work: Production, scope: Scope, title: str) -> tuple[Plan, RunFacts]:
    """Show the plan of a scope, and carry it out for at most what is left of the money."""
    work.tell.chapter(title)
    plan = work.api.plan(work.canvas_id, scope, author=work.author)
    work.tell.say(show_plan.plan(plan, work.canvas()))
    left = work.max_micros - work.spent_micros
    if (most := sum(amount.high_micros for amount in plan.whole)) > left:
        raise BudgetError(
            f"It may cost {money(most, plan.whole[0].currency)}, and --max-cost leaves {money(left, 'USD')}.",
            hint="Nothing was started. Allow more with --max-cost.",
        )
    work.tell.chapter("Running it")
    began = monotonic()
    run = work.api.run(work.canvas_id, scope, author=work.author, digest=plan.digest, max_micros=left)
    titles = {str(key): node.title for key, node in work.canvas().nodes.items()}
    ended = watch_run(work.api, run.run, work.tell.console, work.hear(titles))
    work.spent_micros += ended.spent_micros
    work.tell.say(show_plan.run(ended), f"It took {clock(monotonic() - began)}.")
    if ended.state != "done":
        raise JobFailedError(
            f"The run ended as {ended.state}: {ended.reason or 'some jobs brought no take'}.",
            hint=_GO_ON,
        )
    return plan, ended


def _repin(work: Production) -> dict[str, Any]:
    """Make one more take of a node, pin it, and show which nodes that makes stale."""
    before = work.snapshot()
    node = repin_candidate(before)
    work.tell.chapter(f"Run again: one more take of “{node.title}”")
    job = work.api.generate(work.canvas_id, node.id, author=work.author, again=True, max_micros=0)
    done = read(Job, watch_job(work.api.client, job.job, work.tell.console))
    if done.state != "done" or done.take is None:
        words = done.error["message"] if done.error else done.state
        raise JobFailedError(f"“{node.title}”: {words}", hint=_GO_ON)
    now = work.snapshot()
    kept = now.canvas.nodes[node.id].pin
    work.tell.say(show_template.takes(now.canvas, [node]), "The new take is in the tray; the pin has not moved.")
    work.tell.chapter(f"Pin take {now.canvas.takes[done.take].seq} of “{node.title}”")
    work.api.apply(work.canvas_id, [Pin(node=node.id, take=done.take, expected=kept)], author=work.author)
    after = work.snapshot()
    return _say_ring(work, node, now, after)


def _say_ring(work: Production, node: Node, before: Snapshot, after: Snapshot) -> dict[str, Any]:
    canvas = after.canvas
    fed = {wire.dst_node for wire in canvas.wires.values() if wire.src_node == node.id and wire.take is None}
    changed = {key for key in canvas.nodes if before.states[key].status != after.states[key].status}
    stale = {key for key in changed if after.states[key].status == "stale"}
    upstream = {key for key in changed if after.states[key].status == "upstream"}
    work.tell.say(show_template.ring(canvas, before.states, after.states))
    for key in sorted(stale):
        changes = work.api.why(work.canvas_id, key)
        names = show_canvas.take_names(canvas, changes)
        lines = show_canvas.change_lines([change.model_dump(mode="json") for change in changes], names)
        work.tell.say(f"Why “{escape(canvas.nodes[key].title)}” is stale: {'; '.join(lines)}")
    one_ring = stale == fed
    work.tell.say(
        f"{len(stale)} STALE: exactly the nodes it feeds, one ring. "
        f"{len(upstream)} further down UPSTREAM. {len(canvas.nodes) - len(changed)} untouched."
        if one_ring
        else f"{len(stale)} STALE, {len(upstream)} UPSTREAM, {len(canvas.nodes) - len(changed)} untouched."
    )
    return {
        "node": node.id,
        "take": after.canvas.nodes[node.id].pin,
        "stale": sorted(stale),
        "upstream": sorted(upstream),
        "one_ring": one_ring,
    }


def repin_candidate(snapshot: Snapshot) -> Node:
    """Return the node to make once more: a fresh still that feeds fresh nodes, else any such node; the first of them.

    Raises NotFoundError when there is none.
    """
    canvas, states = snapshot.canvas, snapshot.states
    feeds: dict[str, set[str]] = {}
    for wire in canvas.wires.values():
        if wire.take is None:
            feeds.setdefault(wire.src_node, set()).add(wire.dst_node)

    def fits(node: Node) -> bool:
        below = feeds.get(node.id, set())
        return (
            bool(node.model)
            and states[node.id].status == "fresh"
            and bool(below)
            and all(states[NodeId(key)].status == "fresh" for key in below)
        )

    found = sorted(
        filter(fits, show_canvas.in_order(canvas)), key=lambda node: (node.kind != "image", len(feeds[node.id]))
    )
    if not found:
        raise NotFoundError("No node of this template feeds another.", hint="Use a template with an export.")
    return found[0]


def _say_states(work: Production) -> None:
    counts: dict[str, int] = {}
    for state in work.snapshot().states.values():
        counts[state.status.upper()] = counts.get(state.status.upper(), 0) + 1
    work.tell.say("The canvas now: " + ", ".join(f"{count} {status}" for status, count in sorted(counts.items())) + ".")


def _export(work: Production, out: Path, title: str) -> FilmExported | None:
    node = next((one for one in work.canvas().nodes.values() if one.kind == EXPORT_KIND), None)
    if node is None:
        return None
    work.tell.chapter("Export")
    began = monotonic()
    film = work.api.export_film(work.canvas_id, node.id, out, title=title)
    work.tell.say(show_film.film(film), f"It took {monotonic() - began:.1f} s.")
    return film


def _audit(work: Production) -> list[dict[str, Any]]:
    work.tell.chapter("Who spent what, and where the time went")
    lines = work.api.spend(_SPEND, canvas_id=work.canvas_id)
    work.tell.say(show_money.spend(lines, _SPEND), "", show_template.time_spent(work.timings))
    return [line.model_dump(mode="json") for line in lines]


def clock(seconds: float) -> str:
    """Return ``m:ss``."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
