"""``push``, ``generate``, ``pull``, ``reference``, ``demo``: a clip's way out of the cut and back."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from takebridge.client.http import BridgeClient
from takebridge.errors import BridgeError
from takebridge_server import show
from takebridge_server.commands.models import model_id_of
from takebridge_server.commands.naming import canvas_named, link_named, newest_take, node_named
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
    fail,
    micros_of,
)
from takebridge_server.short_ids import whole_id
from takebridge_server.watch import tell_pauses, watch_job, with_progress

reference = typer.Typer(help="Pictures that nodes refer to.", no_args_is_help=True)


class Step(StrEnum):
    """What to make of a pushed clip. typer takes no list of Literals."""

    UPSCALE = "upscale"
    PREVIZ = "previz"


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

    def work() -> list[dict[str, Any]]:
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, canvas, make=True)
            body = {"canvas_id": canvas_id, "mode": mode, "process": process or [Step.UPSCALE]}
            return list(api.client.post("/api/clips/push", body if handles is None else {**body, "handles": handles}))

    do(as_json, work, show.pushed)


def generate(
    node: Annotated[str, typer.Argument(help="A node's id or its title, for example 'SH010 upscale'.")],
    again: Annotated[
        bool, typer.Option("--again", help="Make one more take, even while an equal one is made.")
    ] = False,
    model: Annotated[str | None, typer.Option(help="Another model, for this take only.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed, for this take only.")] = None,
    max_cost: MaxCost = None,
    canvas: CanvasOption = None,
    wait: Annotated[bool, typer.Option(help="Wait for the take, with progress.")] = True,
    author: Author = DEFAULT_AUTHOR,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Generate a take of a node. Ctrl+C stops waiting, not the job. Exit code 1 when the job brings no take."""

    def work() -> dict[str, Any]:
        most = None if max_cost is None else micros_of(max_cost)
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, canvas)
            found = node_named(api.canvas(canvas_id).canvas, node)
            chosen = model_id_of(home, model)
            job = api.generate(
                canvas_id, found.id, author=author, again=again, model=chosen, seed=seed, max_micros=most
            )
            if not wait:
                return dict(api.client.get(f"/api/jobs/{job.job}"))
            tell_pauses(api, audience(as_json), canvas_id)
            return _with_pin(api.client, watch_job(api.client, job.job, audience(as_json)))

    ended = do(as_json, work, show.job)
    raise typer.Exit(0 if not wait or ended["state"] == "done" else 1)


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

    def work() -> dict[str, Any]:
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, canvas)
            link = link_named(api.client.get("/api/clips/links", canvas_id=canvas_id), shot)
            canvas_now = api.canvas(canvas_id).canvas
            take_id = (whole_id(canvas_now.takes, take) or take) if take else newest_take(canvas_now, link)
            body = {"link_id": link["id"], "take_id": take_id, "select": not keep, "codec": codec}
            return dict(with_progress(api.client, audience(as_json), lambda: api.client.post("/api/clips/pull", body)))

    do(as_json, work, show.pulled)


@reference.command("add")
def reference_add(
    path: Annotated[Path, typer.Argument(help="A picture, clip or sound: PNG, JPEG, MP4, WAV …")],
    feeds: Annotated[str | None, typer.Option("--for", help="Node (id or title) it feeds.")] = None,
    canvas: CanvasOption = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Bring a still, clip or sound onto the canvas as a reference."""

    def work() -> dict[str, str]:
        with bridge_at(home) as api:
            canvas_id = canvas_named(api, canvas, make=True)
            node = node_named(api.canvas(canvas_id).canvas, feeds).id if feeds else None
            return {"node": api.add_reference(canvas_id, path.resolve(), feeds=node)}

    do(as_json, work, lambda result: f"Reference added as {result['node']}.")


def demo(
    story: Annotated[
        Literal["trip", "roundtrip"], typer.Argument(help="trip: one clip out and back. roundtrip: both sides change.")
    ] = "trip",
    media: Annotated[list[Path] | None, typer.Option(help="Footage for the timeline. Repeatable.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("demo-output"),
    profile: Annotated[str, typer.Option(help="Resolve to play: a version from 18.5 on, e.g. '21.0 free'.")] = "20.3",
    as_json: Json = False,
) -> None:
    """The whole trip against an emulated Resolve: push, generate, pull, crash, resume. Needs no key and no network.

    With "roundtrip": nine clips, an editor and a canvas that both change them, and the merge of the two.
    """
    # The emulator and Pillow are not needed by a running bridge.
    from takebridge_server.demo import roundtrip_story
    from takebridge_server.demo import story as trip_story

    try:
        if story == "roundtrip":
            result = roundtrip_story.tell(out, profile, audience(as_json))
        else:
            result = trip_story.tell(media or [], out, profile, audience(as_json))
    except BridgeError as error:
        fail(error, as_json)
    if as_json:
        typer.echo(json.dumps(result.document(), ensure_ascii=False))
    raise typer.Exit(0 if result.passed else 1)


def _with_pin(client: BridgeClient, job: dict[str, Any]) -> dict[str, Any]:
    """Add ``pinned``, ``title`` and ``take_number``: a later take of the same recipe never displaces the pin."""
    if not job["take"]:
        return job
    canvas = client.get(f"/api/canvases/{job['canvas']}")["canvas"]
    node = canvas["nodes"].get(job["node"], {"pin": None, "title": "a node that is gone"})
    number = canvas["takes"].get(job["take"], {"seq": 0})["seq"]
    return {**job, "pinned": node["pin"] == job["take"], "title": node["title"], "take_number": number}
