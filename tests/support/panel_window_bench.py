"""How long the panel takes from the start of its process until the window is painted."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_CHILD = """
import sys, time
from pathlib import Path
from takebridge_resolve.panel.main import application, open_window
app = application()
link, window = open_window(Path(sys.argv[1]))
window.show()
link.start()
app.processEvents()
assert window.isVisible() and window.grab().width() > 0
print(time.time(), flush=True)
link.close()
import os
os._exit(0)
"""


def ready_seconds(home: Path | None = None) -> float:
    """Start a panel of its own process, offscreen, without a bridge; seconds until its window is shown and painted.

    Counts the interpreter's own start and every import. Raises CalledProcessError when the panel does not start.
    """
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        begun = time.time()
        done = subprocess.run(
            [sys.executable, "-c", _CHILD, str(home or folder)],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return float(done.stdout.splitlines()[-1]) - begun


if __name__ == "__main__":
    print(f"{ready_seconds():.2f} s")
