"""Frames of the panels' socket: JSON texts in, JSON texts out, long ones in parts (docs/protocol/panel-socket.md).

Reading never raises anything but UsageError, in words; what was sent is not echoed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StringConstraints, TypeAdapter, ValidationError

from takebridge.errors import BridgeError, UsageError
from takebridge.ids import new_id
from takebridge_server.api.bodies import OneLine
from takebridge_server.api.live import CanvasName, Topic
from takebridge_server.api.problems import in_words
from takebridge_server.api.strict_json import NotIJsonError, read_strictly
from takebridge_server.json_depth import nests_within

FRAME_BYTES = 512 * 1024
"""What is longer goes in parts."""
WHOLE_BYTES = 64 * 2**20
"""The most that parts may make together, in either direction."""
DEPTH = 64
MOST_OPEN = 4
"""Texts that may be on their way in parts at once."""
_SLICE_CHARS = 120 * 1024
"""At most four bytes each in UTF-8, two when escaped once more: below `FRAME_BYTES` with everything around it."""
_MOST_PARTS = 4096


class Frame(BaseModel):
    """Base of what a panel sends: unknown fields are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PairFrame(Frame):
    """The code a person typed, and what the panel calls itself."""

    type: Literal["pair"]
    code: str = Field(max_length=32)
    name: OneLine = Field(default="", max_length=80)


class AuthFrame(Frame):
    """A panel that comes back."""

    type: Literal["auth"]
    token: str = Field(max_length=128, repr=False)


class HelloFrame(Frame):
    """``hello`` is the protocol's Hello, looked at once its version is known to be ours."""

    type: Literal["hello"]
    hello: dict[str, Any]


class AnswerFrame(Frame):
    """``answer`` is the protocol's OpAnswer."""

    type: Literal["answer"]
    answer: dict[str, Any]


class StatusFrame(Frame):
    """``status`` is the protocol's HostStatus."""

    type: Literal["status"]
    status: dict[str, Any]


RequestId = StrictInt | Annotated[str, StringConstraints(strict=True, min_length=1, max_length=64)]


class RequestFrame(Frame):
    """One request of the HTTP API; ``path`` with its query, ``body`` JSON or null for none."""

    type: Literal["request"]
    id: RequestId
    method: Literal["GET", "POST", "PUT", "DELETE", "PATCH"]
    path: str = Field(min_length=1, max_length=8192)
    body: Any = None


class FollowFrame(Frame):
    """What of the live events the panel wants, as the query of ``/live``; a newer one takes its place."""

    type: Literal["follow"]
    topics: list[Topic] | None = Field(default=None, max_length=64)
    canvases: list[CanvasName] | None = Field(default=None, max_length=64)
    since: StrictInt | None = Field(default=None, ge=0)
    stream: str | None = Field(default=None, max_length=80)


class PingFrame(Frame):
    """Answered with a pong that says the same number."""

    type: Literal["ping"]
    n: StrictInt = 0


Known = PairFrame | AuthFrame | HelloFrame | AnswerFrame | StatusFrame | RequestFrame | FollowFrame | PingFrame
_FRAME: TypeAdapter[Known] = TypeAdapter(Annotated[Known, Field(discriminator="type")])
_TYPES = ("pair", "auth", "hello", "answer", "status", "request", "follow", "ping", "part")


@dataclass(frozen=True, slots=True)
class Part:
    """One slice of a long text; ``text`` may begin or end within a surrogate pair, as JavaScript counts."""

    of: str
    n: int
    count: int
    text: str


def parse(raw: str | bytes) -> dict[str, Any]:
    """Return a frame's object. Raises UsageError: not text, too deep, not I-JSON, no object."""
    if not isinstance(raw, str):
        raise UsageError("A panel's message is text.", hint="Send JSON as text.")
    data = raw.encode("utf-8", "surrogatepass")
    if not nests_within(data, DEPTH):
        raise UsageError(f"The message nests deeper than {DEPTH} levels.", hint="Send a flatter one.")
    try:
        value = read_strictly(data)
    except NotIJsonError as error:
        value = _cut_in_a_pair(data)
        if value is None:
            raise UsageError(
                f"The message cannot be read: {error}.",
                hint="Send I-JSON (RFC 7493): UTF-8, every field once, finite numbers within ±(2^53 − 1), no NUL.",
            ) from error
    if not isinstance(value, dict):
        raise UsageError("A panel's message is an object with a type.", hint=_hint())
    return value


