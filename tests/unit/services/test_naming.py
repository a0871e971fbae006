"""Names people and file systems can live with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takebridge.ids import BlobHash
from takebridge.services.naming import bin_path, delivery_name, next_shot, plain


@pytest.mark.parametrize(
    ("existing", "expected"),
    [
        ([], "SH010"),
        (["SH010"], "SH020"),
        (["SH010", "SH015"], "SH020"),
        (["SH030", "SH010"], "SH040"),
        (["SH019"], "SH020"),
        (["SH990"], "SH1000"),
        (["Opening", "sh500", "SH010a", "SH"], "SH010"),
    ],
)
def test_shots_go_on_in_tens(existing: list[str], expected: str) -> None:
    assert next_shot(existing) == expected


@given(st.lists(st.integers(0, 5000).map(lambda n: f"SH{n:03}")))
def test_a_next_shot_is_free(existing: list[str]) -> None:
    assert next_shot(existing) not in existing


def test_files_and_bins() -> None:
    assert bin_path("SH010") == ["TakeBridge", "SH010"]
    name = delivery_name("SH010", 3, "upscale", BlobHash("b3:" + "ab12cd34" * 8), ".mov")
    assert name == "SH010_take03_upscale_ab12cd34.mov"
    other = delivery_name("SH010", 3, "upscale", BlobHash("b3:" + "ab12cd35" * 8), ".mov")
    assert other != name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Café – Nachtszene", "Cafe-Nachtszene"),
        ("../../etc/passwd", "etc-passwd"),
        ("a/b\\c:d", "a-b-c-d"),
        ("…", "untitled"),
        ("", "untitled"),
        ("東京", "untitled"),
        ("x" * 200, "x" * 80),
    ],
)
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == expected


@given(st.text(max_size=200))
def test_plain_is_always_a_safe_file_name(text: str) -> None:
    name = plain(text)
    assert 1 <= len(name) <= 80
    assert all(character.isascii() and (character.isalnum() or character in "-_") for character in name)
