"""A page in real Chromium (Qt's WebEngine), in a process of its own: what a script finds there, and all complaints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

_FLAGS = "--no-sandbox --disable-gpu --disable-dev-shm-usage"
_PROBE = "import PySide6.QtWebEngineWidgets"
_DRIVER = """
import json, sys
from PySide6.QtCore import QTimer, QUrl
from PySide6.QtWebEngineCore import QWebEnginePage
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QApplication

app = QApplication([])
said = []

class Page(QWebEnginePage):
    def javaScriptConsoleMessage(self, level, message, line, source):
        said.append(message)

def loaded(good):
    def done(result):
        print("RESULT" + json.dumps({"loaded": good, "result": result, "said": said}))
        app.quit()
    page.runJavaScript("JSON.stringify((() => {" + sys.argv[2] + "})())", 0, done)

view = QWebEngineView()
page = Page(view)
view.setPage(page)
view.resize(1200, 800)
view.show()
page.loadFinished.connect(loaded)
page.load(QUrl.fromLocalFile(sys.argv[1]))
QTimer.singleShot(60000, app.quit)
app.exec()
"""


@dataclass(frozen=True)
class Seen:
    """What the script returned, and what the browser complained about: errors and blocked content."""

    value: Any
    complaints: list[str]


@cache
def _missing() -> str:
    found = subprocess.run([sys.executable, "-c", _PROBE], capture_output=True, text=True, check=False, timeout=60)
    return "" if found.returncode == 0 else found.stderr.strip().splitlines()[-1]


def in_chromium(page: Path, script: str) -> Seen:
    """Load a page 1200 pixels wide and run the body of a function in it. Skips, saying so, where there is none."""
    if why := _missing():
        pytest.skip(f"no Chromium to look at the page with: {why}")
    done = subprocess.run(
        [sys.executable, "-c", _DRIVER, str(page), script],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_CHROMIUM_FLAGS": _FLAGS},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    told = next((line for line in done.stdout.splitlines() if line.startswith("RESULT")), None)
    assert told, done.stderr[-2000:]
    answer = json.loads(told.removeprefix("RESULT"))
    assert answer["loaded"], answer
    return Seen(json.loads(answer["result"] or "null"), answer["said"])
