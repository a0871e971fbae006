"""How deep JSON text nests, found without parsing it."""

from __future__ import annotations

import re

# Possessive throughout, and the closing quote optional: one pass, whatever the bytes are.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_AS_ARRAYS = bytes.maketrans(b"{}", b"[]")
_OTHERS = bytes(set(range(256)) - set(b"[]{}"))


def nests_within(body: bytes, limit: int) -> bool:
    """Say whether no array or object of ``body`` lies deeper than ``limit``; ``[]`` has depth 1.

    Each round strips the innermost level, so the work is at most ``limit`` passes over the brackets. Brackets that
    never pair are not JSON: up to ``limit`` of them are left to the parser to complain about, more are too deep.
    """
    left = _STRING.sub(b"", body).translate(_AS_ARRAYS, _OTHERS)
    for _ in range(limit):
        stripped = left.replace(b"[]", b"")
        if stripped == left:
            return len(left) <= limit
        left = stripped
    return not left
