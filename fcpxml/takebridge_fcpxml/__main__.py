"""``python -m takebridge_fcpxml``; see ``takebridge_fcpxml.cli``."""

from __future__ import annotations

import sys

from takebridge_fcpxml.cli import main

if __name__ == "__main__":
    sys.exit(main())
