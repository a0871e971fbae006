"""1:1: puts frames in full size in the place of the small copies, as soon as they are here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from PySide6.QtCore import QObject

from takebridge_resolve.panel import viewer_words
from takebridge_resolve.panel.full_frames import FullFrames, Wanted
from takebridge_resolve.panel.link import Link
from takebridge_resolve.panel.pane import Pane
from takebridge_resolve.panel.screen import Screen
from takebridge_resolve.panel.transport import Transport

Letter = Literal["a", "b"]


class Zoomed(QObject):
    """Sharpens the sides of a screen. `full` is where the frames come from."""

    def __init__(self, link: Link, screen: Screen, panes: Mapping[Letter, Pane], transport: Transport) -> None:
        super().__init__(transport)
        self.full = FullFrames(link, self)
        self._screen, self._panes, self._transport = screen, panes, transport

    def sharpen(self, frames: Mapping[Letter, int]) -> None:
        """At 1:1, standing still, show these frames of the sides in full size; fetch what is not here."""
        wishes = self._wishes(frames) if self._screen.zoom is not None else {}
        still = not self._transport.is_playing
        self.full.want(tuple(dict.fromkeys(wishes.values())) if still else ())
        for letter, wanted in wishes.items():
            image = self.full.picture(wanted) if still else None
            setattr(self._screen, letter, viewer_words.sharpened(getattr(self._screen, letter), image))
        missing = [wanted for wanted in wishes.values() if self.full.picture(wanted) is None]
        problem = next((text for wanted in missing if (text := self.full.problem(wanted))), "")
        self._screen.zoom_note = viewer_words.zoom_note(len(missing), problem)

    def _wishes(self, frames: Mapping[Letter, int]) -> dict[Letter, Wanted]:
        found: dict[Letter, Wanted] = {}
        for letter, frame in frames.items():
            pane = self._panes[letter]
            if pane.source is not None and pane.source.content is not None:
                found[letter] = (pane.source.content, min(max(0, frame), max(0, pane.count - 1)))
        return found
