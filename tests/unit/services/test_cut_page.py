"""The page of a diff: one file that shows both cuts to scale, shows pictures where it can, and trusts no text."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.support.chromium import in_chromium
from tests.support.cut_reports import R24, clip, compared, cut

from takebridge.cut.match import Change, CutDiff, Match, Pair, Ripple
from takebridge.cut.model import Clip, Cut, Media, Span, Track
from takebridge.errors import UsageError
from takebridge.media.testcard import render_test_clip
from takebridge.services.cut_page import page_of, write_page
from takebridge.services.cut_reports import Compared
from takebridge.services.cut_thumbnails import Shown, first_frame, local_file, pictures

EVIL = "</title></style><script>alert(1)</script><img src=x onerror=alert(2)>\"'&"


class Elements(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def rule(page: str, mark: str) -> tuple[float, float]:
    """Left and width of a clip's box, in percent."""
    found = re.search(rf"#{mark}{{left:([\d.]+)%;width:([\d.]+)%}}", page)
    assert found, mark
    return float(found[1]), float(found[2])


# --- what is on it ----------------------------------------------------------------------------------------


def test_clips_of_both_sides_stand_to_scale_of_the_longer_cut() -> None:
    page = page_of(compared())
    assert rule(page, "aV0-1") == (25.0, 25.0)  # frames 48 to 96 of 192
    assert rule(page, "bV0-1") == (25.0, 18.75)  # 36 frames from 48 on
    assert rule(page, "bV0-4") == (68.75, pytest.approx(10.4167))  # 20 frames from 132 on
    assert rule(page, "aA0-0") == (0.0, 25.0)


def test_cuts_of_other_rates_share_one_clock() -> None:
    a = cut("A", Track("video", (clip("one", 0, 24),)))
    b = Cut("B", type(R24)(48000, 1001), (Track("video", (clip("one", 0, 48),)),))
    page = page_of(compared(a, b, CutDiff((Pair(Match(("video", 0, 0), ("video", 0, 0), "same", 1000)),))))
    assert rule(page, "aV0-0") == rule(page, "bV0-0") == (0.0, 100.0)


def test_every_clip_has_a_box_and_every_changed_one_a_row() -> None:
    found = Elements(page_of(compared()))
    boxes = {
        attributes["id"] for tag, attributes in found.found if (attributes.get("class") or "").split()[:1] == ["c"]
    }
    assert boxes == {"aV0-0", "aV0-1", "aV0-2", "aV0-3", "aV1-1", "aA0-0"} | {
        *("bV0-0", "bV0-1", "bV0-2", "bV0-3", "bV0-4"),
        *("bV1-1", "bA0-0"),
    }
    rows = [attributes["data-w"] for attributes in found.of("tr") if "data-w" in attributes]
    assert rows == ["trimmed_head ambiguous", "shifted razored", "razored", "removed", "added"]


def test_ripples_the_cut_itself_and_doubts_are_said() -> None:
    page = page_of(compared())
    assert "1 clip shifted by −12" in page and "marker “VFX” added" in page
    doubt = page[page.index("Not sure (1)") :]
    assert "V1 01:00:02:00 two" in doubt and "V1 01:00:04:12 three" in doubt and "62 %" in doubt


def test_neighbours_that_shifted_alike_are_tied_as_one() -> None:
    a = cut("A", Track("video", tuple(clip(f"c{at}", at * 10, 10) for at in range(5))))
    b = cut("B", Track("video", tuple(clip(f"c{at}", at * 10 + 7, 10) for at in range(5))))
    shifted = (Change("shifted", "shifted by +7", 7),)
    pairs = tuple(Pair(Match(("video", 0, at), ("video", 0, at), "same", 1000), shifted) for at in range(5))
    page = page_of(compared(a, b, CutDiff(pairs, (Ripple("video", 0, 0, 7, 5, "5 clips shifted by +7"),))))
    assert len(Elements(page).of("polygon")) == 1 and "→ 5 clips +7" in page
    assert "No clip changed by itself" in page


def test_clips_in_nests_are_in_the_table_only() -> None:
    inner = cut("inner", Track("video", (clip("deep", 0, 10),)))
    a = cut("A", Track("video", (Clip("nest", Span(0, 10), inner=inner, kind="nested"),)))
    deep = Pair(Match(("video", 0, 0, 0, 0), ("video", 0, 0, 0, 0), "same", 900), (Change("renamed", "renamed"),))
    page = page_of(compared(a, a, CutDiff((Pair(Match(("video", 0, 0), ("video", 0, 0), "same", 900)), deep))))
    assert "V1 nest" in page and "aV0-0-0-0" not in page


