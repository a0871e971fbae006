"""A link opens one use of one content, for one session, for a while; a byte changed anywhere closes it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from takebridge.ids import BlobHash
from takebridge_server.api.media_links import is_shown
from takebridge_server.logs import Redactor
from takebridge_server.media_links import TOKEN_SESSION, WHATS, MediaLinks, iso

CONTENT = BlobHash("b3:" + "ab" * 32)
OTHER = BlobHash("b3:" + "cd" * 32)
NOON = 1_790_000_000 // 3600 * 3600


class People:
    def __init__(self) -> None:
        self.alive = {"", "ada", "bob"}

    def session_alive(self, session_id: str) -> bool:
        return session_id in self.alive


class Clock:
    def __init__(self) -> None:
        self.now = float(NOON)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
def links(people: People, clock: Clock) -> MediaLinks:
    return MediaLinks(people, now=clock)


def parts(url: str) -> dict[str, str]:
    split = urlsplit(url)
    _, m, content, what = split.path.split("/")
    assert m == "m"
    asked = {name: values[0] for name, values in parse_qs(split.query, strict_parsing=True).items()}
    assert asked.keys() == {"e", "s", "g"}
    return {"content": content, "what": what, "expires": asked["e"], "session": asked["s"], "signature": asked["g"]}


def test_every_use_of_a_content_has_a_good_link_of_its_own(links: MediaLinks) -> None:
    urls = links.urls(CONTENT, "ada", links.expiry())
    assert tuple(urls) == WHATS == ("poster", "sprite", "proxy", "still", "original", "peaks")
    assert all(links.refusal(**parts(url)) is None for url in urls.values())
    assert len(set(urls.values())) == len(urls)


@pytest.mark.parametrize(("minutes", "left"), [(0, 120), (1, 119), (30, 90), (59, 61), (59.99, 60.01), (60, 120)])
def test_links_last_between_one_and_two_hours_and_are_the_same_within_one(
    links: MediaLinks, clock: Clock, minutes: float, left: float
) -> None:
    first = links.urls(CONTENT, "ada", links.expiry())
    clock.now = NOON + minutes * 60
    assert links.expiry() - clock.now == pytest.approx(left * 60)
    assert (links.urls(CONTENT, "ada", links.expiry()) == first) is (minutes < 60)
    assert links.remaining(links.expiry()) == pytest.approx(left * 60, abs=1)


def test_they_expire_to_the_second(links: MediaLinks, clock: Clock) -> None:
    link = parts(links.urls(CONTENT, "ada", links.expiry())["poster"])
    clock.now = NOON + 7199
    assert links.refusal(**link) is None
    clock.now = NOON + 7200
    refused = links.refusal(**link)
    assert refused is not None and refused.code == "link_expired" and refused.hint


@pytest.mark.parametrize(
    "change",
    [
        {"content": OTHER},
        {"what": "original"},
        {"session": "bob"},
        {"session": ""},
        {"expires": str(NOON + 7201)},
        {"expires": str(NOON + 36_000)},
        {"expires": ""},
        {"expires": "-1"},
        {"expires": "1e99"},
        {"expires": "9" * 5000},
        {"expires": "٣"},
        {"signature": ""},
        {"signature": "0" * 64},
        {"signature": "é" * 64},
        {"content": f"{CONTENT}\nposter"},
    ],
)
def test_what_was_changed_is_forged(links: MediaLinks, change: dict[str, str]) -> None:
    link = parts(links.urls(CONTENT, "ada", links.expiry())["poster"])
    assert links.refusal(**link) is None
    refused = links.refusal(**{**link, **change})
    assert refused is not None and refused.code == "forbidden"


def test_a_revoked_session_takes_its_links_with_it(links: MediaLinks, people: People) -> None:
    ada = parts(links.urls(CONTENT, "ada", links.expiry())["proxy"])
    bob = parts(links.urls(CONTENT, "bob", links.expiry())["proxy"])
    people.alive.remove("ada")
    refused = links.refusal(**ada)
    assert refused is not None and refused.code == "link_expired"
    assert links.refusal(**bob) is None


def test_the_token_is_a_session_too_and_no_person_can_be_it(links: MediaLinks) -> None:
    link = parts(links.urls(CONTENT, "", links.expiry())["still"])
    assert link["session"] == TOKEN_SESSION and links.refusal(**link) is None


def test_links_of_another_start_are_dead(people: People, clock: Clock, links: MediaLinks) -> None:
    link = parts(MediaLinks(people, now=clock).urls(CONTENT, "ada", links.expiry())["poster"])
    assert links.refusal(**link) is not None


def test_no_log_has_a_link_that_works(links: MediaLinks) -> None:
    url = links.urls(CONTENT, "ada", links.expiry())["original"]
    for line in (f'127.0.0.1:5 - "GET {url} HTTP/1.1" 206', f"{url}&x=1"):
        cleaned = Redactor().clean(line)
        assert parts(url)["signature"] not in cleaned and CONTENT in cleaned


def test_times_are_said_in_utc() -> None:
    assert iso(0) == "1970-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("kind", "where", "shown"),
    [
        ("video/mp4", "video", True),
        ("video/mp4", "audio", True),
        ("audio/wav", "audio", True),
        ("audio/mp4", "video", True),
        ("image/png", "image", True),
        ("image/png", "empty", True),
        ("video/mp4", "", True),
        ("image/png", "video", False),
        ("video/mp4", "image", False),
        ("image/png", "document", False),
        ("video/mp4", "iframe", False),
        ("image/png", "object", False),
        ("image/png", "script", False),
        ("application/octet-stream", "", False),
        ("application/octet-stream", "image", False),
        ("application/octet-stream", "empty", False),
    ],
)
def test_a_medium_is_shown_where_it_belongs_and_downloaded_elsewhere(kind: str, where: str, shown: bool) -> None:
    assert is_shown(kind, where) is shown
