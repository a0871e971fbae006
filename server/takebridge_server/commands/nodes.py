"""``node …``, ``takes`` and ``rate``: one node and its version tray."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.markup import escape

from takebridge.canvas.model import FrameRange, Node, NodeKind, ParamValue, Policy, Rating
from takebridge.canvas.op_types import (
    Accept,
    Op,
    Pin,
    RateTake,
    SetBestRange,
    SetLocked,
    SetModel,
    SetParam,
    SetPolicy,
    Unaccept,
)
from takebridge.client.api import Api
from takebridge.client.model_types import SwapFacts
from takebridge.client.replies import Snapshot
from takebridge.errors import InvalidParamError, NotFoundError, PreconditionError, UsageError
from takebridge.providers.loadouts import choose
from takebridge.providers.naming import key_of
from takebridge_server import show_canvas, show_models
from takebridge_server.commands.canvases import titles_of
from takebridge_server.commands.naming import canvas_named, node_named, take_named
from takebridge_server.commands.terminal import (
    DEFAULT_AUTHOR,
    Author,
    CanvasOption,
    Home,
    Json,
    NodeName,
    Verbatim,
    bridge_at,
    do,
)

node = typer.Typer(help="One node: parameters, pin, lock, model, words.", no_args_is_help=True)

TakeName = Annotated[str, typer.Argument(help="A take's number in the node, or its id.")]
Edit = Callable[[Api, Snapshot, Node], list[Op]]
_WRITTEN = frozenset({"text", "script", "style"})


@node.command("set")
def set_param(
    name: NodeName,
    param: Annotated[str, typer.Argument(help="Parameter, as the node's kind calls it.")],
    value: Annotated[str, typer.Argument(help="Its value; 'default' goes back to the kind's own.")],
    canvas: CanvasOption = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Set a parameter of a node."""

    def edit(api: Api, _snapshot: Snapshot, found: Node) -> list[Op]:
        return [SetParam(node=found.id, name=param, value=value_of(api.kinds()[found.kind], param, value))]

    _edit(name, edit, canvas, author, home, as_json=as_json)


