"""The command line. Every command takes ``--json``: one JSON document on stdout, errors included."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn
from urllib.parse import quote

import typer
from rich.console import Console
from rich.markup import escape

from takebridge.errors import BridgeError, NotFoundError, UsageError
from takebridge_server import show
from takebridge_server.app import run
from takebridge_server.client import BridgeClient
from takebridge_server.doctor import diagnose
from takebridge_server.settings import Settings, load_settings
from takebridge_server.watch import ENDED, watch_job, with_progress

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
reference = typer.Typer(help="Pictures that nodes refer to.")
app.add_typer(reference, name="reference")

console = Console()
complaints = Console(stderr=True)


class Step(StrEnum):
    """What to make of a pushed clip. typer takes no list of Literals."""

    UPSCALE = "upscale"
    PREVIZ = "previz"


_PUSH_FIRST = "Put the playhead on a clip and run: takebridge push"

Home = Annotated[Path | None, typer.Option("--home", help="Data folder (default: TAKEBRIDGE_HOME or this system's).")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document, errors included.")]
CanvasOption = Annotated[str | None, typer.Option("--canvas", help="Canvas id (default: the first).")]


def main() -> None:
    """Entry point: a BridgeError becomes two lines and exit code 1, a wrong command line 2, Ctrl+C 130."""
    as_json = "--json" in sys.argv[1:]
    try:
        code = app(standalone_mode=not as_json)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as error:
        # typer 0.29 brings click's exceptions under a private name, older ones take them from click itself.
        if not hasattr(error, "format_message"):
            raise
        wrong = UsageError(error.format_message(), hint="Look at 'takebridge --help'.")
        typer.echo(json.dumps({"error": wrong.to_wire()}))
        raise SystemExit(2) from None
    raise SystemExit(code)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("takebridge"))
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Keep a generation canvas and an editor's cut in step. Start with serve, then doctor says what is missing."""


def _fail(error: BridgeError, as_json: bool) -> NoReturn:
    if as_json:
        typer.echo(json.dumps({"error": error.to_wire()}))
    else:
        complaints.print(f"[red]{escape(error.message)}[/red]")
        if error.hint:
            complaints.print(escape(error.hint))
    raise typer.Exit(1)


def _do(as_json: bool, work: Callable[[], Any], draw: Callable[[Any], object]) -> None:
    """Run ``work``, print its result as JSON or drawn for people; errors as said in `main`."""
    try:
        result = work()
    except BridgeError as error:
        _fail(error, as_json)
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
    else:
        console.print(draw(result))


def _settings(home: Path | None, port: int | None = None) -> Settings:
    return load_settings(home=home, port=port)


def _canvas(client: BridgeClient, canvas: str | None, *, make: bool = False) -> str:
    """Return the canvas asked for, else the first one, else (``make``) a new one. Raises NotFoundError."""
    if canvas is not None:
        return canvas
    known = client.get("/api/canvases")
    if known:
        return str(next(iter(known)))
    if not make:
        raise NotFoundError("There is no canvas yet.", hint=_PUSH_FIRST)
    return str(client.post("/api/canvases", {"title": "Canvas"})["canvas"]["id"])


# --- the bridge -----------------------------------------------------------------------------------------


@app.command()
def serve(
    home: Home = None,
    port: Annotated[
        int | None, typer.Option(help="Port on 127.0.0.1 (default: TAKEBRIDGE_PORT or a free one).", min=0, max=65535)
    ] = None,
    attended: Annotated[bool, typer.Option(hidden=True, help="Stop when standard input closes.")] = False,
    as_json: Json = False,
) -> None:
    """Run the bridge until Ctrl+C. Editors find it by themselves."""
    if attended:
        threading.Thread(target=_stop_at_end_of_input, daemon=True).start()
    try:
        settings = _settings(home, port)
        if settings.ffmpeg is not None:
            os.environ["TAKEBRIDGE_FFMPEG"] = str(settings.ffmpeg)

        def ready(url: str) -> None:
            if as_json:
                typer.echo(json.dumps({"url": url, "home": str(settings.home), "pid": os.getpid()}))
            else:
                console.print(
                    f"[green]TakeBridge[/green] is running at {url}  (data: {settings.home})  Ctrl+C stops it."
                )

        run(settings, ready)
    except BridgeError as error:
        _fail(error, as_json)


