"""Draw the icons of the Premiere panel: a bridge between two takes, at 23 and 24 points, once and twice the size.

UXP looks for ``name@1x.png`` and ``name@2x.png`` beside the path its manifest names. Run again after a change here:
the same Pillow writes the same bytes.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

ICONS = Path(__file__).resolve().parent.parent / "premiere_panel" / "takebridge_premiere" / "plugin" / "icons"
FINE = 16
"""Drawn this many times larger, then scaled down: Pillow's own lines have hard edges."""
DRAWINGS = {
    "panel-light": (23, (70, 70, 70, 255)),
    "panel-dark": (23, (214, 214, 214, 255)),
    "plugin": (24, (60, 140, 255, 255)),
}
"""Name, edge in points, ink. Premiere's light themes want dark ink; the plugin list has either ground."""


def drawn(edge: int, ink: tuple[int, int, int, int]) -> Image.Image:
    """One icon of ``edge`` pixels: two takes as frames, an arch from one to the other, the play mark in the second."""
    size = edge * FINE
    image = Image.new("RGBA", (size, size), (*ink[:3], 0))
    pen = ImageDraw.Draw(image)
    unit = size / 24
    stroke = round(2 * unit)

    def box(left: float, top: float, right: float, bottom: float) -> tuple[int, int, int, int]:
        return (round(left * unit), round(top * unit), round(right * unit), round(bottom * unit))

    pen.rounded_rectangle(box(0.5, 11, 10.5, 20.5), radius=round(1.6 * unit), outline=ink, width=stroke)
    pen.rounded_rectangle(box(13.5, 11, 23.5, 20.5), radius=round(1.6 * unit), fill=ink)
    pen.arc(box(3.5, 3.5, 20.5, 19.5), start=180, end=360, fill=ink, width=stroke)
    mark = [(16.9, 13), (16.9, 18.5), (21.4, 15.75)]
    pen.polygon([(round(x * unit), round(y * unit)) for x, y in mark], fill=(*ink[:3], 0))
    return image.resize((edge, edge), Image.Resampling.LANCZOS)


def main() -> None:
    """Write every icon at both scales."""
    ICONS.mkdir(parents=True, exist_ok=True)
    for name, (edge, ink) in DRAWINGS.items():
        for scale in (1, 2):
            drawn(edge * scale, ink).save(ICONS / f"{name}@{scale}x.png", optimize=True)


if __name__ == "__main__":
    main()
