"""Print the installed versions as a constraints file, without this project and without the weights of models.txt."""

import importlib.metadata
import re
import sys
from pathlib import Path

_WEIGHTS = {line.split("==")[0] for line in Path("models.txt").read_text().splitlines() if "==" in line}
_SKIP = {"takebridge", "pip", "setuptools", "wheel"} | _WEIGHTS


def main() -> None:
    """Write one ``name==version`` line per distribution, sorted, normalised."""
    installed = importlib.metadata.distributions()
    found = {re.sub(r"[-_.]+", "-", dist.metadata["Name"]).lower(): dist.version for dist in installed}
    lines = [f"{name}=={version}" for name, version in sorted(found.items()) if name not in _SKIP]
    sys.stdout.write("# Written by 'make lock'. Keeps a fresh install next year on the versions tested today.\n")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
