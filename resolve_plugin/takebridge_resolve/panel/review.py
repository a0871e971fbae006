"""Joins viewer and tray: the ringed take is the one that is looked at, marks made there are kept here."""

from __future__ import annotations

from takebridge.canvas.model import Take
from takebridge_resolve.panel.tray import Tray
from takebridge_resolve.panel.viewer import Viewer


def join(viewer: Viewer, tray: Tray) -> None:
    """Connect a viewer and a tray. The keys are attached apart from this, once for each window."""

    def tell_cut() -> None:
        facts = tray.desk.facts
        known = [facts.take(take_id) for take_id in (facts.shown, facts.pin)] if facts else []
        viewer.set_cut(facts.shown if facts else None, [take for take in known if take is not None])
        viewer.set_notes(tuple(facts.notes.values()) if facts else ())

    def scrub(take: Take, part: float) -> None:
        if viewer.take is not None and take.id == viewer.take.id:
            viewer.scrub_to(part)

    def give_keys() -> None:
        window = viewer.window_of_its_own
        if window is not None and not window.actions():
            tray.attach_keys(window)
            viewer.attach_keys(window)

    tray.tray_changed.connect(tell_cut)
    tray.ringed.connect(viewer.show_take)
    tray.scrubbed.connect(scrub)
    viewer.best_wanted.connect(tray.set_best)
    viewer.note_posted.connect(tray.post_note)
    viewer.note_dropped.connect(tray.drop_note)
    viewer.compared.connect(tray.set_letters)
    viewer.detached.connect(give_keys)
    tell_cut()
    viewer.show_take(tray.take())
