"""``python -m takebridge_resolve.agent``: serve from a terminal (Studio, External scripting set to Local)."""

import sys

from .start import main

if __name__ == "__main__":
    sys.exit(main(globals()))
