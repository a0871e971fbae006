"""The pictures of the documentation can be drawn, show something, and are small enough to ship."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from PySide6.QtWidgets import QApplication
from tests.panel.make_trip_pictures import LARGEST, main

from takebridge_resolve.panel import theme


def test_every_picture_is_drawn_and_small(tmp_path: Path, qapp: QApplication) -> None:
    try:
        made = main(tmp_path)
    finally:
        theme.apply(qapp, "dark")
    assert [path.stem for path in made] == [
        "panel-roundtrip-dark",
        "panel-roundtrip-light",
        "panel-gap-dark",
        "panel-plan-dark",
    ]
    for path in made:
        assert path.stat().st_size < LARGEST
        with Image.open(path) as picture:
            colours = picture.convert("RGB").getcolors(1 << 20)
            assert colours is None or len(colours) > 100  # text and edges, not one flat ground
