"""MessagePack, as far as requests need it: the format APIs take that carry sound inside a JSON-like body.

Written to the format's specification (msgpack.org, spec.md of 2017): nil, bool, int, float64, str, bin, array, map.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from takebridge.providers.facts import Json


def pack(value: Json) -> bytes:
    """Return the bytes of a value. Raises ValueError for what the format, or this part of it, cannot hold."""
    match value:
        case None:
            return b"\xc0"
        case bool():
            return b"\xc3" if value else b"\xc2"
        case int():
            return _whole(value)
        case float():
            return b"\xcb" + struct.pack(">d", value)
        case str():
            data = value.encode()
            return _head(len(data), 0xA0, 32, (0xD9, 0xDA, 0xDB)) + data
        case bytes():
            return _head(len(value), 0, 0, (0xC4, 0xC5, 0xC6)) + value
        case Mapping():
            body = b"".join(pack(key) + pack(one) for key, one in value.items())
            return _head(len(value), 0x80, 16, (None, 0xDE, 0xDF)) + body
        case Sequence():
            return _head(len(value), 0x90, 16, (None, 0xDC, 0xDD)) + b"".join(map(pack, value))
    raise ValueError(f"{type(value).__name__} cannot be packed")


def unpack(data: bytes) -> Json:
    """Return the value. Raises ValueError for bytes that are none, are cut short, or have something after them."""
    try:
        value, end = _read(data, 0)
    except (struct.error, IndexError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError("no MessagePack") from error
    if end != len(data):
        raise ValueError("something follows the value")
    return value


_UNSIGNED = ((8, 0xCC, ">B"), (16, 0xCD, ">H"), (32, 0xCE, ">I"), (64, 0xCF, ">Q"))
_SIGNED = ((8, 0xD0, ">b"), (16, 0xD1, ">h"), (32, 0xD2, ">i"), (64, 0xD3, ">q"))


def _whole(value: int) -> bytes:
    """The shortest form there is."""
    if -32 <= value < 128:
        return struct.pack(">b" if value < 0 else ">B", value)
    for bits, code, form in _UNSIGNED if value >= 0 else _SIGNED:
        if value < 2**bits if value >= 0 else value >= -(2 ** (bits - 1)):
            return bytes((code,)) + struct.pack(form, value)
    raise ValueError("a whole number of more than 64 bits cannot be packed")


def _head(size: int, fixed: int, below: int, codes: tuple[int | None, int, int]) -> bytes:
    """The type and size of something with a length: in the type itself below ``below``, else in 1, 2 or 4 bytes."""
    if size < below:
        return struct.pack(">B", fixed | size)
    if codes[0] is not None and size < 2**8:
        return struct.pack(">BB", codes[0], size)
    if size < 2**16:
        return struct.pack(">BH", codes[1], size)
    return struct.pack(">BI", codes[2], size)


_PLAIN: dict[int, Json] = {0xC0: None, 0xC2: False, 0xC3: True}
_NUMBERS = {
    0xCA: ">f",
    0xCB: ">d",
    0xCC: ">B",
    0xCD: ">H",
    0xCE: ">I",
    0xCF: ">Q",
    0xD0: ">b",
    0xD1: ">h",
    0xD2: ">i",
    0xD3: ">q",
}
_SIZED = {
    0xC4: ("bin", ">B"),
    0xC5: ("bin", ">H"),
    0xC6: ("bin", ">I"),
    0xD9: ("str", ">B"),
    0xDA: ("str", ">H"),
    0xDB: ("str", ">I"),
    0xDC: ("array", ">H"),
    0xDD: ("array", ">I"),
    0xDE: ("map", ">H"),
    0xDF: ("map", ">I"),
}


def _read(data: bytes, at: int) -> tuple[Json, int]:
    code, at = data[at], at + 1
    if code < 0x80:
        return code, at
    if code >= 0xE0:
        return code - 256, at
    if code < 0x90:
        return _many("map", code & 15, data, at)
    if code < 0xA0:
        return _many("array", code & 15, data, at)
    if code < 0xC0:
        return _many("str", code & 31, data, at)
    if code in _PLAIN:
        return _PLAIN[code], at
    if code in _NUMBERS:
        (number,) = struct.unpack_from(_NUMBERS[code], data, at)
        return number, at + struct.calcsize(_NUMBERS[code])
    if code in _SIZED:
        kind, width = _SIZED[code]
        (size,) = struct.unpack_from(width, data, at)
        return _many(kind, size, data, at + struct.calcsize(width))
    raise ValueError(f"type {code:#x} is not read here")


def _many(kind: str, size: int, data: bytes, at: int) -> tuple[Json, int]:
    if kind in ("str", "bin"):
        part = data[at : at + size]
        if len(part) != size:
            raise ValueError("cut short")
        return (part if kind == "bin" else part.decode()), at + size
    found: list[Json] = []
    for _ in range(size * (2 if kind == "map" else 1)):
        value, at = _read(data, at)
        found.append(value)
    return (dict(zip(found[::2], found[1::2], strict=True)) if kind == "map" else found), at
