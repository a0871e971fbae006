"""What a command came to, and how it reaches the terminal or the next program in a pipe."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from typing import TextIO

from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.tables import clean, terminal_width, wrap

CLEAN, FINDINGS, FAILED = 0, 1, 2


class UsageError(FcpxmlError):
    """The command line itself is wrong."""

    code = "usage"


class InternalError(FcpxmlError):
    """A mistake of this program, not of the file."""

    code = "internal"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Exit code, text for people and data for programs."""

    code: int
    text: str
    data: dict[str, object]


def forgiving(*streams: TextIO) -> None:
    """A terminal that lacks a character gets its escape instead of an exception."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def deliver(text: str, stream: TextIO) -> bool:
    """Write and flush; False when it did not arrive. A reader that left (``| head``) is no failure."""
    try:
        stream.write(text if text.endswith("\n") else text + "\n")
        stream.flush()
    except BrokenPipeError:
        _abandon(stream)
    except OSError:
        _abandon(stream)
        return False
    return True


def _abandon(stream: TextIO) -> None:
    """Send what is still buffered nowhere, or Python complains about it on the way out."""
    with open(os.devnull, "w") as nowhere:
        try:
            os.dup2(nowhere.fileno(), stream.fileno())
        except (OSError, ValueError):
            return


def tell(outcome: Outcome, as_json: bool) -> int:
    """Print an outcome; its exit code comes back."""
    text = json.dumps(outcome.data) if as_json else outcome.text
    if deliver(text, sys.stdout):
        return outcome.code
    deliver(error_text(FcpxmlError("The output could not be written.", hint="Free some space.")), sys.stderr)
    return FAILED


def tell_error(error: FcpxmlError, as_json: bool) -> int:
    """Print an error: on stderr for people, on stdout with ``--json``."""
    if as_json:
        deliver(json.dumps(error.to_json()), sys.stdout)
    else:
        deliver(error_text(error), sys.stderr)
    return FAILED


def error_text(error: FcpxmlError) -> str:
    """The message, where it is, and the next step, each on lines of its own."""
    where = ", ".join(part for part in (error.path, f"line {error.line}" if error.line else "") if part)
    width = terminal_width()
    lines = wrap(clean(f"error: {error.message}"), width, indent="  ")
    if where:
        lines.append(clean(f"where: {where}"))
    if error.hint:
        lines.extend(wrap(clean(f"hint: {error.hint}"), width, indent="  "))
    return "\n".join(lines)


def counted(number: int, singular: str, plural: str = "") -> str:
    """``1 clip``, ``2 clips``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
