"""Storyboards on paper, read back with another library than the one that wrote them, and looked at as pixels."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from takebridge.errors import UsageError
from takebridge.services import storyboard_fonts
from takebridge.services.storyboard import without_heading
from takebridge.services.storyboard_fonts import drawable, fonts_for, needs_shaping, runs_leftwards
from takebridge.services.storyboard_pdf import Card, Printed, Storyboard, cut, storyboard_pdf, wrapped

DAY = date(2026, 11, 22)
RED, BLUE = (200, 30, 30), (30, 30, 200)


def jpeg(colour: tuple[int, int, int], size: tuple[int, int] = (320, 180)) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", size, colour).save(held, "JPEG", quality=95)
    return held.getvalue()


def board(*cards: Card, film: str = "The Last Ferry") -> Storyboard:
    return Storyboard(film, cards, DAY, "Animatic", "2 shots · 5 s 08 f")


def printed(*cards: Card, per_page: int = 6, fonts: list[Path] | None = None, film: str = "The Last Ferry") -> Printed:
    return storyboard_pdf(board(*cards, film=film), per_page=per_page, fonts=fonts)


@contextmanager
def opened(pdf: bytes) -> Iterator[list[pypdfium2.PdfPage]]:
    document = pypdfium2.PdfDocument(pdf)
    pages = [document[number] for number in range(len(document))]
    try:
        yield pages
    finally:
        for page in pages:
            page.close()
        document.close()


def texts(pdf: bytes) -> list[str]:
    found = []
    with opened(pdf) as pages:
        for page in pages:
            text = page.get_textpage()
            found.append(" ".join(text.get_text_range().split()))
            text.close()
    return found


def seen(pdf: bytes) -> Image.Image:
    """The first page as pixels, 2 a point."""
    with opened(pdf) as pages:
        bitmap = pages[0].render(scale=2)
        picture: Image.Image = bitmap.to_pil().convert("RGB")
        bitmap.close()
        return picture


ONE = Card(1, "S01A Deck", "EXT. DECK – DAY", "She waits.", "3 s 08 f", "fal/kling", "take 2 · keep", jpeg(RED))
TWO = Card(2, "S01B Letter", "EXT. DECK – DAY", "A letter.", "2 s 00 f", "luma/ray-2")


# --- what is on it --------------------------------------------------------------------------------------


def test_a_card_says_number_title_scene_words_length_model_and_take() -> None:
    [text] = texts(printed(ONE, TWO).pdf)
    for words in (
        "The Last Ferry",
        "Animatic · 2 shots · 5 s 08 f",
        "2026-11-22",
        "1 / 1",
        "1 S01A Deck 3 s 08 f",
        "EXT. DECK – DAY",
        "She waits.",
        "fal/kling take 2 · keep",
        "No take yet",
        "2 S01B Letter 2 s 00 f",
    ):
        assert words in text, f"{words} is not in {text}"


def test_pages_are_a4_landscape_and_numbered() -> None:
    cards = [Card(number, f"Shot {number}") for number in range(1, 15)]
    pdf = printed(*cards).pdf
    with opened(pdf) as pages:
        sizes = {tuple(round(side / 72 * 25.4) for side in page.get_size()) for page in pages}
    assert sizes == {(297, 210)}
    found = texts(pdf)
    assert [f"{number} / 3" in text for number, text in enumerate(found, 1)] == [True, True, True]
    assert "Shot 6" in found[0] and "Shot 7" in found[1] and "Shot 14" in found[2]


@pytest.mark.parametrize(("per_page", "pages"), [(1, 9), (2, 5), (3, 3), (4, 3), (6, 2), (9, 1), (12, 1)])
def test_so_many_cards_a_page(per_page: int, pages: int) -> None:
    cards = [Card(number, f"Shot {number}") for number in range(1, 10)]
    assert len(texts(printed(*cards, per_page=per_page).pdf)) == pages


@pytest.mark.parametrize("per_page", [0, -1, 13])
def test_impossible_pages_are_refused(per_page: int) -> None:
    with pytest.raises(UsageError):
        printed(ONE, per_page=per_page)


def test_a_film_without_shots_is_one_page_of_words() -> None:
    [text] = texts(printed().pdf)
    assert "No shots yet" in text and "1 / 1" in text


def test_the_picture_lies_in_its_card_and_keeps_its_shape() -> None:
    tall = Card(2, "Tall", picture=jpeg(BLUE, (90, 160)))
    page = seen(printed(ONE, tall).pdf)
    found = {
        colour: [
            (x, y)
            for x in range(0, page.width, 4)
            for y in range(0, page.height, 4)
            if all(abs(a - b) < 12 for a, b in zip(page.getpixel((x, y)), colour, strict=True))
        ]
        for colour in (RED, BLUE)
    }
    shapes = {}
    for colour, points in found.items():
        xs, ys = [x for x, _ in points], [y for _, y in points]
        shapes[colour] = (max(xs) - min(xs)) / (max(ys) - min(ys))
    assert shapes[RED] == pytest.approx(16 / 9, rel=0.05) and shapes[BLUE] == pytest.approx(9 / 16, rel=0.08)
    assert max(x for x, _ in found[RED]) < min(x for x, _ in found[BLUE])


def test_no_card_writes_over_another() -> None:
    wide = [Card(n, "W" * 300, "W" * 300, "W " * 2000, "999 s 99 f", "m" * 300, "t" * 300) for n in range(1, 4)]
    page = seen(printed(*wide).pdf)
    # 3 columns of 87 mm with 6 mm between them, from 12 mm on: the gaps are white from top to bottom.
    for left in (12 + 87, 12 + 87 + 6 + 87):
        columns = range(round((left + 1) / 25.4 * 144), round((left + 5) / 25.4 * 144))
        assert {page.getpixel((x, y)) for x in columns for y in range(120, page.height - 80)} == {(255, 255, 255)}


def test_long_prompts_end_in_an_ellipsis() -> None:
    long = " ".join(f"word{number}" for number in range(400))
    [text] = texts(printed(Card(1, "Long", prompt=long)).pdf)
    assert "word0 word1" in text and "…" in text and "word399" not in text


# --- the same again -------------------------------------------------------------------------------------


def test_equal_boards_are_equal_bytes() -> None:
    assert printed(ONE, TWO).pdf == printed(ONE, TWO).pdf
    other = storyboard_pdf(
        Storyboard("The Last Ferry", (ONE, TWO), date(2026, 11, 23), "Animatic", "2 shots · 5 s 08 f")
    )
    assert other.pdf != printed(ONE, TWO).pdf


# --- letters --------------------------------------------------------------------------------------------


def test_scripts_of_the_packaged_font_need_nothing_of_the_machine() -> None:
    done = printed(Card(1, "Přívoz Žižkov", "ВНЕШ. ПАЛУБА", "Инес ждёт. Η βάρκα. Đêm cuối. अंतिम नौका"), fonts=[])
    [text] = texts(done.pdf)
    assert done.losses == ()
    for words in ("Přívoz Žižkov", "ВНЕШ. ПАЛУБА", "Инес ждёт.", "Η βάρκα.", "Đêm cuối."):
        assert words in text


def test_letters_no_font_has_are_named_and_marked() -> None:
    done = printed(Card(1, "水 and 火", prompt="水"), fonts=[])
    assert len(done.losses) == 1 and "水" in done.losses[0] and "火" in done.losses[0] and "2 letters" in done.losses[0]
    [text] = texts(done.pdf)
    assert "? and ?" in text and "2 letters of this board no font of the machine has" in text


DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


@pytest.mark.skipif(not DEJAVU.exists(), reason="DejaVu Sans is not installed where Debian puts it")
def test_other_letters_come_from_fonts_that_are_found(tmp_path: Path) -> None:
    shutil.copy(DEJAVU, tmp_path / "Some Font.ttf")
    (tmp_path / "broken.ttf").write_bytes(b"no font at all")
    (tmp_path / "readme.txt").write_text("nor is this")
    without, found = printed(Card(1, "שלום →"), fonts=[]), printed(Card(1, "שלום →"), fonts=[tmp_path])
    assert len(without.losses) == 1 and found.losses == ()
    [text] = texts(found.pdf)
    assert "→" in text and set("שלום") <= set(text)


def test_a_font_that_may_not_be_embedded_is_passed_over(tmp_path: Path) -> None:
    from fontTools.ttLib import TTFont

    made = fonts_for(["abc"], tmp_path, []).base[""]
    folder = tmp_path / "fonts"
    folder.mkdir()
    for name, bits in (("forbids.ttf", 2), ("allows.ttf", 0)):
        with TTFont(made) as font:
            font["OS/2"].fsType = bits
            font.save(folder / name)
    forbidden, allowed = (storyboard_fonts._letters_of(folder / name, 0) for name in ("forbids.ttf", "allows.ttf"))
    assert forbidden == frozenset() and {"a", "b", "c"} <= allowed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one\ntwo\tthree", "one two three"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("a\u200bb\x1b[31m", "ab [31m"),
        ("क\u200dष", "क\u200dष"),
    ],
)
def test_what_has_no_shape_is_not_drawn(text: str, shown: str) -> None:
    assert drawable(text) == shown


def test_which_texts_are_joined_and_which_run_leftwards() -> None:
    assert [needs_shaping(text) for text in ("plain", "Žižkov", "שלום", "नौका", "e\u0301")] == [
        False,
        False,
        True,
        True,
        True,
    ]
    assert [runs_leftwards(text) for text in ("", "12 שלום", "a שלום", "مرحبا a")] == [False, True, False, True]


def test_hostile_titles_are_letters() -> None:
    card = Card(1, "<img src=x onerror=alert(1)>", prompt="**bold** [link](http://a.b) %PDF-1.7 endobj (\\)) {nb}")
    done = printed(card, film="http://a.b/x.png")
    [text] = texts(done.pdf)
    assert "<img src=x onerror=alert(1)>" in text and "**bold** [link](http://a.b)" in text and "{nb}" in text
    assert b"/URI" not in done.pdf and b"/JavaScript" not in done.pdf


# --- lines ----------------------------------------------------------------------------------------------


def wide(text: str) -> float:
    return float(len(text))


@pytest.mark.parametrize(
    ("text", "most", "lines"),
    [
        ("", 3, []),
        ("one two three", 3, ["one two", "three"]),
        ("one two three", 1, ["one two…"]),
        ("one two", 1, ["one two"]),
        ("abcdefghijklmnopqrst", 3, ["abcdefghij", "klmnopqrst"]),
        ("abcdefghijklmnopqrst", 1, ["abcdefghi…"]),
        ("ab abcdefghijkl cd", 3, ["ab", "abcdefghij", "kl cd"]),
        ("one two three four five six", 2, ["one two", "three fou…"]),
    ],
)
def test_lines_break_at_blanks_and_say_what_is_left_out(text: str, most: int, lines: list[str]) -> None:
    assert wrapped(text, 10, most, wide) == lines


def test_one_line_is_cut() -> None:
    assert cut("one two three", 10, wide) == "one two t…"
    assert cut("one  two", 10, wide) == "one two"


def test_the_heading_is_not_said_twice() -> None:
    assert without_heading("INT. BAR\n\nShe waits.", "INT. BAR") == "She waits."
    assert without_heading("She waits.", "INT. BAR") == "She waits."
    assert without_heading("INT. BAR", "") == "INT. BAR"


def test_a_script_of_one_line_is_cut_without_being_read_letter_by_letter() -> None:
    asked: list[int] = []

    def measure(text: str) -> float:
        asked.append(len(text))
        return float(len(text))

    assert cut("x" * 1_000_000, 10, measure) == "x" * 9 + "…"
    assert cut("x" * 1_000_000, 0.5, measure) == "…"
    assert len(asked) < 60
    heading = "INT. " + "VERY " * 200_000
    [text] = texts(printed(Card(1, "Shot", heading, heading)).pdf)
    assert "INT. VERY" in text