def test_empty_cuts_make_a_page() -> None:
    assert "No clips on either side" in page_of(compared(cut("A"), cut("B"), CutDiff(())))


# --- safety -----------------------------------------------------------------------------------------------


def evil() -> Compared:
    one = clip(EVIL, 0, 48, media=Media(EVIL, EVIL), markers=())
    pair = Pair(
        Match(("video", 0, 0), ("video", 0, 0), "same", 500, True, (("video", 0, 0),), (EVIL,)),
        (Change("renamed", EVIL),),
    )
    side = cut(EVIL, Track("video", (one,), name=EVIL))
    return compared(side, side, CutDiff((pair,), (Ripple("video", 0, 0, 1, 1, EVIL),)))


def test_no_text_of_a_document_becomes_markup() -> None:
    found = Elements(page_of(evil()))
    assert len(found.of("script")) == 1 and not found.of("img")
    assert not [name for _, attributes in found.found for name in attributes if name.startswith("on")]
    titles = [attributes["title"] for attributes in found.of("a") if "title" in attributes]
    assert titles and all(EVIL in str(title) for title in titles)


def test_the_policy_allows_exactly_the_pages_own_style_and_script() -> None:
    page = page_of(evil(), {("a", ("video", 0, 0)): b"jpeg"})
    policy = next(
        one["content"] or "" for one in Elements(page).of("meta") if "content" in one and one.get("http-equiv")
    )
    for tag in ("style", "script"):
        text = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert len(text) == 1
        digest = b64encode(sha256(text[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy


def test_nothing_is_fetched_and_nothing_styled_inline() -> None:
    found = Elements(page_of(evil()))
    assert not found.of("link") and not [one for _, one in found.found if "style" in one or "src" in one]
    assert all(str(one["href"]).startswith("#") for one in found.of("a"))


def test_pages_are_the_same_bytes_every_time(tmp_path: Path) -> None:
    pages = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        write_page(compared(), folder / "page.html", (folder / "a.otio", folder / "b.otio"))
        pages.append((folder / "page.html").read_bytes())
    assert pages[0] == pages[1]


def test_a_page_never_replaces_a_document(tmp_path: Path) -> None:
    document = tmp_path / "a.otio"
    document.write_text("{}")
    with pytest.raises(UsageError, match=r"a\.otio"):
        write_page(compared(), document, (document, tmp_path / "b.otio"))
    assert document.read_text() == "{}"


def test_two_thousand_clips_stay_small() -> None:
    clips = tuple(clip(f"SH_{at:04}", at * 20, 20) for at in range(2000))
    a, b = cut("A", Track("video", clips)), cut("B", Track("video", clips))
    slipped = (Change("slipped", "slipped by +3 frames", 3),)
    pairs = tuple(Pair(Match(("video", 0, at), ("video", 0, at), "same", 1000), slipped) for at in range(2000))
    assert len(page_of(compared(a, b, CutDiff(pairs)))) < 5_000_000


# --- pictures ---------------------------------------------------------------------------------------------


def test_clips_whose_media_are_here_get_the_first_frame_they_show(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    media = render_test_clip(
        tmp_path / "media" / "one two.mp4", clip_id=1, frame_count=40, rate=R24, width=160, height=90
    )
    here = clip("here", 0, 20, media=Media("one two.mp4", "media/one two.mp4", R24, 40, 0))
    gone = clip("gone", 20, 20, media=Media("gone.mp4", str(tmp_path / "gone.mp4")))
    side = cut("A", Track("video", (here, gone)))
    pairs = tuple(Pair(Match(("video", 0, at), ("video", 0, at), "same", 1000)) for at in (0, 1))
    write_page(compared(side, side, CutDiff(pairs)), tmp_path / "p.html", (tmp_path / "a.otio", tmp_path / "b.otio"))
    page = (tmp_path / "p.html").read_text("utf-8")
    [jpeg] = re.findall(r"url\(data:image/jpeg;base64,([^)]+)\)", page)  # one picture, however many clips show it
    assert b64decode(jpeg) == pictures([Shown(media, 10)])[Shown(media, 10)]
    assert page.count(' x0"') == 2
    write_page(
        compared(side, side, CutDiff(pairs)),
        tmp_path / "p.html",
        (tmp_path / "a.otio", tmp_path / "b.otio"),
        thumbnails=False,
    )
    assert "data:image" not in (tmp_path / "p.html").read_text("utf-8")


def test_the_first_frame_is_the_last_of_a_reversed_clip_and_the_only_one_of_a_still(tmp_path: Path) -> None:
    file = tmp_path / "m.mov"
    file.write_bytes(b"x")
    media = Media("m.mov", file.as_uri())
    plain = clip("m", 0, 48, media=media)
    assert first_frame(plain, tmp_path) == Shown(file, 10)
    assert first_frame(replace(plain, speed=Fraction(-1)), tmp_path) == Shown(file, 57)
    assert first_frame(replace(plain, kind="still"), tmp_path) == Shown(file, 0)
    assert first_frame(replace(plain, kind="title"), tmp_path) is None


@pytest.mark.parametrize(
    "location",
    [
        "",
        "http://host/m.mov",
        "file://server/share/m.mov",
        "//server/share/m.mov",
        "\\\\server\\share\\m.mov",
        "a\0b",
        "gone.mov",
    ],
)
def test_other_machines_are_never_asked_for_media(location: str, tmp_path: Path) -> None:
    assert local_file(location, tmp_path) is None


def test_damaged_media_and_no_time_leave_clips_without_pictures(tmp_path: Path) -> None:
    bad = tmp_path / "bad.mov"
    bad.write_bytes(b"\0\0\0\x18ftypqt  " + b"\xff" * 200)
    assert pictures([Shown(bad, 0), Shown(tmp_path / "none.mov", 0)]) == {}
    assert pictures([Shown(bad, 0)] * 1000, seconds=0) == {} == pictures([], seconds=0)


# --- in a browser -----------------------------------------------------------------------------------------

LOOK = """
const box = (id) => document.getElementById(id).getBoundingClientRect();
const lane = document.querySelector(".inner").getBoundingClientRect();
const rows = () => [...document.querySelectorAll("tr[data-w]")].filter((row) => row.offsetHeight).length;
const seen = {wide: box("aV0-1").width / lane.width, left: (box("aV0-1").left - lane.left) / lane.width, rows: rows()};
seen.above = box("aV0-1").bottom <= box("bV0-1").top;
document.querySelector('.chip[value="removed"]').click();
seen.filtered = rows();
seen.dim = document.getElementById("aV0-0").classList.contains("dim");
document.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape"}));
seen.back = rows();
document.getElementById("bV0-3").dispatchEvent(new PointerEvent("pointerover", {bubbles: true}));
seen.lit = [...document.querySelectorAll(".c.on")].map((part) => part.id);
const zoom = document.getElementById("zoom");
zoom.value = "3";
zoom.dispatchEvent(new Event("input"));
seen.zoomed = document.querySelector(".inner").offsetWidth / lane.width;
document.getElementById("next").click();
document.dispatchEvent(new KeyboardEvent("keydown", {key: "n"}));
seen.told = document.getElementById("now").textContent;
seen.at = [...document.querySelectorAll(".c.on")].map((part) => part.id);
document.getElementById("aV0-3").click();
seen.clicked = document.getElementById("now").textContent;
const theme = () => getComputedStyle(document.body).backgroundColor;
const was = theme();
document.getElementById("theme").click();
seen.theme = theme() !== was;
seen.sideways = document.documentElement.scrollWidth > innerWidth;
return seen;
"""


def test_a_browser_shows_it_to_scale_filters_zooms_and_complains_about_nothing(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    write_page(compared(), page, (tmp_path / "a.otio", tmp_path / "b.otio"))
    seen = in_chromium(page, LOOK)
    assert seen.complaints == []
    value = seen.value
    assert value["left"] == pytest.approx(0.25, abs=0.01) and value["wide"] == pytest.approx(0.25, abs=0.01)
    assert value["above"] and not value["sideways"] and value["theme"]
    assert (value["rows"], value["filtered"], value["back"]) == (5, 1, 5) and value["dim"]
    assert "three" in value["told"] and "razored in two" in value["told"] and value["at"] == ["aV0-2", "bV0-2"]
    assert "four" in value["clicked"] and "removed" in value["clicked"]
    assert value["lit"] == ["aV0-2", "bV0-3"]
    assert value["zoomed"] == pytest.approx(8, abs=0.1)


def test_a_browser_runs_nothing_that_a_document_says(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(page_of(evil()), "utf-8")
    seen = in_chromium(page, "return [document.images.length, document.scripts.length, document.title];")
    assert seen.complaints == [] and seen.value[:2] == [0, 1]
    assert seen.value[2] == "reel_v1.otio → reel_v2.fcpxml"