@app.command()
def status(home: Home = None, as_json: Json = False) -> None:
    """Show the running bridge: editors, canvases, shots and jobs."""

    def work() -> dict[str, Any]:
        with BridgeClient(_settings(home).home) as client:
            found = client.get("/api/status", fresh=True)
            found["shots"] = [
                link for canvas in found["canvases"] for link in client.get("/api/clips/links", canvas_id=canvas)
            ]
            found["jobs"] = client.get("/api/jobs")
            return dict(found)

    _do(as_json, work, show.status)


@app.command()
def doctor(home: Home = None, as_json: Json = False) -> None:
    """Find what is wrong and name the first thing to fix. Exit code 1 when something keeps the bridge from working."""
    try:
        found = diagnose(_settings(home).home)
    except BridgeError as error:
        _fail(error, as_json)
    first = found.first
    if as_json:
        document = found.model_dump()
        typer.echo(json.dumps({**document, "first": first.model_dump() if first else None}, ensure_ascii=False))
    else:
        console.print(show.diagnosis(found))
    raise typer.Exit(1 if first is not None and first.fatal else 0)


def _stop_at_end_of_input() -> None:
    """Whoever started this process is gone: stop as if asked to."""
    sys.stdin.read()
    signal.raise_signal(signal.SIGTERM)


# --- the trip -------------------------------------------------------------------------------------------


