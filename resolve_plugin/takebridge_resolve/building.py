"""Join the parts of an agent to the one file that is copied into Resolve.

Resolve lists single files in its Scripts menu and knows no packages of ours, so what is installed is one text: the
parts in a fixed order, imports among them taken out, the standard library's hoisted and merged. Tests and the emulator
run that text too.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from pathlib import Path

from .agent.terms import AGENT_VERSION

HERE = Path(__file__).resolve().parent
PARTS = (
    "terms",
    "values",
    "faults",
    "guards",
    "arguments",
    "media_facts",
    "bulk",
    "scene",
    "links",
    "items",
    "pool",
    "pen",
    "take_change",
    "swap",
    "status",
    "reading",
    "importing",
    "takes",
    "pulling",
    "timelines",
    "keeping",
    "deleting",
    "placing",
    "clips",
    "markers",
    "timecodes",
    "playhead",
    "paths",
    "timeline_files",
    "stills",
    "deliver",
    "rendering",
    "quick_export",
    "media",
    "project",
    "trials",
    "probing",
    "desk",
    "channel",
    "link",
    "loop",
    "start",
)
"""The parts of the Python agent; each imports only from those before it."""
FILE_NAME = "TakeBridge.py"
HEADER = '''"""The TakeBridge agent {version}: runs inside DaVinci Resolve, dials out to the bridge, does small ops and
reads them back.

One file, standard library only, Python 3.6 to 3.14, Resolve 18.5 and later. Joined from the parts in
takebridge_resolve/agent: change those, not this file.
"""
'''
LUA_HEADER = "-- The TakeBridge agent {version} for DaVinci Resolve's own Lua. Joined from takebridge_resolve/lua.\n"


def python_agent() -> str:
    """The Python agent as one file."""
    parts = [(name, (HERE / "agent" / f"{name}.py").read_text("utf-8")) for name in PARTS]
    bodies = [_body(name, source) for name, source in parts]
    imports = _library_imports(source for _, source in parts)
    return "\n".join([HEADER.format(version=AGENT_VERSION), *imports, *bodies])


def lua_agent(mailbox: str = "") -> str:
    """The Lua agent as one chunk that keeps its mailbox in this folder ("": where the platform has it)."""
    sources = [path.read_text("utf-8").strip("\n") for path in sorted((HERE / "lua").glob("*.lua"))]
    joined = "\n\n".join([LUA_HEADER.format(version=AGENT_VERSION), *sources]) + "\n"
    return joined.replace("{{MAILBOX}}", _lua_string(mailbox))


def write_agent(path: Path) -> Path:
    """Write the Python agent to a file and return its path; folders on the way are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(python_agent(), "utf-8")
    return path


def _body(name: str, source: str) -> str:
    """A part without its docstring and imports, under a line that names it."""
    tree = ast.parse(source)
    kept = source.split("\n")
    docstring, *nodes = tree.body
    for node in [docstring, *(node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom))]:
        kept[node.lineno - 1 : node.end_lineno] = [""] * ((node.end_lineno or node.lineno) - node.lineno + 1)
    said = " ".join((ast.get_docstring(tree) or "").split())
    title = f"# --- {name.replace('_', ' ')} ".ljust(104, "-")
    return "\n".join(["", "", title, *_comment(said), "", "", "\n".join(kept).strip("\n")])


def _comment(said: str) -> list[str]:
    """Text as comment lines of at most 100 characters."""
    lines = ["#"]
    for word in said.split():
        if len(lines[-1]) + len(word) >= 100:
            lines.append("#")
        lines[-1] += f" {word}"
    return lines


def _library_imports(sources: Iterable[str]) -> list[str]:
    """Every import of the standard library in the parts, once: plain ones first, then ``from`` ones."""
    nodes = [node for source in sources for node in ast.parse(source).body]
    plain = {ast.unparse(node) for node in nodes if isinstance(node, ast.Import)}
    named = {ast.unparse(node) for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return [*sorted(plain), *sorted(named)]


def _lua_string(text: str) -> str:
    """A Lua 5.1 string literal; bytes outside printable ASCII as decimal escapes."""
    spelled = (
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:03d}"
        for byte in text.encode("utf-8", "surrogateescape")
    )
    return '"' + "".join(spelled) + '"'


def main(argv: list[str]) -> int:
    """``python -m takebridge_resolve.building OUT_FOLDER``: write both agents and say where."""
    if len(argv) != 1:
        print("usage: python -m takebridge_resolve.building OUT_FOLDER", file=sys.stderr)  # noqa: T201
        return 2
    folder = Path(argv[0])
    print(write_agent(folder / FILE_NAME))  # noqa: T201
    lua = folder / Path(FILE_NAME).with_suffix(".lua")
    lua.write_text(lua_agent(), "utf-8")
    print(lua)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
