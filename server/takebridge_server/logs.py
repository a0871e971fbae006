"""Logs to standard error, with secrets taken out of every line, tracebacks included."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

REDACTED = "[redacted]"
_PATTERNS = (
    re.compile(r"(?i)(\bbearer[ .])[\w.~+/=-]{8,}"),
    re.compile(r"(?i)(\bauthorization['\"]?\s*[:=]\s*['\"]?(?:\w+ )?)[\w.~+/=-]{8,}"),
    re.compile(r"(/m/b3:[0-9a-f]{64}/\w+\?[^\s\"']*?\bg=)[^&\s\"']+"),
    re.compile(r"()\bsk-[\w-]{8,}"),
    re.compile(r"(?i)([?&](?:token|api_?key|key|signature|sig|x-amz-[\w-]+|x-goog-[\w-]+)=)[^&\s\"']+"),
)


class Redactor:
    """Takes known secrets (by value) and things that look like one (by pattern) out of text."""

    def __init__(self, *secrets: str) -> None:
        self._secrets: set[str] = {secret for secret in secrets if secret}

    def add(self, secret: str) -> None:
        """Never let ``secret`` through again."""
        if secret:
            self._secrets.add(secret)

    def clean(self, text: str) -> str:
        """Return ``text`` without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, REDACTED)
        for pattern in _PATTERNS:
            text = pattern.sub(rf"\g<1>{REDACTED}", text)
        return text


class RedactingFormatter(logging.Formatter):
    """Cleans the finished line, so that arguments and tracebacks are covered too."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s  %(message)s")
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """Format and clean."""
        return self._redactor.clean(super().format(record))


@contextmanager
def redacted_logging(level: str, redactor: Redactor, stream: TextIO | None = None) -> Iterator[None]:
    """Send all loggers to ``stream`` (stderr) through ``redactor``; afterwards they go where they went before."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(RedactingFormatter(redactor))
    root = logging.getLogger()
    # alembic reports every start, migration or not; httpx every look at every job, with its address; fontTools every
    # table of every font of a PDF.
    quiet = () if level == "debug" else tuple(map(logging.getLogger, ("alembic", "httpx", "fontTools")))
    before = root.handlers, [(one, one.level) for one in (root, *quiet)]
    root.handlers = [handler]
    root.setLevel(level.upper())
    for chatty in quiet:
        chatty.setLevel(logging.WARNING)
    try:
        yield
    finally:
        root.handlers = before[0]
        for one, was in before[1]:
            one.setLevel(was)
