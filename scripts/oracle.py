"""Install the vendors' own clients (oracle.txt) into an environment of their own: python3 scripts/oracle.py .oracle"""

import subprocess
import sys
from pathlib import Path

from bootstrap import ROOT, installer


def main() -> None:
    """Make the environment named in argv[1]."""
    pip = installer(Path(sys.argv[1] if len(sys.argv) > 1 else ".oracle"))
    subprocess.run([*pip, "--requirement", "oracle.txt"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
