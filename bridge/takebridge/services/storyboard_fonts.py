"""Letters for documents: a font that always comes along, the machine's fonts for what it lacks, and what no font has.

Noto Sans (packaged, OFL) has Latin, Greek, Cyrillic, Vietnamese and Devanagari, so most boards look alike on every
machine. Other scripts are looked for in the folders systems keep fonts in (`FOLDERS`), well-known families first,
then all others by name. Fonts whose makers forbid embedding (OS/2 fsType, bit 1) are passed over, as are collections
and fonts of pictures. Which letters nothing has is said, never left to be found out.
"""

from __future__ import annotations

import io
import logging
import os
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import fontpkg_noto_sans
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from takebridge.errors import StoreError

BASE = fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf"
WEIGHTS = {"": 400, "B": 700}
"""By fpdf2's word for a style."""

UNKNOWN = "?"
"""Drawn for a letter that no font has."""

FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
    "%WINDIR%/Fonts",
    "%LOCALAPPDATA%/Microsoft/Windows/Fonts",
)
"""Where Linux, macOS and Windows keep fonts."""

_USUAL = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180)))) | frozenset("–—‘’“”„…•€")
"""Western letters (Latin-1, Latin Extended-A) and signs: in every board's font, whatever it says."""

_PREFERRED = ("notosans", "dejavusans", "arialunicode", "arial unicode", "segoeui", "liberationsans", "arial", "tahoma")
_STYLED = ("bold", "italic", "oblique", "mono", "condensed", "light", "thin", "black", "medium", "narrow", "emoji")
_MOST_FONTS = 600
_LARGEST = 40 << 20
_MOST_FALLBACKS = 8
_NO_EMBEDDING = 0x0002
_SHAPED = frozenset({"R", "AL", "AN"})


@dataclass(frozen=True, slots=True)
class Fonts:
    """Font files for one document: the base font by style, fallbacks in order, and the letters nothing has."""

    base: dict[str, Path]
    fallbacks: tuple[Path, ...]
    missing: frozenset[str]


def fonts_for(texts: Iterable[str], folder: Path, search: Sequence[Path] | None = None) -> Fonts:
    """Write the base font, cut down to these texts, into ``folder`` and find fonts for the letters it lacks.

    ``search`` are the folders to look into (None: `FOLDERS`). Raises StoreError when the packaged font is gone.
    """
    letters = frozenset("".join(drawable(text) for text in texts))
    lacking = letters - _letters_of_base()
    fallbacks, missing = _fallbacks(lacking, search)
    base: dict[str, Path] = {}
    for style, held in zip(WEIGHTS, _base_fonts(letters - lacking - _USUAL), strict=True):
        base[style] = folder / f"NotoSans-{WEIGHTS[style]}.ttf"
        base[style].write_bytes(held)
    return Fonts(base, fallbacks, missing)


def drawable(text: str) -> str:
    """Return the text without what has no shape: controls become blanks, marks of direction and the like go.

    Direction is worked out from the letters themselves, so a hidden override cannot turn a card around.
    """
    blanks = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return "".join(c for c in blanks if unicodedata.category(c) not in ("Cf", "Cs") or c in "\u200c\u200d")


def needs_shaping(text: str) -> bool:
    """Say whether letters join, stack or run from right to left: Arabic, Hebrew, Indic scripts, combining marks."""
    return not text.isascii() and any(
        unicodedata.bidirectional(c) in _SHAPED or unicodedata.combining(c) or unicodedata.category(c) == "Mc"
        for c in text
    )


def runs_leftwards(text: str) -> bool:
    """Say whether the first letter with a direction runs from right to left (UAX 9, rules P2 and P3)."""
    strong = (unicodedata.bidirectional(c) for c in text)
    return next((found in ("R", "AL") for found in strong if found in ("L", "R", "AL")), False)


# --- the base font --------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _letters_of_base() -> frozenset[str]:
    try:
        with TTFont(BASE, lazy=True) as font:
            return frozenset(map(chr, font.getBestCmap()))
    except OSError as error:
        raise StoreError(
            "The font of storyboards is missing.", hint="Install TakeBridge again: fontpkg-noto-sans is a part of it."
        ) from error


@lru_cache(maxsize=8)
def _base_fonts(more: frozenset[str]) -> tuple[bytes, ...]:
    """Return the font in its weights, with the usual letters and these.

    Cut down first: making a weight of the whole font takes seconds. Most boards use only what is usual, so that their
    font is made once.
    """
    few = io.BytesIO()
    with TTFont(BASE, recalcTimestamp=False) as font:
        subsetter = Subsetter(Options(notdef_outline=True, recalc_timestamp=False, hinting=False))
        subsetter.populate(unicodes=sorted(map(ord, _USUAL | more)))
        subsetter.subset(font)
        font.save(few)
    made: list[bytes] = []
    for weight in WEIGHTS.values():
        few.seek(0)
        held = io.BytesIO()
        with TTFont(few, recalcTimestamp=False) as font:
            instantiateVariableFont(font, {"wght": weight, "wdth": 100}, inplace=True)
            font.save(held)
        made.append(held.getvalue())
    return tuple(made)


# --- the machine's fonts --------------------------------------------------------------------------------


def _fallbacks(lacking: frozenset[str], search: Sequence[Path] | None) -> tuple[tuple[Path, ...], frozenset[str]]:
    chosen: list[Path] = []
    if lacking:
        for path in _candidates(tuple(_folders() if search is None else search)):
            found = lacking & _letters_of(path, path.stat().st_mtime_ns)
            if found:
                chosen.append(path)
                lacking -= found
            if not lacking or len(chosen) == _MOST_FALLBACKS:
                break
    return tuple(chosen), lacking


def _folders() -> Iterator[Path]:
    for name in FOLDERS:
        whole = os.path.expandvars(os.path.expanduser(name.replace("%WINDIR%", "${WINDIR}")))
        path = Path(whole.replace("%LOCALAPPDATA%", os.environ.get("LOCALAPPDATA", "")))
        if path.is_absolute():
            yield path


def _candidates(folders: Sequence[Path]) -> list[Path]:
    """Upright fonts of well-known families first; each folder by name, so that equal machines choose alike."""
    found = [path for folder in folders if folder.is_dir() for path in folder.rglob("*") if _is_font(path)]
    return sorted(found, key=_rank)[:_MOST_FONTS]


def _is_font(path: Path) -> bool:
    try:
        return path.suffix.lower() in (".ttf", ".otf") and path.is_file() and path.stat().st_size <= _LARGEST
    except OSError:
        return False


def _rank(path: Path) -> tuple[bool, int, str, str]:
    name = path.stem.lower()
    family = next((number for number, known in enumerate(_PREFERRED) if name.startswith(known)), len(_PREFERRED))
    return any(word in name for word in _STYLED), family, name, str(path)


@lru_cache(maxsize=2 * _MOST_FONTS)
def _letters_of(path: Path, _changed: int) -> frozenset[str]:
    """Return what a font of the machine has; nothing for one that cannot be read, embedded or drawn in one colour."""
    try:
        with path.open("rb") as held, TTFont(held, lazy=True) as font:
            outlines = "glyf" in font or "CFF " in font
            if not outlines or "fvar" in font or font["OS/2"].fsType & _NO_EMBEDDING:
                return frozenset()
            return frozenset(map(chr, font.getBestCmap() or ()))
    except Exception:  # somebody else's file: whatever is wrong with it, another font will do
        logging.getLogger(__name__).debug("%s is no font for documents", path, exc_info=True)
        return frozenset()
