"""Writes docs/images/panels-side-by-side.png: the panel beside Resolve and the panel in Premiere, on one bridge.

``python -m tests.panel.make_side_by_side [FILE]``, with TAKEBRIDGE_SHARED_MEDIA as for ``make_pictures``. One real
bridge; the same clip lies at the same frames of an emulated Resolve's timeline and of a stand-in Premiere's sequence,
is pushed from each, and gets takes of the same model and seeds. Both panels are drawn for real: Qt off screen, the page
in Chromium.
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_SCALE_FACTOR"] = "2"  # read when Qt starts: as sharp as the page, which is drawn at two

from PySide6.QtGui import QColor, QImage, QPainter
from tests.panel.make_pictures import IMAGES, TITLE, footage, spin, timeline, wait
from tests.support.premiere_bridge import facts_of
from tests.support.premiere_runner import node
from tests.support.trip import editor, running_server

from takebridge.client.http import BridgeClient
from takebridge_resolve.panel.main import application, open_window
from takebridge_resolve.panel.theme import give_role
from takebridge_server.watch import watch_job

PAGE = Path(__file__).parents[2] / "premiere_panel" / "test" / "browser" / "beside.js"
WIDTH, HEIGHT = 420, 900
GAP = 24
OTHER_SEEDS, OWN_SEED = (7, 11), 23
BACKGROUND = "#0b0c0d"


def shot(client: BridgeClient, canvas: str) -> None:
    """Push the clip under the playhead and make its takes, the last one pinned."""
    pushed = client.post("/api/clips/push", {"canvas_id": canvas, "process": ["previz"]})[0]
    shown = str(pushed["nodes"]["previz"])
    seed = {"op": "set_param", "node": shown, "name": "seed", "value": OWN_SEED}
    client.post(f"/api/canvases/{canvas}/ops", {"ops": [seed]})
    for other in (*OTHER_SEEDS, None):  # None: the node as it is, whose take is pinned
        job = client.post("/api/jobs", {"canvas_id": canvas, "node_id": shown, "seed": other})
        watch_job(client, job["job"], None)


def resolve(client: BridgeClient, home: Path, place: Path, files: list[Path], picture: Path) -> None:
    """The panel beside an emulated Resolve."""
    canvas = client.post("/api/canvases", {"title": TITLE})["canvas"]["id"]
    application()
    link, window = open_window(home)
    try:
        with editor(client, home, place, timeline(files)):
            shot(client, canvas)
            window.resize(WIDTH, HEIGHT)
            window.show()
            link.start()
            wait(lambda: window.state.canvases)
            window.state.choose_canvas(canvas)
            wait(lambda: window.state.pinned is not None)
            spin(4000)
            give_role(window.ring, active="false")  # the page has no frame for the keyboard either
            spin(200)
            if not window.grab().save(str(picture)):
                raise OSError(f"{picture} cannot be written.")
    finally:
        window.close()
        link.close()


def premiere(client: BridgeClient, files: list[Path], picture: Path) -> None:
    """The panel in a stand-in Premiere: it is paired, then the shot is made, then its picture is taken."""
    canvas = client.post("/api/canvases", {"title": TITLE})["canvas"]["id"]
    paired = client.post("/api/panels/pair", {"editor": "premiere"})
    order = {
        "canvas": canvas,
        "port": paired["port"],
        "code": paired["code"],
        "film": film(files),
        "facts": {str(path): facts_of(path) for path in files},
        "size": {"width": WIDTH, "height": HEIGHT},
        "picture": str(picture),
    }
    with subprocess.Popen([node(), str(PAGE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as page:
        assert page.stdin is not None and page.stdout is not None
        print(json.dumps(order), file=page.stdin, flush=True)
        if not any(line.strip() == "paired" for line in page.stdout):  # Node's test runner says things of its own
            raise RuntimeError("The panel in Chromium was not paired; what it said stands above.")
        shot(client, canvas)
        page.stdin.close()
        page.stdout.read()
        if page.wait(120):
            raise RuntimeError("The panel in Chromium did not come to its picture; what it said stands above.")


def film(files: list[Path]) -> dict[str, Any]:
    """The sequence ``make_pictures.timeline`` describes, as the stand-in Premiere takes it."""
    described = timeline(files)
    clips = [
        {
            "name": Path(clip["path"]).name,
            "path": clip["path"],
            "start": clip["timeline_start"],
            "length": clip["duration"],
            "in": clip["source_start"],
        }
        for clip in described["clips"]
    ]
    return {
        "project": described["project"],
        "name": described["timeline"]["name"],
        "rate": "24000/1001",
        "dropFrame": False,
        "start": described["timeline"]["start_timecode"],
        "width": described["timeline"]["width"],
        "height": described["timeline"]["height"],
        "tracks": {"video": [clips], "audio": [[]]},
        "markers": [],
    }


def beside(left: Path, right: Path, target: Path) -> None:
    """Draw two pictures of one height beside each other. Raises OSError."""
    pictures = [QImage(str(left)), QImage(str(right))]
    gap = GAP * 2
    height = max(picture.height() for picture in pictures)
    sheet = QImage(sum(picture.width() for picture in pictures) + 3 * gap, height + 2 * gap, QImage.Format.Format_RGB32)
    sheet.fill(QColor(BACKGROUND))
    painter = QPainter(sheet)
    x = gap
    for picture in pictures:
        picture.setDevicePixelRatio(1)
        painter.drawImage(x, gap, picture)
        x += picture.width() + gap
    painter.end()
    if not sheet.save(str(target)):
        raise OSError(f"{target} cannot be written.")


def main(target: Path) -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as work:
        place = Path(work)
        home = place / "home"
        home.mkdir(mode=stat.S_IRWXU)
        files = footage(place)
        with running_server(home) as client:
            resolve(client, home, place, files, place / "resolve.png")
            premiere(client, files, place / "premiere.png")
        beside(place / "resolve.png", place / "premiere.png", target)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES / "panels-side-by-side.png")
