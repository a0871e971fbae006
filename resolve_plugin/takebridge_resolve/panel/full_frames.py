"""Single frames of takes in full size, for 1:1: fetched while the viewer stands still, the newest wish first.

Proxies are 640 pixels across; grain, edges and noise cannot be judged on them.
"""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from takebridge.client.api import Api
from takebridge.errors import BridgeError, MediaError
from takebridge.ids import BlobHash
from takebridge_resolve.panel.link import Asked, Link

REST_MS = 120
"""For how long the viewer stands on a frame before it is fetched."""
MOST_BYTES = 160 * 2**20
"""Pictures that are kept: four of 8 bits RGBA at 4K."""

Wanted = tuple[BlobHash, int]


def read_frame(api: Api, wanted: Wanted) -> QImage:
    """Fetch and decode a frame. Raises MediaError when it is no picture, and what the call raises."""
    image = QImage.fromData(api.full_frame(*wanted))
    if image.isNull():
        raise MediaError("The bridge sent no picture.", hint="Look at the take in the editor.")
    return image.convertToFormat(QImage.Format.Format_RGB32)


class FullFrames(QObject):
    """``ready`` says that a frame has arrived, or that there is none: then `problem` has words for it."""

    ready = Signal()

    def __init__(self, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._kept: OrderedDict[Wanted, QImage] = OrderedDict()
        self._problems: dict[Wanted, str] = {}
        self._wishes: tuple[Wanted, ...] = ()
        self._asked: Asked | None = None
        self._rest = QTimer(self, interval=REST_MS, singleShot=True)
        self._rest.timeout.connect(self._ask_next)

    def want(self, wishes: tuple[Wanted, ...]) -> None:
        """Fetch these frames once nobody wished for others for a moment; () fetches nothing any more."""
        if wishes == self._wishes:
            return
        self._wishes = wishes
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None
        self._rest.stop()
        if self._missing() is not None:
            self._rest.start()

    def picture(self, wanted: Wanted) -> QImage | None:
        """Return a frame that is here."""
        return self._kept.get(wanted)

    def problem(self, wanted: Wanted) -> str:
        """Say why a frame is not to be had, "" while it may still come."""
        return self._problems.get(wanted, "")

    def _missing(self) -> Wanted | None:
        return next((one for one in self._wishes if one not in self._kept and one not in self._problems), None)

    def _ask_next(self) -> None:
        wanted = self._missing()
        if wanted is None:
            return

        def arrived(image: QImage) -> None:
            self._asked = None
            self._keep(wanted, image)
            self.ready.emit()
            self._ask_next()

        def failed(error: BridgeError) -> None:
            self._asked = None
            self._problems = {one: text for one, text in self._problems.items() if one in self._wishes}
            self._problems[wanted] = error.message
            self.ready.emit()
            self._ask_next()

        self._asked = self._link.ask(lambda api: read_frame(api, wanted), arrived, failed)

    def _keep(self, wanted: Wanted, image: QImage) -> None:
        self._kept[wanted] = image
        while len(self._kept) > 2 and sum(one.sizeInBytes() for one in self._kept.values()) > MOST_BYTES:
            self._kept.popitem(last=False)

    def close(self) -> None:
        """Fetch nothing any more."""
        self.want(())
