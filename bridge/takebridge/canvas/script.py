"""The granular script: scenes, shots and lines, each with an id that stays and content of its own.

What a shot says does not depend on the scenes around it, so a change of scene 3 changes the parts of scene 3.
The format is in docs/script.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from takebridge.canvas.model import Value
from takebridge.canvas.script_ids import identified
from takebridge.canvas.script_rows import Row, canonical, read_rows, written
from takebridge.errors import InvalidParamError


class Line(Value):
    """What one person says."""

    id: str
    speaker: str
    text: str


class Shot(Value):
    """A shot: how it is seen (``heading``), what happens (``text``), what is said."""

    id: str
    heading: str
    text: str = ""
    lines: tuple[Line, ...] = ()


class Scene(Value):
    """A scene: where and when (``heading``), what holds for all of it (``text``), its shots."""

    id: str
    heading: str
    text: str = ""
    shots: tuple[Shot, ...] = ()


class Script(Value):
    """A whole script. Ids are unique among scenes, among shots and among lines; "" where none is written yet."""

    title: str = ""
    scenes: tuple[Scene, ...] = ()


def parse_script(text: str) -> Script:
    """Read a script. Raises InvalidParamError that names the line (``details["line"]``) and what would fit."""
    rows = read_rows(canonical(text))
    title = next((row.text for row in rows if row.kind == "title"), "")
    return Script(title=title, scenes=tuple(_scene(group) for group in _groups(rows, "scene")))


def format_script(script: Script) -> str:
    """Write a script; `parse_script` reads the same script back. In a shot, action comes before what is said."""
    blocks = [f"# {script.title}"] if script.title else []
    for scene in script.scenes:
        blocks += _scene_blocks(scene)
    return "\n\n".join(blocks) + "\n" if blocks else ""


def parts_of(script: Script) -> dict[str, str]:
    """Return the text of every part by port: ``scene.s03``, ``shot.s03a``, ``line.s03a1``.

    A scene is all of it, a shot its scene's heading, its own and its action, a line who says what. No text holds
    an id, nor anything of another scene. Raises InvalidParamError for a part without an id (`with_ids`).
    """
    parts: dict[str, str] = {}
    for scene in script.scenes:
        parts[f"scene.{_known(scene.id, scene.heading)}"] = "\n\n".join(_scene_blocks(_bare(scene)))
        for shot in scene.shots:
            words = (scene.heading, shot.heading, shot.text)
            parts[f"shot.{_known(shot.id, shot.heading)}"] = "\n\n".join(block for block in words if block)
            for line in shot.lines:
                parts[f"line.{_known(line.id, line.text)}"] = f"{line.speaker}: {line.text}"
    return parts


def with_ids(text: str, before: str | None, *, used: Collection[str] = ()) -> str:
    """Return the canonical text with an id written on every scene, shot and line.

    Ids that are there stay. Missing ones are those the equal, or else the most similar, part had in ``before``; what
    is new gets an id found neither in the two texts nor in ``used`` (ports of older takes: ``scene.s03``).
    Raises InvalidParamError for a text that is no script; a ``before`` that is none counts as none.
    """
    plain = canonical(text)
    rows = read_rows(plain)
    lines = plain.split("\n")
    for row in identified(rows, _rows_or_none(before), used):
        if row.id != rows[row.number - 1].id:
            lines[row.number - 1] = written(row)
    return "\n".join(lines)


def _rows_or_none(text: str | None) -> tuple[Row, ...]:
    try:
        return read_rows(canonical(text or ""))
    except InvalidParamError:
        return ()


def _groups(rows: Iterable[Row], kind: str) -> list[list[Row]]:
    """Split at the rows of this kind; what stands before the first is left out."""
    groups: list[list[Row]] = []
    for row in rows:
        if row.kind == kind:
            groups.append([row])
        elif groups:
            groups[-1].append(row)
    return groups


def _scene(rows: list[Row]) -> Scene:
    own = rows[: next((at for at, row in enumerate(rows) if row.kind == "shot"), len(rows))]
    shots = tuple(_shot(group) for group in _groups(rows, "shot"))
    return Scene(id=rows[0].id, heading=rows[0].text, text=_action(own), shots=shots)


def _shot(rows: list[Row]) -> Shot:
    lines = tuple(Line(id=row.id, speaker=row.speaker, text=row.text) for row in rows if row.kind == "line")
    return Shot(id=rows[0].id, heading=rows[0].text, text=_action(rows), lines=lines)


def _action(rows: list[Row]) -> str:
    return "\n".join(row.text for row in rows if row.kind == "action").strip("\n")


def _scene_blocks(scene: Scene) -> list[str]:
    blocks = [written(Row(0, "scene", scene.heading, scene.id)), _action_text(scene.text)]
    for shot in scene.shots:
        blocks += [written(Row(0, "shot", shot.heading, shot.id)), _action_text(shot.text)]
        blocks.append("\n".join(written(Row(0, "line", line.text, line.id, line.speaker)) for line in shot.lines))
    return [block for block in blocks if block]


def _action_text(text: str) -> str:
    return "\n".join(written(Row(0, "action", line)) for line in text.split("\n"))


def _bare(scene: Scene) -> Scene:
    def bare(shot: Shot) -> Shot:
        lines = tuple(line.model_copy(update={"id": ""}) for line in shot.lines)
        return shot.model_copy(update={"id": "", "lines": lines})

    return scene.model_copy(update={"id": "", "shots": tuple(bare(shot) for shot in scene.shots)})


def _known(part: str, words: str) -> str:
    if not part:
        raise InvalidParamError(
            f"“{words[:60]}” has no id yet.", hint="Save the script first: ids are written then.", param="text"
        )
    return part
