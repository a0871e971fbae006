"""Where new nodes go, in canvas units: a card of the canvas page (264 × 208) and the room its wires need."""

from __future__ import annotations

COLUMN = 416
ROW = 256
