"""What a language model is asked to write, and how its answer becomes the outputs of a node.

A script is asked for as JSON of one shape, checked, and written in the format of docs/script.md. An answer that does
not fit is sent back once with what is wrong: a second request of the same job, whose cost counts too.
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from takebridge.canvas.script import Line, Scene, Script, Shot, format_script, parse_script, parts_of, with_ids
from takebridge.canvas.script_rows import MAX_HEADING
from takebridge.errors import BridgeError, CapabilityError, InvalidParamError, MediaError, UnknownOutcomeError
from takebridge.media.probe import probe
from takebridge.media.stills import poster
from takebridge.providers.facts import Json
from takebridge.providers.protocol import MediaInput, RemoteJob
from takebridge.providers.remote import kept
from takebridge.providers.remote.order import Order, prompt_of
from takebridge.providers.remote.refusals import Refusal, shortened
from takebridge.providers.remote.shelf import Shelf
from takebridge.providers.remote.usage import cost_of

LOOKED_AT = 8
"""Frames of a clip a model is shown, spread over what is used of it."""
_WIDTH = 768
_IN_ALL = 280.0
"""Seconds for both requests of a job: the job runner gives a submit 300."""
_TOO_LATE = 20.0
_FORMAT = re.compile(r"response_format|json_schema|output_config|structured|schema|grammar", re.IGNORECASE)


class _Draft(BaseModel):
    """What is read of an answer: fields nobody asked for are left out, missing words are none."""

    model_config = ConfigDict(extra="ignore")


class DraftLine(_Draft):
    """What one person says."""

    speaker: str
    text: str


class DraftShot(_Draft):
    """How a shot is seen, what happens in it, what is said."""

    heading: str
    text: str = ""
    lines: list[DraftLine] = []


class DraftScene(_Draft):
    """Where and when, what holds for all of it, its shots."""

    heading: str
    text: str = ""
    shots: list[DraftShot]


class DraftScript(_Draft):
    """A whole script."""

    title: str = ""
    scenes: list[DraftScene]


class DraftError(Exception):
    """An answer that is no script; its text says what is wrong, for the model and for people."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation. ``pictures`` are JPEGs shown with it."""

    role: Literal["user", "assistant"]
    text: str
    pictures: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What a model answered: words or a refusal, the tokens counted, the model that says it spoke."""

    text: str = ""
    refusal: Refusal | None = None
    cut_short: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)
    model: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One question to a model. ``schema``: the answer's JSON schema where the API is to enforce it, None without.
    ``seconds``: how long to wait at most (None: as long as for any submit).
    """

    system: str
    turns: tuple[Turn, ...]
    schema: dict[str, Any] | None
    seconds: float | None = None


Ask = Callable[[Task], Awaitable[Said]]
"""Sends one question, once. Raises what `Door.spend` does."""


async def write(shelf: Shelf, order: Order, ask: Ask, clock: Callable[[], float] = time.monotonic) -> RemoteJob:
    """Have a script written: ask, check, and once more where the answer does not fit. The result is kept on the shelf.

    Raises what `Door.spend` does for the first question; from then on something was paid for, so what goes wrong is
    a job that failed.
    """
    began = clock()
    turn = Turn("user", await asyncio.to_thread(_wishes, order), await asyncio.to_thread(_pictures, order))
    task = Task(_system(order, plainly=False), (turn,), SCHEMA)
    try:
        first = await ask(task)
    except CapabilityError as error:  # nothing was started
        if type(error) is not CapabilityError or not _FORMAT.search(error.message):
            raise
        task = Task(_system(order, plainly=True), (turn,), None)
        first = await ask(task)
    read = _read(order, first)
    if not isinstance(read, DraftError):
        return await _settled(shelf, order, read, first.model, first.counts)
    return await _mended(shelf, order, ask, task, first, read, _IN_ALL - (clock() - began))


