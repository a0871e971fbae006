"""Writes docs/images/panel-*.png: the panel beside an emulated Resolve with real footage, its buttons really pressed.

``python -m tests.panel.make_pictures [FOLDER]`` with TAKEBRIDGE_SHARED_MEDIA naming the folder of real clips; without
it, numbered test clips stand in for them.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QWidget
from tests.support.trip import RATE, editor, running_server, spec

from takebridge.media.testcard import render_test_clip
from takebridge_resolve.panel.main import application, open_window
from takebridge_resolve.panel.memory import Choices
from takebridge_resolve.panel.window import Window

IMAGES = Path(__file__).parents[2] / "docs" / "images"
CLIPS = ("bikes", "people_walking", "cockatoo")
WIDTH, FRAMES = 320, 60
TITLE = "Harbour teaser"


def spin(milliseconds: int) -> None:
    """Let Qt and the threads work."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait(condition: Callable[[], object], seconds: float = 120) -> None:
    """Let Qt work until the condition holds. Raises TimeoutError."""
    for _ in range(round(seconds * 20)):
        if condition():
            return
        spin(50)
    raise TimeoutError("The panel did not come to what was waited for.")


def footage(folder: Path) -> list[Path]:
    """Small copies of real clips at 23.976; the offline upscaler then takes seconds, not minutes."""
    shared = os.environ.get("TAKEBRIDGE_SHARED_MEDIA")
    if not shared:
        return [
            render_test_clip(folder / f"{name}.mov", clip_id=n, frame_count=FRAMES, rate=RATE, width=WIDTH, height=180)
            for n, name in enumerate(CLIPS, 1)
        ]
    return [_small(Path(shared) / f"{name}.mp4", folder / f"{name}.mov") for name in CLIPS]


def _small(source: Path, target: Path) -> Path:
    with av.open(str(source)) as reading, av.open(str(target), "w") as writing:
        picture = reading.streams.video[0]
        height = round(WIDTH * picture.height / picture.width / 2) * 2
        stream = writing.add_stream("mpeg4", rate=RATE.fraction)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = WIDTH, height, "yuv420p", 4_000_000
        for _, frame in zip(range(FRAMES), reading.decode(video=0), strict=False):
            pixels = frame.to_ndarray(width=WIDTH, height=height, format="rgb24")
            writing.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        writing.mux(stream.encode())
    return target


def timeline(files: list[Path]) -> dict[str, Any]:
    """The clips behind each other, twenty frames each, with handles left."""
    clips = [
        {"kind": "clip", "path": str(path), "track": 1, "timeline_start": 20 * n, "duration": 20, "source_start": 14}
        for n, path in enumerate(files)
    ]
    described = spec(clips)
    return {**described, "timeline": {**described["timeline"], "name": "REEL 2 v14"}, "project": "Harbour"}


class Camera:
    """Takes pictures of widgets into a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder

    def take(self, name: str, widget: QWidget, milliseconds: int = 500) -> None:
        """Let the widget settle and write ``panel-NAME.png``."""
        spin(milliseconds)
        path = self.folder / f"panel-{name}.png"
        if not widget.grab().save(str(path)):
            raise OSError(f"{path} cannot be written.")


def tell(window: Window, camera: Camera) -> None:
    """The story: push, generate, compare, pull."""
    buttons, state = window.clip_page.buttons, window.state
    wait(lambda: state.clip is not None and window.clip_page.tray is not None)
    camera.take("push", window, 1500)
    buttons.primary.click()
    wait(lambda: state.node is not None and buttons.generate.isEnabled())
    window.open_send()
    camera.take("send", window.dialogs["send"], 900)
    window.dialogs["send"].close()
    buttons.primary.click()
    wait(lambda: any(job.status == "InProgress" for job in state.jobs.all.values()))
    window.jobs.open(True)
    camera.take("in-progress", window)
    wait(lambda: state.pinned is not None, 240)
    window.jobs.open(False)
    camera.take("pull", window, 2500)
    window.clip_page.viewer.set_compare("wipe")
    camera.take("wipe", window, 1200)
    window.clip_page.viewer.leave_compare()
    note(window, camera)
    buttons.primary.click()
    wait(lambda: buttons.primary.text() == "Up to date")
    camera.take("up-to-date", window, 1500)


def note(window: Window, camera: Camera) -> None:
    """A note on a frame of the take."""
    viewer = window.clip_page.viewer
    viewer.seek(20)
    viewer.do("note")
    viewer.stage.notes.field.setPlainText("The left wheel doubles here.")
    viewer.stage.notes.post.click()
    wait(lambda: viewer.stage.notes.notes)
    camera.take("note", window, 700)


def pages(window: Window, camera: Camera) -> None:
    """The wide window, the log, and the light one."""
    window.resize(1280, 800)
    window.clip_page.viewer.set_compare("side")
    camera.take("wide", window, 1000)
    window.clip_page.viewer.leave_compare()
    window.resize(900, 420)
    window.tabs.setCurrentIndex(3)
    camera.take("log", window, 900)
    window.tabs.setCurrentIndex(0)
    window.apply_choices(Choices(theme="light"))
    window.resize(420, 980)
    camera.take("light", window, 800)
    window.apply_choices(Choices())


def main(folder: Path) -> None:
    """Write all pictures into ``folder``."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    camera = Camera(folder)
    with tempfile.TemporaryDirectory() as work:
        place = Path(work)
        home = place / "home"
        home.mkdir(mode=stat.S_IRWXU)
        application()
        link, window = open_window(home)
        window.resize(420, 980)
        window.show()
        link.start()
        wait(lambda: window.state.connection.standing == "bridge_down" and window.clip_page.tray is not None)
        camera.take("first-run", window)
        try:
            with running_server(home) as client:
                client.post("/api/canvases", {"title": TITLE})
                wait(lambda: window.state.canvases)
                with editor(client, home, place, timeline(footage(place))):
                    tell(window, camera)
                    pages(window, camera)
        finally:
            window.close()
            link.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
