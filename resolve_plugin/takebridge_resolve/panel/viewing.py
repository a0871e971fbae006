"""Gives viewer and tray what the panel knows: the clip's own picture, and the takes of its node."""

from __future__ import annotations

from PySide6.QtCore import QObject

from takebridge_resolve.panel.connection_words import first_steps
from takebridge_resolve.panel.primary import AWAY, NO_CLIP, NOT_PUSHED, NOTHING_MADE
from takebridge_resolve.panel.review import join
from takebridge_resolve.panel.state import State
from takebridge_resolve.panel.tray import Tray
from takebridge_resolve.panel.viewer import Viewer


class Viewing(QObject):
    """Keeps a viewer and a tray, joined to each other, on the shown clip; `refresh` after clip or canvas changed."""

    def __init__(self, state: State, viewer: Viewer, tray: Tray) -> None:
        super().__init__(state)
        self.state, self.viewer, self.tray = state, viewer, tray
        self._takes: tuple[object, ...] = ()
        self._clip: tuple[object, ...] = ()
        join(viewer, tray)

    def refresh(self) -> None:
        """Show the takes of the clip's node, and the clip itself as what they are compared with."""
        node, shown, canvas_id = self.state.node, self.state.shown, self.state.canvas_id
        takes = (canvas_id, node.id if node else None, shown.id if shown else None)
        if takes != self._takes:
            self._takes = takes
            self.tray.show(canvas_id, node.id if node else None, shown.id if shown else None)
        link = self.state.seen_link
        self.viewer.around.set_shot(canvas_id, link.link_id if link else None)
        self._show_clip()
        words = self._why_empty()
        self.tray.say_why_empty(words if words != AWAY else first_steps(self.state.connection))
        self.viewer.say_why_empty(words)

    def _why_empty(self) -> str:
        """Say why there are no takes to see, and what to do about it."""
        if self.state.clip is None:
            return NO_CLIP if self.state.connection.is_live else AWAY
        return NOT_PUSHED if self.state.seen_link is None else NOTHING_MADE

    def _show_clip(self) -> None:
        clip, look = self.state.clip, self.state.look
        if clip is None or look is None:
            if self._clip:
                self._clip = ()
                self.viewer.show_original(None)
            return
        links = tuple((link.link_id, link.shown) for link in clip.links)
        if (look.session, clip.clip, links) != self._clip:
            self._clip = (look.session, clip.clip, links)
            self.viewer.show_original(look.session, clip)
