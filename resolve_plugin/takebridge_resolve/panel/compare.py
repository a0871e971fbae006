"""Comparing two takes: the modes, how pictures fit each other, and which frame of B belongs to a frame of A. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter

from takebridge.timebase import FrameRate, frame_at, frames_covering, to_seconds

Mode = Literal["single", "flip", "side", "wipe", "overlay", "difference"]
MODES: tuple[Mode, ...] = ("single", "flip", "side", "wipe", "overlay", "difference")
GAIN_DOUBLINGS = 2
"""Differences are shown four times as strong: doubled twice."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared and how. ``offset`` shifts B by frames of its own, ``shows_b`` is the side a flip shows.

    B is what is looked at without comparing too, so the first flip shows A.
    """

    mode: Mode = "single"
    shows_b: bool = True
    offset: int = 0

    @property
    def is_on(self) -> bool:
        """Whether two takes are looked at."""
        return self.mode != "single"

    def flipped(self) -> Comparison:
        """Return the other side, as a flip."""
        return replace(self, mode="flip", shows_b=self.mode == "flip" and not self.shows_b)


def frame_of_a(frame: int, rate_b: FrameRate, rate_a: FrameRate, offset: int = 0) -> int:
    """Return the frame of A on screen while B shows ``frame``: by time. ``offset`` says how many frames B is ahead."""
    return frame_at(to_seconds(frame - offset, rate_b), rate_a)


def length_on_b(count_a: int, rate_b: FrameRate, rate_a: FrameRate, offset: int = 0) -> int:
    """Return how many frames of B's clock it takes to see all of A."""
    return max(0, frames_covering(to_seconds(count_a, rate_a), rate_b) + offset)


def rates_words(rate_a: FrameRate, rate_b: FrameRate) -> str:
    """Return ``24 / 30 fps`` when the rates are not the same, else nothing."""
    return "" if rate_a == rate_b else f"{_fps(rate_a)} / {_fps(rate_b)} fps"


def scale_words(a: QSize, b: QSize) -> str:
    """Return ``B scaled 150 %`` when B is fitted to the size of A, else nothing. Sizes are those of the takes."""
    if not b.width() or not b.height() or a == b or not a.width():
        return ""
    return f"B scaled {round(100 * min(Fraction(a.width(), b.width()), Fraction(a.height(), b.height())))} %"


def _fps(rate: FrameRate) -> str:
    return f"{rate.numerator / rate.denominator:.3f}".rstrip("0").rstrip(".")


def fitted(picture: QSize, room: QRectF) -> QRectF:
    """Return the largest rectangle of the picture's shape in the middle of ``room``."""
    size = QSizeF(picture).scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    rect = QRectF(0, 0, size.width(), size.height())
    rect.moveCenter(room.center())
    return rect


def difference(a: QImage, b: QImage) -> QImage:
    """Return how far apart two pictures are, four times as strong, at the size of ``a``; equal is black."""
    found = a.convertToFormat(QImage.Format.Format_RGB32)
    painter = QPainter(found)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
    painter.drawImage(fitted(b.size(), QRectF(found.rect())), b)
    painter.end()
    for _ in range(GAIN_DOUBLINGS):
        again = found.copy()
        painter = QPainter(found)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
        painter.drawImage(0, 0, again)
        painter.end()
    return found
