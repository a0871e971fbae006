"""The command line: what can be asked, and help that says it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from takebridge_fcpxml.cli.outcome import UsageError

_DESCRIPTION = """\
Read, check, convert and compare Final Cut Pro XML (FCPXML 1.5 to 1.14), flat files and .fcpxmld
bundles. Times are exact; what a conversion cannot carry is always told.
"""
_EPILOG = """\
examples:
  python -m takebridge_fcpxml info "My Film.fcpxmld"
  python -m takebridge_fcpxml lint "My Film.fcpxml" --target resolve
  python -m takebridge_fcpxml convert "My Film.fcpxmld" "For Resolve.fcpxml" --target resolve
  python -m takebridge_fcpxml diff "Cut v1.fcpxml" "Cut v2.fcpxml"

exit codes: 0 clean, 1 findings (lint errors or warnings, differences, losses), 2 error.
'COMMAND --help' explains each command. With --json the result is one JSON object on stdout, an
error is {"error": {"code", "message", "hint", "path", "line"}} there.
"""
_INFO = """\
What is in a file: library, events, projects with rate, timecode, items, lanes, roles, markers,
media, auditions, compound clips and multicams; browser clips when there is no project.
"""
_INFO_EPILOG = """\
examples:
  python -m takebridge_fcpxml info film.fcpxml
  python -m takebridge_fcpxml info film.fcpxml --json | python -m json.tool

exit codes: 0 read, 1 read but some values are broken (they are listed), 2 error.

--json: {file, kind (file or bundle), version, library, events, projects, compounds, clips, media,
problems}. Times are exact text like "1001/24000s"; a name ending in _frame or _frames is the frame
number where the time is on the frame grid, else null. Range ends are exclusive. What is in them:
  events: name, projects, clips (the numbers of).
  projects, compounds: kind (project, compound or multicam), name, event, rate ("24000/1001"),
    frame_duration, width, height, colour_space, field_order, drop_frame, record_start, record_end,
    duration, duration_frames, start_timecode, end_timecode, duration_timecode, angles,
    items_by_kind, lanes, storylines, marks, roles, used, media, auditions, items, path, line.
  items: every story item in document order, hosts before what hangs on them:
    kind (element name), name, lane, record_start, record_start_frame, record_end,
    record_end_frame, duration, duration_frames (frames of the timeline), source_start,
    source_start_frame (frames of the media), ref (resource id), roles, enabled,
    active (false: a waiting take of an audition), host (index in items, or null), path, line.
  auditions: record_start, timecode, lane, takes, pick, alternates, path, line.
  media: id, name, path, rate, start (embedded timecode in seconds), timecode, duration,
    duration_timecode, used.
  clips (of the browser): kind, name, event, duration, timecode, duration_timecode, media, path,
    line.
  problems: code, message, hint, path, line.
"""
_LINT = """\
What a host will refuse or change, and what an editor did not mean: times off the frame grid,
holes and overlaps, clips beyond their media, dangling references, and more.
"""
_LINT_EPILOG = """\
examples:
  python -m takebridge_fcpxml lint film.fcpxml
  python -m takebridge_fcpxml lint film.fcpxml --target resolve
  python -m takebridge_fcpxml lint film.fcpxml --dtd ~/DTDs

--dtd: a folder with Apple's DTDs (FCPXMLv1_10.dtd ...); Final Cut Pro carries them in
Final Cut Pro.app/Contents/Frameworks/Interchange.framework/Resources.
exit codes: 0 no errors or warnings, 1 errors or warnings, 2 the file cannot be read.
--json: {file, version, errors, warnings, infos, findings: [{code, severity, message, hint, path,
line}]}.
"""
_CONVERT = """\
Write a file as another version, for a host, as a bundle, a flat file or OTIO. The suffix of OUT
decides: .fcpxml, .fcpxmld or .otio. IN is known by its content. Without --version and --target
FCPXML is written back as it is, byte for byte apart from the XML declaration.
"""
_CONVERT_EPILOG = """\
examples:
  python -m takebridge_fcpxml convert film.fcpxmld film.fcpxml
  python -m takebridge_fcpxml convert film.fcpxml old.fcpxml --version 1.8
  python -m takebridge_fcpxml convert film.fcpxml resolve.fcpxml --target resolve
  python -m takebridge_fcpxml convert film.fcpxml film.otio --project "Reel 1"
  python -m takebridge_fcpxml convert film.fcpxml old.otio --family 0.14.0
  python -m takebridge_fcpxml convert film.otio film.fcpxml

