"""Other people's OTIO adapters, kept quiet and honest: they print, log, warn, and raise anything at all."""

from __future__ import annotations

import contextlib
import gc
import io
import logging
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import TypeVar

from takebridge.errors import BridgeError, InterchangeError, InvalidDocumentError

Made = TypeVar("Made")


def ask_reader(what: str, read: Callable[[], Made]) -> Made:
    """Return what an adapter reads. Raises InvalidDocumentError in words for whatever it raises."""
    try:
        with _quiet():
            return _closing(read)
    except BridgeError:
        raise
    except (Exception, SystemExit) as error:
        raise InvalidDocumentError(
            f"{what} could not be read: {reason_of(error)}", hint="Export it again, or as OTIO or XML."
        ) from error


def ask_writer(what: str, write: Callable[[], Made]) -> Made:
    """Return what an adapter writes. Raises InterchangeError in words for whatever it raises."""
    try:
        with _quiet():
            return _closing(write)
    except BridgeError:
        raise
    except (Exception, SystemExit) as error:
        raise InterchangeError(
            f"{what} could not be written: {reason_of(error)}", hint="Write .otio or .xml."
        ) from error


def _closing(ask: Callable[[], Made]) -> Made:
    """Return what is asked for. Files an adapter left open when it failed are closed at once, not when memory is next
    swept: an open file cannot be moved on Windows."""
    try:
        return ask()
    except (Exception, SystemExit) as error:
        traceback.clear_frames(error.__traceback__)
        gc.collect()
        raise


_STUMBLED = (AttributeError, TypeError, KeyError, IndexError, AssertionError, UnboundLocalError, RecursionError)
"""What a reader raises where it trips over a document instead of refusing it; such words say nothing to an editor."""


def reason_of(error: BaseException) -> str:
    """What an exception says, in one short line."""
    if isinstance(error, _STUMBLED):
        return "its reader does not understand how it is built; an event may be incomplete, or its parts disagree."
    text = " ".join(str(error).split())[:200].rstrip(".")
    return f"{text or type(error).__name__}."


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