def _cut_in_a_pair(data: bytes) -> dict[str, Any] | None:
    """Return a part, whose text alone may end in half a surrogate pair, or None for anything else."""
    try:
        value = read_strictly(data, any_text=True)
    except NotIJsonError:
        return None
    return value if isinstance(value, dict) and value.get("type") == "part" else None


def frame_of(value: Mapping[str, Any]) -> Known:
    """Return the frame an object is. Raises UsageError."""
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in _TYPES:
        raise UsageError("There is no message of this type.", hint=_hint())
    try:
        return _FRAME.validate_python(dict(value))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = tuple(step for step in first["loc"] if step != kind) or (kind,)
        problem = in_words({**first, "loc": place})
        raise UsageError(f"The message “{kind}” is not valid: {problem}.", hint=_hint()) from error


def _hint() -> str:
    return f"Messages are {', '.join(_TYPES)}; docs/protocol/panel-socket.md says what is in them."


# --- parts ------------------------------------------------------------------------------------------------


def part_of(value: Mapping[str, Any]) -> Part:
    """Return the part an object of type "part" is. Raises UsageError."""
    of, n, count, text = (value.get(name) for name in ("of", "n", "count", "text"))
    counted = type(n) is int and type(count) is int and 0 <= n < count <= _MOST_PARTS
    named = isinstance(of, str) and 0 < len(of) <= 64
    if not (counted and named and isinstance(text, str) and len(value) == 5):
        raise UsageError(
            "The part is not valid.",
            hint=f"A part has of (a name), n (from 0), count (at most {_MOST_PARTS}) and text, and nothing else.",
        )
    assert isinstance(of, str) and isinstance(n, int) and isinstance(count, int)
    return Part(of, n, count, text)


@dataclass(slots=True)
class _Open:
    count: int
    texts: list[str] = field(default_factory=list)
    size: int = 0


class Joiner:
    """Puts texts together whose parts come in order; several may be on their way at once."""

    def __init__(self, most_bytes: int = WHOLE_BYTES) -> None:
        self._most = most_bytes
        self._open: dict[str, _Open] = {}

    def take(self, part: Part) -> str | None:
        """Return the whole text with its last part, None before. Raises UsageError; what there was of it is dropped."""
        if part.n == 0:
            self._begin(part)
        found = self._open.get(part.of)
        if found is None or (part.n, part.count) != (len(found.texts), found.count):
            self._open.pop(part.of, None)
            raise UsageError("A part is missing, or came out of order.", hint="Send all parts again, from 0 on.")
        found.texts.append(part.text)
        found.size += len(part.text.encode("utf-8", "surrogatepass"))
        if sum(one.size for one in self._open.values()) > self._most:
            del self._open[part.of]
            raise UsageError(
                f"The parts make more than {self._most // 2**20} MiB together.",
                hint="Send less in one request: files go by their path.",
            )
        if len(found.texts) < found.count:
            return None
        del self._open[part.of]
        return _whole("".join(found.texts))

    def _begin(self, part: Part) -> None:
        if part.of not in self._open and len(self._open) >= MOST_OPEN:
            raise UsageError(
                f"{MOST_OPEN} messages are on their way in parts already.", hint="Finish one of them first."
            )
        self._open[part.of] = _Open(part.count)


def _whole(text: str) -> str:
    """Put surrogate pairs together that JavaScript, which counts UTF-16 units, cut in two; half ones stay."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def in_frames(text: str) -> Iterator[str]:
    """Yield the frames a JSON text goes in: itself, or its parts."""
    if len(text) <= FRAME_BYTES // 4 or len(text.encode("utf-8")) <= FRAME_BYTES:
        yield text
        return
    of = new_id("part")
    count = -(-len(text) // _SLICE_CHARS)
    for n in range(count):
        piece = text[n * _SLICE_CHARS : (n + 1) * _SLICE_CHARS]
        yield written({"type": "part", "of": of, "n": n, "count": count, "text": piece})


# --- what the server says ---------------------------------------------------------------------------------


def written(message: Mapping[str, Any]) -> str:
    """Return a message as compact JSON."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def refused(error: BridgeError) -> str:
    """Why the connection is about to be closed."""
    return written({"type": "refused", "error": error.to_wire()})


def complaint(error: BridgeError) -> str:
    """What is wrong with a message; the connection stays."""
    return written({"type": "error", "error": error.to_wire()})
