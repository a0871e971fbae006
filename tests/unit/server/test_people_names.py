"""Names of people: what is one, and when two are the same. And what a browser is called."""

from __future__ import annotations

import pytest

from takebridge_server.people.devices import device_of
from takebridge_server.people.names import clean_name, same_name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ada", "Ada"),
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("佐藤", "佐藤"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),  # text wherever it is shown
        ("R2-D2", "R2-D2"),
        ("x" * 80, "x" * 80),
    ],
)
def test_a_name_is_kept_as_people_write_it(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "x" * 81,
        "a\nb",
        "a\tb",
        "a\x00b",
        "a\x1b[2Jb",
        "\u202eadA",
        "A\u200bda",
        "\ufeffAda",
        "\u3164",
        "…",
        "\u2028a",
        "\ud800",
        "\ue000",
        "\u2066Ada",
    ],
)
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="a name"):
        clean_name(typed)


@pytest.mark.parametrize(
    ("one", "other"), [("Ada", "ADA"), ("Straße", "STRASSE"), ("Ada", "Ａｄａ"), ("Ada", "A\u200dda"), ("ﬁn", "fin")]
)
def test_names_that_would_be_taken_for_each_other_are_the_same(one: str, other: str) -> None:
    assert same_name(one) == same_name(other)


def test_other_names_are_others() -> None:
    assert same_name("Ada") != same_name("Áda")


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15",
            "Safari on macOS",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0",
            "Edge on Windows",
        ),
        ("<script>", "A browser"),
        ("", "A browser"),
    ],
)
def test_what_a_browser_sends_is_not_repeated(agent: str, name: str) -> None:
    assert device_of(agent) == name
