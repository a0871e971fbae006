"""The three cuts a round trip merges, in the shape of the cut view: the base, the editor's, the canvas's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from takebridge.canvas.model import Canvas
from takebridge.cut.model import Clip, Cut
from takebridge.cut.view_types import CutLayer, CutLayers, Picture
from takebridge.errors import BridgeError
from takebridge.ids import CanvasId
from takebridge.services.bridge import Bridge
from takebridge.services.cut_view import Ground, base_facts, layer_tracks, link_facts, node_of, shown_take
from takebridge.services.cut_view_pictures import Files, Pictures
from takebridge.services.cut_view_reading import Reading
from takebridge.services.roundtrip_canvas import (
    Reel,
    Shot,
    ShotIndex,
    canvas_side,
    placeholder_of,
    shots_of,
    with_known_takes,
)

Found = Callable[[Clip, Shot | None], tuple[Picture | None, str]]
_NO_EDITOR = "No editor is connected."


def cut_layers(bridge: Bridge, reading: Reading, ground: Ground) -> CutLayers:
    """Return base, editor and canvas; one that is not there says why. Reads media files of takes, changes nothing."""
    editor = with_known_takes(reading.cut, ground.shots)
    canvas, reels, words, notes = _canvas(bridge, ground)
    pictures = Pictures(
        session=reading.session,
        host_cut=reading.host_cut,
        canvas=ground.canvas,
        rate=editor.rate,
        reels={str(key): reel for key, reel in reels.items()},
        clips={str(key): clip for key, clip in reading.clips.items()},
        files=Files(),
    )
    index = ShotIndex({key: shot for key, shot in ground.shots.items() if not shot.link.fills_gap})
    base = ground.base.cut if ground.base else None
    return CutLayers(
        session=reading.session,
        timeline=editor.name,
        rate=str(editor.rate),
        start_frame=int(editor.start),
        drop_frame=editor.drop_frame,
        reading=reading.id,
        base_at=ground.base.at if ground.base else "",
        base=_layer(base, ground.canvas, index, pictures.of),
        editor=_layer(editor, ground.canvas, index, pictures.in_editor),
        canvas=_layer(canvas, ground.canvas, index, pictures.of),
        words=words,
        notes=(*ground.notes, *notes),
    )


def stored_layers(bridge: Bridge, canvas_id: CanvasId) -> CutLayers | None:
    """Return base and canvas of the timeline most links of a canvas are of, without asking any editor.

    Of as many links the newest counts. None where there is no link, or no base. Pictures are those of takes alone, and
    `editor` is null. Reads the stores and media files of takes, changes nothing. Raises NotFoundError.
    """
    canvas, links = bridge.desk.view(canvas_id).canvas, bridge.links.of_canvas(canvas_id)
    timelines = Counter((link.project_id, link.timeline_id) for link in reversed(links))
    if not timelines:
        return None
    timeline, _ = timelines.most_common(1)[0]
    base = bridge.cuts.base(*timeline)
    if base is None:
        return None
    shots = shots_of(bridge, canvas, [link for link in links if (link.project_id, link.timeline_id) == timeline])
    base = replace(base, cut=with_known_takes(base.cut, shots))
    made, reels, words, notes = _canvas(bridge, Ground(canvas, shots, base=base))
    pictures = Pictures("", None, canvas, base.cut.rate, {str(key): reel for key, reel in reels.items()}, {}, Files())
    index = ShotIndex({key: shot for key, shot in shots.items() if not shot.link.fills_gap})
    return CutLayers(
        session="",
        timeline=base.cut.name,
        rate=str(base.cut.rate),
        start_frame=int(base.cut.start),
        drop_frame=base.cut.drop_frame,
        reading="",
        base_at=base.at,
        base=_layer(base.cut, canvas, index, pictures.of),
        canvas=_layer(made, canvas, index, pictures.of),
        words={**words, "editor": _NO_EDITOR},
        notes=notes,
    )


def _canvas(bridge: Bridge, ground: Ground) -> tuple[Cut | None, Mapping[str, Reel], dict[str, str], tuple[str, ...]]:
    """Return the cut the merge lays over, its takes that are to come, why a layer is missing, and notes."""
    if ground.base is None:
        why = base_facts(None).words
        return None, {}, {"base": why, "canvas": f"{why} The canvas's cut is made from it."}, ()
    try:
        side = canvas_side(bridge, ground.canvas, ground.base, ground.shots)
    except BridgeError as error:
        return None, {}, {"canvas": f"{error.message} {error.hint}".strip()}, ()
    return side.cut, {str(key): reel for key, reel in side.reels.items()}, {}, side.notes


def _layer(cut: Cut | None, canvas: Canvas, index: ShotIndex, found: Found) -> CutLayer | None:
    if cut is None:
        return None

    def look(clip: Clip) -> dict[str, object]:
        shot = index.of(clip)
        picture, why = found(clip, shot)
        told: dict[str, object] = {"picture": picture, "no_thumb": why}
        if shot is not None:
            named = placeholder_of(clip.media)
            take = named[1] if named else shown_take(clip, shot)
            told |= {"link": link_facts(shot), "take": take, "node": node_of(canvas, shot)}
        return told

    return CutLayer(timeline=cut.name, tracks=layer_tracks(cut, look))
