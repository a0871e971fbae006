"""Install the vendors' own clients (oracle.txt) into an environment of their own: python3 scripts/oracle.py .oracle"""

import subprocess
import sys
from pathlib import Path

from bootstrap import ROOT, installer

ALONE = ("comfy-cli==1.23.0",)
"""Read as a library: what it would bring along is for running a ComfyUI."""


def main() -> None:
    """Make the environment named in argv[1]."""
    pip = installer(Path(sys.argv[1] if len(sys.argv) > 1 else ".oracle"))
    subprocess.run([*pip, "--requirement", "oracle.txt"], cwd=ROOT, check=True)
    subprocess.run([*pip, "--no-deps", *ALONE], check=True)


if __name__ == "__main__":
    main()