@app.command()
def push(
    mode: Annotated[Literal["playhead", "selected", "marks"], typer.Argument(help="Which clips.")] = "playhead",
    process: Annotated[list[Step] | None, typer.Option(help="Next step (default: upscale). Repeatable.")] = None,
    handles: Annotated[
        int | None,
        typer.Option(help="Extra frames on each side (default: TAKEBRIDGE_HANDLES of the bridge, 12).", min=0),
    ] = None,
    canvas: CanvasOption = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Send clips from the open timeline to the canvas."""

    def work() -> Any:  # noqa: ANN401 - JSON
        with BridgeClient(_settings(home).home) as client:
            body = {"canvas_id": _canvas(client, canvas, make=True), "mode": mode, "process": process or [Step.UPSCALE]}
            return client.post("/api/clips/push", body if handles is None else {**body, "handles": handles})

    _do(as_json, work, show.pushed)


@app.command()
def generate(
    node: Annotated[str, typer.Argument(help="A node's id or its title, for example 'SH010 upscale'.")],
    canvas: CanvasOption = None,
    wait: Annotated[bool, typer.Option(help="Wait for the take, with progress.")] = True,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Generate a take of a node. Ctrl+C stops waiting, not the job. Exit code 1 when the job brings no take."""
    ended: list[str] = []

    def work() -> Any:  # noqa: ANN401 - JSON
        with BridgeClient(_settings(home).home) as client:
            canvas_id = _canvas(client, canvas)
            node_id = _node(client.get(f"/api/canvases/{canvas_id}"), node)
            job = client.post("/api/jobs", {"canvas_id": canvas_id, "node_id": node_id})
            if not wait:
                return job
            found = _with_pin(client, watch_job(client, job["job"], None if as_json else console))
            ended.append(found["state"])
            return found

    _do(as_json, work, show.job)
    raise typer.Exit(0 if ended in ([], ["done"]) else 1)


@app.command()
def pull(
    shot: Annotated[str, typer.Argument(help="Shot name, for example SH010.")],
    take: Annotated[str | None, typer.Option(help="Take id (default: the newest pinned take of the shot).")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Add the take but leave the shown one selected.")] = False,
    codec: Annotated[Literal["dnxhr_lb", "prores_aw", "x264"] | None, typer.Option(help="Codec of the file.")] = None,
    canvas: CanvasOption = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Bring a take back onto the timeline as the editor's own take."""

    def work() -> Any:  # noqa: ANN401 - JSON
        with BridgeClient(_settings(home).home) as client:
            canvas_id = _canvas(client, canvas)
            link = _link(client.get("/api/clips/links", canvas_id=canvas_id), shot)
            take_id = take or _newest_take(client.get(f"/api/canvases/{canvas_id}")["canvas"], link)
            body = {"link_id": link["id"], "take_id": take_id, "select": not keep, "codec": codec}
            return with_progress(client, None if as_json else console, lambda: client.post("/api/clips/pull", body))

    _do(as_json, work, show.pulled)


@app.command()
def jobs(home: Home = None, as_json: Json = False) -> None:
    """List jobs."""

    def work() -> Any:  # noqa: ANN401 - JSON
        with BridgeClient(_settings(home).home) as client:
            return client.get("/api/jobs")

    _do(as_json, work, show.jobs)


@app.command()
def cancel(
    job: Annotated[str, typer.Argument(help="Job id, as 'takebridge jobs' lists it.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Stop a job. One that has ended stays as it is."""

    def work() -> Any:  # noqa: ANN401 - JSON
        with BridgeClient(_settings(home).home) as client:
            found = client.get(f"/api/jobs/{quote(job, safe='')}")
            if found["state"] in ENDED:
                return {**found, "had_ended": True}
            client.post(f"/api/jobs/{job}/cancel")
            return watch_job(client, job, None if as_json else console)

    _do(as_json, work, show.job)


@reference.command("add")
def reference_add(
    path: Annotated[Path, typer.Argument(help="A picture file: PNG, JPEG …")],
    feeds: Annotated[str | None, typer.Option("--for", help="Node (id or title) it feeds.")] = None,
    canvas: CanvasOption = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Bring a still onto the canvas as a reference."""

    def work() -> Any:  # noqa: ANN401 - JSON
        with BridgeClient(_settings(home).home) as client:
            canvas_id = _canvas(client, canvas, make=True)
            node = _node(client.get(f"/api/canvases/{canvas_id}"), feeds) if feeds else None
            body = {"path": str(path.resolve()), "feeds": node}
            return client.post(f"/api/canvases/{canvas_id}/references", body)

    _do(as_json, work, lambda result: f"Reference added as {result['node']}.")


@app.command()
def demo(
    media: Annotated[list[Path] | None, typer.Option(help="Footage for the timeline. Repeatable.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("demo-output"),
    profile: Annotated[str, typer.Option(help="Resolve to play: a version from 18.5 on, e.g. '21.0 free'.")] = "20.3",
    as_json: Json = False,
) -> None:
    """The whole trip against an emulated Resolve: push, generate, pull, crash, resume. Needs no key and no network."""
    from takebridge_server.demo.story import tell  # the emulator and Pillow are not needed by a running bridge

    try:
        result = tell(media or [], out, profile, None if as_json else console)
    except BridgeError as error:
        _fail(error, as_json)
    if as_json:
        typer.echo(json.dumps(result.document(), ensure_ascii=False))
    raise typer.Exit(0 if result.passed else 1)


# --- finding things by the names people see -------------------------------------------------------------


def _node(view: dict[str, Any], name: str) -> str:
    nodes = view["canvas"]["nodes"]
    if name in nodes:
        return name
    found = [node_id for node_id, node in nodes.items() if node["title"] == name]
    if len(found) == 1:
        return str(found[0])
    titles = ", ".join(sorted(node["title"] for node in nodes.values()))
    if found:
        raise UsageError(f"{len(found)} nodes are called “{name}”.", hint="Use the node's id.")
    raise NotFoundError(f"There is no node “{name}”.", hint=f"There are: {titles}." if titles else _PUSH_FIRST)


def _with_pin(client: BridgeClient, job: dict[str, Any]) -> dict[str, Any]:
    """Add ``pinned`` to a job that made a take: a later take of the same recipe never displaces the pin."""
    if not job["take"]:
        return job
    node = client.get(f"/api/canvases/{job['canvas']}")["canvas"]["nodes"].get(job["node"])
    return {**job, "pinned": node is not None and node["pin"] == job["take"]}


def _link(links: list[dict[str, Any]], shot: str) -> dict[str, Any]:
    for link in links:
        if shot in (link["shot"], link["id"]):
            return link
    shots = ", ".join(link["shot"] for link in links)
    raise NotFoundError(f"There is no shot “{shot}”.", hint=f"There are: {shots}." if shots else _PUSH_FIRST)


def _newest_take(canvas: dict[str, Any], link: dict[str, Any]) -> str:
    """Return the newest pinned take of the nodes directly behind the shot's source."""
    behind = {wire["dst_node"] for wire in canvas["wires"].values() if wire["src_node"] == link["node_id"]}
    pins = [canvas["takes"][node["pin"]] for key, node in canvas["nodes"].items() if key in behind and node["pin"]]
    if not pins:
        titles = sorted(node["title"] for key, node in canvas["nodes"].items() if key in behind)
        hint = f"Run: takebridge generate '{titles[0]}'" if titles else "Push it again with --process upscale."
        raise NotFoundError(f"{link['shot']} has no take yet.", hint=hint)
    return str(max(pins, key=lambda take: take["created_at"])["id"])
