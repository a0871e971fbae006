from __future__ import annotations

import io
import logging

import pytest

from takebridge_server.logs import REDACTED, Redactor, redacted_logging

TOKEN = "0123456789abcdef" * 4


def test_a_secret_is_in_no_line_whatever_way_it_comes() -> None:
    stream = io.StringIO()
    logger = logging.getLogger("takebridge.somewhere")
    with redacted_logging("debug", Redactor(TOKEN), stream):
        logger.info("the token is %s", TOKEN)
        logger.warning(f"in the text {TOKEN}!")
        logger.debug("%r", {"headers": [("authorization", f"Bearer {TOKEN}")]})
        try:
            raise RuntimeError(f"in an exception {TOKEN}")
        except RuntimeError:
            logger.exception("caught")
    text = stream.getvalue()
    assert TOKEN not in text
    assert text.count(REDACTED) >= 4
    assert "RuntimeError" in text


def test_afterwards_lines_go_where_they_went_before() -> None:
    root, chatty, stream = logging.getLogger(), logging.getLogger("httpx"), io.StringIO()
    before = (root.handlers[:], root.level, chatty.level)
    with pytest.raises(OSError, match="in use"), redacted_logging("info", Redactor(), stream):
        assert chatty.level == logging.WARNING
        raise OSError("in use")
    assert (root.handlers[:], root.level, chatty.level) == before


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Authorization: Bearer abcdef0123456789", "Authorization: "),
        ("'authorization': 'Bearer abcdef0123456789'", "'authorization'"),
        ("Sec-WebSocket-Protocol: takebridge.v1, bearer.abcdef0123456789", "takebridge.v1"),
        ("key sk-abcdef0123456789 refused", "key "),
        ("GET /live?since=3&token=abcdef0123456789&x=1", "since=3"),
        ("https://media.example/a.mp4?X-Amz-Signature=abcdef0123456789&part=2", "part=2"),
    ],
)
def test_what_looks_like_a_secret_is_taken_out(text: str, kept: str) -> None:
    cleaned = Redactor().clean(text)
    assert "abcdef0123456789" not in cleaned
    assert kept in cleaned


def test_ordinary_lines_stay_as_they_are() -> None:
    for line in ("took 12 frames of shot_030 at 24000/1001", "take b3:" + "a" * 64, "?since=12&limit=5", ""):
        assert Redactor(TOKEN).clean(line) == line


def test_secrets_can_be_added_later_and_empty_ones_do_nothing() -> None:
    redactor = Redactor("")
    redactor.add("")
    assert redactor.clean("abc") == "abc"
    redactor.add("hunter2-hunter2")
    assert redactor.clean("x hunter2-hunter2 y") == f"x {REDACTED} y"