async def _mended(
    shelf: Shelf, order: Order, ask: Ask, task: Task, first: Said, fault: DraftError, seconds: float
) -> RemoteJob:
    """Send an answer back with what is wrong. Whatever comes of it, the job exists: it was paid for once already."""
    told = f"The model wrote no usable script: {fault}"
    # On the drive before more is spent: whoever finds this job after a crash learns that it has failed.
    job = await kept.keep_failure(shelf, order, Refusal("server", told), cost_of(order, first.counts))
    if seconds < _TOO_LATE:
        return job
    more = (Turn("assistant", first.text), Turn("user", _MEND.format(fault=fault)))
    try:
        second = await ask(Task(task.system, (*task.turns, *more), task.schema, seconds))
    except BridgeError as error:
        micros = None if isinstance(error, UnknownOutcomeError) else cost_of(order, first.counts)
        reason = f"{told}. Asking again did not work: {error.message}"
        return await kept.keep_failure(shelf, order, Refusal("server", reason), micros)
    both = {name: first.counts.get(name, 0) + second.counts.get(name, 0) for name in {*first.counts, *second.counts}}
    read = _read(order, second)
    if isinstance(read, DraftError):
        read = Refusal("server", f"{told}. Asked again, it wrote none either: {read}")
    return await _settled(shelf, order, read, second.model, both)


def pieces_of(order: Order, text: str) -> list[kept.Piece]:
    """Return the outputs an answer fills: the script and, where the profile promises them, all its parts.

    Raises DraftError for an answer that is no script.
    """
    whole = with_ids(_typed(text), None)
    script = parse_script(whole)
    ports = {"script": whole}
    if "scene" in order.profile.outputs:
        ports |= parts_of(script)
    return [kept.Piece(port, "text", ".txt", words.encode()) for port, words in ports.items()]


# --- questions


def _system(order: Order, *, plainly: bool) -> str:
    task = _TASKS["breakdown" if order.profile.kind == "breakdown" else "text"]
    shape = json.dumps(SCHEMA) if plainly else _SHAPE
    return f"{task}\n\nAnswer with one JSON object and nothing else, no code fence, in this form:\n{shape}"


def _wishes(order: Order) -> str:
    request = order.request
    wishes = [prompt_of(request)]
    if request.duration_ms is not None:
        wishes.append(f"All shots together last about {request.duration_ms / 1000:g} seconds.")
    language = request.params.get("language", order.profile.params.get("language"))
    if language:
        wishes.append(f"Write dialogue in the language with the tag {language}.")
    return "\n\n".join(wish for wish in wishes if wish) or "Write a script."


def _pictures(order: Order) -> tuple[bytes, ...]:
    shown = [frame for one in order.inputs("source_video") for frame in _frames(one)]
    return tuple(shown)


