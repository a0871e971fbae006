"""The command line: ``info``, ``lint``, ``convert`` and ``diff``.

Exit code 0 is clean, 1 findings, 2 an error with a message and the next step on stderr (with ``--json`` as an object on
stdout). OpenTimelineIO is imported only when an OTIO file is involved.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence

from takebridge_fcpxml.cli import arguments
from takebridge_fcpxml.cli.outcome import InternalError, Outcome, forgiving, tell, tell_error
from takebridge_fcpxml.errors import FcpxmlError

_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Never raises for bad input, and prints no traceback."""
    words = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in words
    forgiving(sys.stdout, sys.stderr)
    try:
        return tell(_run(arguments.parse(words)), as_json)
    except FcpxmlError as error:
        return tell_error(error, as_json)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last stop: an editor gets a sentence, not a traceback
        return tell_error(_internal(error), as_json)


def _run(asked: argparse.Namespace) -> Outcome:
    if asked.command == "info":
        from takebridge_fcpxml.cli.info import run_info

        return run_info(asked.file)
    if asked.command == "lint":
        from takebridge_fcpxml.cli.lint import run_lint

        return run_lint(asked.file, asked.dtd, asked.target)
    if asked.command == "convert":
        from takebridge_fcpxml.cli.convert import run_convert

        return run_convert(asked.input, asked.output, asked.version, asked.target, asked.project, asked.family)
    from takebridge_fcpxml.cli.diff import run_diff

    return run_diff(asked.a, asked.b)


def _internal(error: Exception) -> InternalError:
    frames = traceback.extract_tb(error.__traceback__)
    place = (
        f" ({frames[-1].filename.rpartition('takebridge_fcpxml')[2].lstrip('/')}:{frames[-1].lineno})" if frames else ""
    )
    return InternalError(
        "This is a mistake of takebridge_fcpxml, not of your file. Nothing was half written.",
        hint=f"Please report it with the command, the file and this: {type(error).__name__}: {error}{place}",
    )
