"""Names of people: what is a name, and when two are the same."""

from __future__ import annotations

import unicodedata

LONGEST_NAME = 80
RESERVED = frozenset({"editor", "takebridge", "bridge"})
"""Authors of what the bridge's own token does unless it says otherwise (see `takebridge.client.api`)."""
_JOINERS = "\u200c\u200d"
_BLANKS = "\u115f\u1160\u3164\uffa0\u2800"
"""Letters and symbols by category that show nothing: Hangul fillers and the empty Braille pattern."""


def clean_name(text: str) -> str:
    """Return a name as it is kept: NFC, single blanks. Raises ValueError, in words, for what is none.

    Joiners between letters stay, for scripts that need them; whatever else is not seen is refused: names are shown in
    terminals, logs and file names, and nobody may look like somebody else by invisible characters.
    """
    name = unicodedata.normalize("NFC", " ".join(text.split(" ")).strip())
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise ValueError(f"a name has 1 to {LONGEST_NAME} characters")
    if any(_unseen(char) for char in text):
        raise ValueError("a name is one line without control or invisible characters")
    if not any(unicodedata.category(char)[0] in "LN" for char in name):
        raise ValueError("a name has a letter or a digit")
    return name


def same_name(name: str) -> str:
    """Return what two names that would be taken for each other have in common."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join("".join(char for char in folded if unicodedata.category(char) != "Cf").split())


def _unseen(char: str) -> bool:
    if char in _JOINERS:
        return False
    return char in _BLANKS or unicodedata.category(char) in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