def _frames(one: MediaInput) -> list[bytes]:
    """Frames spread over the used range of a clip, as JPEG. Raises CapabilityError for a clip nobody can read."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            start, end = one.used or (0, probe(one.path).frame_count or 1)
            wanted = sorted({start + (end - start) * (2 * n + 1) // (2 * LOOKED_AT) for n in range(LOOKED_AT)})
            paths = [poster(one.path, Path(folder) / f"{frame}.jpg", frame, _WIDTH) for frame in wanted]
            return [path.read_bytes() for path in paths]
    except MediaError as error:
        raise CapabilityError(error.message, hint=error.hint or "Choose another clip. Nothing was sent.") from error


# --- answers


def _read(order: Order, said: Said) -> list[kept.Piece] | Refusal | DraftError:
    if said.refusal is not None:
        return said.refusal
    try:
        return pieces_of(order, said.text)
    except DraftError as fault:
        return DraftError(f"it was cut short ({fault})") if said.cut_short else fault


async def _settled(
    shelf: Shelf, order: Order, result: list[kept.Piece] | Refusal, model: str, counts: Mapping[str, int]
) -> RemoteJob:
    micros = cost_of(order, counts)
    if isinstance(result, Refusal):
        return await kept.keep_failure(shelf, order, result, micros)
    return await kept.keep(shelf, order, result, model=model, micros=micros)


def _typed(text: str) -> str:
    """Return an answer as a script people could have typed. Raises DraftError."""
    try:
        draft = DraftScript.model_validate(_object_in(text))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DraftError(f"{where}: {first['msg']}") from error
    if not draft.scenes or not all(scene.shots for scene in draft.scenes):
        raise DraftError("every script needs a scene, and every scene a shot")
    try:
        written = format_script(_script(draft))
        parse_script(written)
    except InvalidParamError as error:
        raise DraftError(f"{error.message} {error.hint}") from error
    return written


def _script(draft: DraftScript) -> Script:
    def lines(shot: DraftShot) -> tuple[Line, ...]:
        named = [(_one_line(one.speaker.replace(":", " ")), _one_line(one.text)) for one in shot.lines]
        return tuple(Line(id="", speaker=speaker or "VOICE", text=said) for speaker, said in named if said)

    def shots(scene: DraftScene) -> tuple[Shot, ...]:
        return tuple(
            Shot(id="", heading=_heading(one.heading, "Shot"), text=one.text.strip(), lines=lines(one))
            for one in scene.shots
        )

    scenes = tuple(
        Scene(id="", heading=_heading(one.heading, "Scene"), text=one.text.strip(), shots=shots(one))
        for one in draft.scenes
    )
    return Script(title=_one_line(draft.title), scenes=scenes)


def _heading(words: str, otherwise: str) -> str:
    """One line without marks of the format: models like to write them along."""
    flat = re.sub(r"^[#>\s]*(\[[^\]]*\]\s*)?", "", _one_line(words))
    return flat[:MAX_HEADING].strip() or otherwise


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _object_in(text: str) -> Json:
    """The JSON object in an answer: alone, in a code fence, or after thoughts. Raises DraftError."""
    bare = re.sub(r"<think>.*?(</think>|\Z)", "", text, flags=re.DOTALL)
    start = bare.find("{")
    if start < 0:
        raise DraftError("there is no JSON object in it")
    try:
        found, _ = json.JSONDecoder().raw_decode(bare, start)
    except (ValueError, RecursionError) as error:
        raise DraftError(f"it is no JSON: {shortened(str(error))}") from error
    return found


# --- the shape


def _closed(schema: Json) -> Json:
    """A schema as enforcing APIs want it: every field required, none more, no defaults and titles."""
    if isinstance(schema, Sequence) and not isinstance(schema, str):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept_fields = {name: value for name, value in schema.items() if name not in ("title", "default", "description")}
    if "properties" in schema:
        fields = {name: _closed(value) for name, value in schema["properties"].items()}
        return {
            **{name: _closed(value) for name, value in kept_fields.items() if name != "properties"},
            "properties": fields,
            "required": list(fields),
            "additionalProperties": False,
        }
    return {name: _closed(value) for name, value in kept_fields.items()}


SCHEMA: dict[str, Any] = _closed(DraftScript.model_json_schema())
"""The JSON schema of an answer."""

_SHAPE = (
    '{"title": "…", "scenes": [{"heading": "INT. KITCHEN – DAY", "text": "what holds for the scene", "shots": '
    '[{"heading": "Wide, slow push in", "text": "what is seen", "lines": [{"speaker": "ANNA", "text": "…"}]}]}]}'
)

_MEND = "This cannot be used: {fault}. Write the whole answer again, corrected, as one JSON object."

_TASKS = {
    "text": (
        "You write scripts for short films and advertisements that will be made shot by shot. Give each scene a "
        "heading that says where and when, and each shot a heading that says how it is seen (size, angle, move). A "
        "shot's text says what is seen, in the present, complete enough to be filmed without the shots around it. "
        "What somebody says goes into lines, never into text."
    ),
    "breakdown": (
        "You are shown frames of a clip in their order. Describe it as a script: one scene for each place, one shot "
        "for each cut you can tell, with what is seen and how. Say only what the frames show. You cannot hear the "
        "clip: leave lines empty unless words are readable in the picture."
    ),
}
