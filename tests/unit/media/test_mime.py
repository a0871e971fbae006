"""What a file is told to be comes from its bytes; markup is never anything a browser shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from takebridge.errors import MediaError
from takebridge.media.mime import DOWNLOAD, ending, media_type

HEADS = {
    "video/mp4": b"\0\0\0\x20ftypisom\0\0\0\0",
    "video/quicktime": b"\0\0\0\x14ftypqt  \0\0\0\0",
    "audio/mp4": b"\0\0\0\x20ftypM4A \0\0\0\0",
    "video/webm": b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webmB\x87",
    "video/x-matroska": b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroskaB",
    "audio/wav": b"RIFF\x24\0\0\0WAVEfmt ",
    "audio/mpeg": b"ID3\x04\0\0",
    "audio/flac": b"fLaC\0\0\0\x22",
    "image/jpeg": b"\xff\xd8\xff\xe0",
    "image/gif": b"GIF89a",
}
NOT_SHOWN = {
    "drawing.png": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "page.mp4": b"<!doctype html><script>alert(1)</script>",
    "words.jpg": b"words",
    "list.mov": b"ffconcat version 1.0\nfile 'secret.mov'\n",
    "archive.mp4": b"PK\x03\x04" + b"\0" * 40,
    "empty.mp4": b"",
    "film.mxf": b"\x06\x0e\x2b\x34\x02\x05\x01\x01" + b"\0" * 40,  # a medium, but none a browser has
}


@pytest.mark.parametrize("kind", HEADS)
def test_a_medium_has_the_type_its_bytes_say(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(HEADS[kind] + b"\0" * 64)
    assert media_type(path) == kind


@pytest.mark.parametrize("name", NOT_SHOWN)
def test_everything_else_is_a_download_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(NOT_SHOWN[name])
    assert media_type(path) == DOWNLOAD == "application/octet-stream"


def test_an_ending_is_kept_where_such_files_have_it(tmp_path: Path) -> None:
    picture = tmp_path / "a"
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    assert [ending(picture, name) for name in ("b.PNG", "b.mp4", "b", "b.png.exe")] == [".png"] * 4
    clip = tmp_path / "c"
    clip.write_bytes(HEADS["video/mp4"] + b"\0" * 64)
    assert [ending(clip, name) for name in ("b.MOV", "b.mp4", "b.svg")] == [".mov", ".mp4", ".mp4"]
    with pytest.raises(MediaError):
        ending(tmp_path / "gone", "b.png")