@node.command("pin")
def pin(
    name: NodeName,
    take: Annotated[str, typer.Argument(help="A take's number or id; 'none' takes the pin off.")],
    canvas: CanvasOption = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Choose the take that the nodes below get."""

    def edit(_api: Api, snapshot: Snapshot, found: Node) -> list[Op]:
        chosen = None if take == "none" else take_named(snapshot.canvas, take, found).id
        return [Pin(node=found.id, take=chosen, expected=found.pin)]

    _edit(name, edit, canvas, author, home, as_json=as_json)


@node.command("lock")
def lock(
    name: NodeName,
    canvas: CanvasOption = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Keep a node as it is, whatever changes above it."""
    _edit(name, lambda _a, _s, found: [SetLocked(node=found.id, locked=True)], canvas, author, home, as_json=as_json)


@node.command("unlock")
def unlock(
    name: NodeName,
    canvas: CanvasOption = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Let a node follow its inputs again."""
    _edit(name, lambda _a, _s, found: [SetLocked(node=found.id, locked=False)], canvas, author, home, as_json=as_json)


@node.command("accept")
def accept(
    name: NodeName,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take the acceptance back.")] = False,
    canvas: CanvasOption = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Let the pinned take pass although the recipe changed; until it changes again."""

    def edit(_api: Api, snapshot: Snapshot, found: Node) -> list[Op]:
        expected = snapshot.states[found.id].expected_fp
        if found.pin is None or expected is None:
            raise PreconditionError(f"“{found.title}” has nothing to accept.", hint="Generate or pin a take first.")
        kind = Unaccept if withdraw else Accept
        return [kind(node=found.id, take=found.pin, fp=expected)]

    _edit(name, edit, canvas, author, home, as_json=as_json)


@node.command("policy")
def policy(
    name: NodeName,
    start: Annotated[Policy, typer.Argument(help="Who may start it: a person, itself if free, itself in budget.")],
    canvas: CanvasOption = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Say whether a node may run by itself."""
    _edit(name, lambda _a, _s, found: [SetPolicy(node=found.id, policy=start)], canvas, author, home, as_json=as_json)


@node.command("model")
def model(
    name: NodeName,
    route: Annotated[
        str | None, typer.Argument(help="Model id or the name people say, such as local/previz-video; 'none' for none.")
    ] = None,
    loadout: Annotated[str | None, typer.Option("--loadout", help="The model for this type of shot instead.")] = None,
    fallback: Annotated[
        bool, typer.Option("--fallback", help="Take what stands in for the first choice, at its own price.")
    ] = False,
    look: Annotated[bool, typer.Option("--look", help="Only say what would change.")] = False,
    canvas: CanvasOption = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Choose what makes a node. Prompt and wires are kept; what will not carry over is said."""

    def work() -> dict[str, Any]:
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, canvas)
            snapshot = api.canvas(canvas_id)
            found = node_named(snapshot.canvas, name)
            if route == "none":
                chosen, facts = "", None
            else:
                facts = api.model_swap(canvas_id, found.id, _route(api, found, route, loadout, fallback=fallback))
                chosen = facts.after
            told = {"swap": facts.model_dump(mode="json") if facts else None, "node": found.id, "titles": {}}
            if look:
                return {**told, "states": {}, "changed": False}
            done = api.apply(canvas_id, [SetModel(node=found.id, model=chosen)], author=author)
            titles = titles_of(done, snapshot.canvas)
            return {**told, **done.model_dump(mode="json"), "titles": titles, "changed": True}

    do(as_json, work, _model_chosen)


def _route(api: Api, found: Node, route: str | None, loadout: str | None, *, fallback: bool) -> str:
    """Return the model asked for. Raises UsageError, and for a loadout what `choose` raises."""
    if (route is None) == (loadout is None):
        raise UsageError(
            "Name a model, or a loadout.", hint="takebridge node model NODE MODEL, or NODE --loadout SHOT."
        )
    kind = api.kinds()[found.kind]
    if loadout is None:
        if not kind.models:
            raise NotFoundError(f"“{kind.title}” is made by no model.", hint="Choose another node.")
        return str(route)
    wanted = key_of(loadout)
    chosen = next((one for one in api.loadouts() if wanted in (key_of(one.shot), key_of(one.title))), None)
    if chosen is None or chosen.kind != kind.models:
        fitting = ", ".join(one.shot for one in api.loadouts() if one.kind == kind.models) or "none"
        raise NotFoundError(
            f"No loadout “{loadout}” is for “{kind.title}”.", hint=f"For this kind there are: {fitting}."
        )
    return choose(chosen, fallback=fallback).model


def _model_chosen(done: dict[str, Any]) -> RenderableType:
    lines = show_models.swapped(SwapFacts.model_validate(done["swap"])) if done["swap"] else []
    after = show_canvas.edited(done) if done["changed"] else "Nothing was changed: this was only a look."
    return Group(*map(escape, lines), after)


@node.command("text")
def text(
    name: NodeName,
    words: Annotated[str | None, typer.Argument(help="The new words; without them the pinned ones are shown.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Take the words from this file.")] = None,
    canvas: CanvasOption = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Read or write the words of a brief, script or style."""

    def work() -> dict[str, Any]:
        said = words if file is None else _read(file)
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, canvas)
            before = api.canvas(canvas_id)
            found = node_named(before.canvas, name)
            check_words(api.kinds()[found.kind], found)
            if said is not None:
                take = api.write(canvas_id, found.id, said, seen=found.pin, author=author)
                return {**take.model_dump(mode="json"), **_difference(before, api.canvas(canvas_id))}
            if found.pin is None:
                raise PreconditionError(f"“{found.title}” has no words yet.", hint="Give them after its name.")
            return api.text(canvas_id, found.pin).model_dump(mode="json")

    do(as_json, work, lambda found: Verbatim(found["text"]) if "text" in found else show_canvas.written(found))


def takes(
    name: NodeName,
    hidden: Annotated[bool, typer.Option("--hidden", help="Hidden ones too.")] = False,
    canvas: CanvasOption = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show a node's version tray, oldest first."""

    def work() -> dict[str, Any]:
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, canvas)
            found = node_named(api.canvas(canvas_id).canvas, name)
            tray = api.tray(canvas_id, found.id, hidden=hidden)
            return {"node": found.id, "title": found.title, **tray.model_dump(mode="json")}

    do(as_json, work, show_canvas.tray)


def rate(
    take: TakeName,
    rating: Annotated[str, typer.Argument(help="keep, almost, dead, useful-weird, or none.")],
    of: Annotated[str | None, typer.Option("--node", help="Its node, when TAKE is a number.")] = None,
    best: Annotated[str | None, typer.Option("--best", help="Frames worth using: 24-96 (end exclusive); all.")] = None,
    canvas: CanvasOption = None,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Rate a take, and mark its best frames."""

    def work() -> dict[str, Any]:
        word = rating_of(rating)
        span = None if best is None else range_of(best)
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, canvas)
            here = api.canvas(canvas_id).canvas
            chosen = take_named(here, take, node_named(here, of) if of else None)
            ops: list[Op] = [RateTake(take=chosen.id, rating=word)]
            ops += [] if span is None else [SetBestRange(take=chosen.id, best=span[0])]
            api.apply(canvas_id, ops, author=author)
            return api.canvas(canvas_id).canvas.takes[chosen.id].model_dump(mode="json")

    do(as_json, work, lambda found: f"Take {found['seq']}: {found['rating'] or 'not rated'}{_best(found)}.")


def check_words(kind: NodeKind, found: Node) -> None:
    """Raise UsageError unless people write the node's words: a brief, a script, a style."""
    if any(set(port.types) & _WRITTEN for port in kind.outputs):
        return
    hint = "Its words are a parameter: takebridge node set NODE text WORDS."
    if kind.param("text") is None:
        hint = "Briefs, scripts and styles have words; this one takes parameters: takebridge node set."
    raise UsageError(f"“{found.title or kind.title}” is not written.", hint=hint)


def _difference(before: Snapshot, after: Snapshot) -> dict[str, Any]:
    """The states of nodes that have another status now, and what these nodes are called."""
    was = {key: state.status for key, state in before.states.items()}
    changed = {key: state for key, state in after.states.items() if state.status != was.get(key)}
    titles = {key: node.title for key, node in after.canvas.nodes.items() if key in changed}
    return {"states": {key: state.model_dump(mode="json") for key, state in changed.items()}, "titles": titles}


# --- how values are written -----------------------------------------------------------------------------


def value_of(kind: NodeKind, name: str, text_value: str) -> ParamValue | None:
    """Return a parameter's value as its kind has it; None for ``default``. Raises InvalidParamError."""
    spec = kind.param(name)
    if spec is None:
        names = ", ".join(one.name for one in kind.params)
        raise InvalidParamError(f"“{kind.title}” has no parameter “{name}”.", hint=f"It has: {names or 'none'}.")
    if text_value == "default":
        return None
    readings = _readings(text_value)
    for value in readings:
        if spec.refusal(value) is None:
            return value
    hint = f"Choose one of {', '.join(map(str, spec.choices))}." if spec.choices else None
    raise InvalidParamError(f"“{name}” {spec.refusal(readings[0])}.", hint=hint, param=name)


def _readings(text_value: str) -> list[ParamValue]:
    """What the words may mean, the plain words last."""
    found: list[ParamValue] = []
    if text_value.lower() in ("true", "false", "yes", "no"):
        found.append(text_value.lower() in ("true", "yes"))
    digits = text_value.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) < 18:
        found.append(int(text_value))
    return [*found, text_value]


_RATINGS: dict[str, Rating | None] = {
    "keep": "keep",
    "almost": "almost",
    "dead": "dead",
    "useful_weird": "useful_weird",
    "none": None,
}


def rating_of(word: str) -> Rating | None:
    """Return a rating. Raises UsageError."""
    key = word.lower().replace("-", "_")
    if key not in _RATINGS:
        raise UsageError(f"“{word}” is no rating.", hint="Say keep, almost, dead, useful-weird or none.")
    return _RATINGS[key]


def range_of(words: str) -> tuple[FrameRange | None]:
    """Return the frames meant by ``24-96``, or None in it for ``all``. Raises UsageError."""
    if words == "all":
        return (None,)
    start, _, end = words.replace("–", "-").partition("-")
    if not (start.isdigit() and end.isdigit() and int(start) < int(end) < 2**53):
        raise UsageError(f"“{words}” is no range of frames.", hint="Write 24-96 (96 is not in it), or all.")
    return (FrameRange(start=int(start), end=int(end)),)


def _best(found: dict[str, Any]) -> str:
    best = found["best"]
    return f", best frames {best['start']}–{best['end']}" if best else ""


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read as text.", hint="Give a UTF-8 text file.") from error


def _edit(name: str, edit: Edit, canvas: str | None, author: str, home: Path | None, *, as_json: bool) -> None:
    """Change one node, and say what it and the nodes below it are then."""

    def work() -> dict[str, Any]:
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, canvas)
            snapshot = api.canvas(canvas_id)
            found = node_named(snapshot.canvas, name)
            done = api.apply(canvas_id, edit(api, snapshot, found), author=author)
            return {**done.model_dump(mode="json"), "node": found.id, "titles": titles_of(done, snapshot.canvas)}

    do(as_json, work, show_canvas.edited)
