"""Says in words what was done to a picture that the user did not ask for."""

from __future__ import annotations

from takebridge.media.info import MediaInfo


def picture_notes(info: MediaInfo) -> tuple[str, ...]:
    """Return one sentence for everything assumed about, or converted in, the source's pictures."""
    return tuple(_colour_notes(info) + _shape_notes(info))


def _colour_notes(info: MediaInfo) -> list[str]:
    notes = []
    if info.matrix_is_assumed:
        notes.append(f"The source has no colour tags: {_spoken(info.matrix)} is assumed from its height.")
    elif not info.is_rgb and info.matrix != "bt709":
        notes.append(f"Colour converted from {_spoken(info.matrix)} to BT.709.")
    if info.range == "pc":
        notes.append("Full-range levels converted to limited range.")
    if info.colour.transfer in ("smpte2084", "arib-std-b67"):
        notes.append("The source is HDR; it is carried without tone mapping and will look flat.")
    return notes


def _shape_notes(info: MediaInfo) -> list[str]:
    notes = []
    if info.rotation:
        notes.append(f"Rotated upright by {info.rotation} degrees, as the file asks.")
    if info.sar != 1:
        notes.append(f"Made square pixels from a sample aspect of {info.sar.numerator}:{info.sar.denominator}.")
    if info.is_vfr:
        notes.append(f"The source's frame rate varies: made constant at {info.rate} frames per second first.")
    return notes


def _spoken(matrix: str) -> str:
    return {"bt601": "BT.601", "bt709": "BT.709", "bt2020": "BT.2020"}.get(matrix, matrix)
