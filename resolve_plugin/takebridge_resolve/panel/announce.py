"""Says something to screen readers once, without moving the focus."""

from __future__ import annotations

from PySide6 import QtGui
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget


def announce(widget: QWidget, text: str, *, urgent: bool = False) -> None:
    """Have ``text`` spoken: politely, or at once when it is about something that failed."""
    event_type = getattr(QtGui, "QAccessibleAnnouncementEvent", None)  # from Qt 6.8 on
    if event_type is None or not QAccessible.isActive():
        return
    event = event_type(widget, text)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
    QAccessible.updateAccessibility(event)