OUT is replaced if it exists; it is whole or it is as it was. OUT may be IN.
exit codes: 0 nothing dropped or approximated, 1 something was (the table says what), 2 error and
nothing was written.
--json: {input, output, format, version, unchanged, losses: [{kind, construct, detail, path, line}],
problems: [{code, message, hint, path, line}]}; kind is dropped, approximated or carried.
"""
_DIFF = """\
What is different in B, in an editor's words: clips added, removed, moved, trimmed, slipped,
replaced, relinked, renamed; roles, speed, effects, markers, titles, auditions. Another spelling
of an equal value is no difference.
"""
_DIFF_EPILOG = """\
examples:
  python -m takebridge_fcpxml diff "Cut v1.fcpxml" "Cut v2.fcpxml"
  python -m takebridge_fcpxml diff before.fcpxmld after.fcpxmld --json

exit codes: 0 no differences, 1 differences, 2 error.
--json: {a, b, equal, bytes_equal, changes: [{kind, where, name, message, record_start, timecode,
frames, count, before, after, before_path, before_line, after_path, after_line}]}.
"""


class _Parser(argparse.ArgumentParser):
    dashed = ""

    def error(self, message: str) -> NoReturn:
        sentence = message[:1].upper() + message[1:]
        if self.dashed:
            raise UsageError(
                f"{sentence}.", hint=f"A file whose name begins with a dash needs a folder before it: ./{self.dashed}"
            )
        raise UsageError(f"{sentence}.", hint=f"{' '.join(self.format_usage().split())} (--help says more)")


def parse(arguments: list[str]) -> argparse.Namespace:
    """The parsed command line. Raises UsageError; ``--help`` prints and raises SystemExit."""
    parser = _Parser(
        prog="python -m takebridge_fcpxml",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    # argparse takes such a name for an option and only says that FILE is missing.
    _Parser.dashed = next((word for word in arguments if word.startswith("-") and Path(word).is_file()), "")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    info = _command(commands, "info", "what is in a file", _INFO, _INFO_EPILOG)
    info.add_argument("file", metavar="FILE", help="an FCPXML file or .fcpxmld bundle")
    lint = _command(commands, "lint", "what a host will refuse or change", _LINT, _LINT_EPILOG)
    lint.add_argument("file", metavar="FILE", help="an FCPXML file or .fcpxmld bundle")
    lint.add_argument("--dtd", metavar="FOLDER", help="also validate with the DTD of the file's version from here")
    lint.add_argument("--target", choices=("fcp", "resolve"), help="check for this host as well")
    convert = _command(commands, "convert", "another version, host, bundle or OTIO", _CONVERT, _CONVERT_EPILOG)
    convert.add_argument("input", metavar="IN", help="FCPXML, bundle or OTIO")
    convert.add_argument("output", metavar="OUT", help="ends in .fcpxml, .fcpxmld or .otio")
    convert.add_argument(
        "--version",
        metavar="1.10",
        help="the FCPXML version to write, 1.5 to 1.14; kept when left out (other OTIO: 1.10)",
    )
    convert.add_argument("--target", choices=("fcp", "resolve"), help="what this host needs and takes")
    convert.add_argument("--project", metavar="NAME", help="to OTIO: this project only")
    convert.add_argument("--family", metavar="0.14.0", help="to OTIO: for hosts of this OpenTimelineIO release")
    diff = _command(commands, "diff", "what is different between two files", _DIFF, _DIFF_EPILOG)
    diff.add_argument("a", metavar="A", help="the cut before")
    diff.add_argument("b", metavar="B", help="the cut after")
    return parser.parse_args(arguments)


def _command(
    commands: argparse._SubParsersAction[_Parser], name: str, summary: str, description: str, epilog: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=summary,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--json", action="store_true", help="machine-readable output on stdout")
    return command
