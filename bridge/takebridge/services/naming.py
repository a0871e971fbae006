"""Names for humans: shots, bins and files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from takebridge.ids import BlobHash

BIN_ROOT = "TakeBridge"


def next_shot(existing: Iterable[str]) -> str:
    """Return the next free shot name: SH010, SH020, … in steps of ten, so that shots can be added between."""
    numbers = [int(match[1]) for name in existing if (match := re.fullmatch(r"SH(\d+)", name))]
    return f"SH{(max(numbers, default=0) // 10 + 1) * 10:03}"


def bin_path(shot: str) -> list[str]:
    """Return the media-pool bins of a shot, outermost first."""
    return [BIN_ROOT, shot]


def delivery_name(shot: str, number: int, kind: str, content: BlobHash, suffix: str) -> str:
    """Return ``SH010_take03_upscale_ab12cd34.mov``: unique by content, readable by people."""
    digest = content.removeprefix("b3:")[:8]
    return f"{plain(shot)}_take{number:02}_{plain(kind)}_{digest}{suffix}"


def plain(text: str) -> str:
    """Reduce to letters, digits, dash and underscore, at most 80: safe as a file name on every system."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_-]+", "-", ascii_text).strip("-")[:80] or "untitled"
