"""What request bodies and paths of several routers share."""

from __future__ import annotations

import re
from typing import Annotated, TypeVar

from fastapi import Path as InPath
from fastapi import Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from takebridge.ids import CanvasId, JobId, NodeId, TakeId
from takebridge_server.speaking import author_or

_CONTROL = r"[\x00-\x1f\x7f-\x9f\u2028\u2029]"


def one_line(text: str) -> str:
    """Return ``text``. Raises ValueError for control characters: names are shown in terminals, logs and file names."""
    if re.search(_CONTROL, text):
        raise ValueError("a name is one line without control characters")
    return text


OneLine = Annotated[str, AfterValidator(one_line), Field(json_schema_extra={"pattern": f"^[^{_CONTROL[1:-1]}]*$"})]
"""A title or a person's name."""
_REDIRECTING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def _straight(name: str) -> str:
    """Return ``name``. Raises ValueError for one that would turn the words after it around."""
    if _REDIRECTING.search(name):
        raise ValueError("a name does not change the direction of what follows it")
    return name


Author = Annotated[
    OneLine,
    AfterValidator(_straight),
    AfterValidator(author_or),
    Field(default="editor", validate_default=True, min_length=1, max_length=80),
]
"""Who does it. Of somebody signed in it is their own name, whatever the body says (docs/people.md)."""
AuthorAsked = Annotated[str, Query(max_length=80)]
"""Whose undo or budget is asked for. Handlers hand it to `author_or`: defaults of parameters are not validated."""
_LONGEST_NAME = 240
_LONGEST_PATH = 4000


def _path(text: str) -> str:
    """Return ``text``. Raises ValueError for what no file system takes.

    The limits leave room for the longer names files have while they are written, and for folders beside them.
    """
    if len(text.encode()) > _LONGEST_PATH or any(len(name.encode()) > _LONGEST_NAME for name in text.split("/")):
        raise ValueError("a path has at most 4,000 bytes, and a name in it 240")
    return text


FilePath = Annotated[str, AfterValidator(_path), Field(max_length=4096)]
"""A file or folder on this machine."""
CanvasPath = Annotated[CanvasId, InPath(max_length=80)]
NodePath = Annotated[NodeId, InPath(max_length=80)]
TakePath = Annotated[TakeId, InPath(max_length=80)]
JobPath = Annotated[JobId, InPath(max_length=80)]


Signable = TypeVar("Signable", bound=BaseModel)


def signed(body: Signable) -> Signable:
    """Return a body of a shared type, whose field ``author`` is no `Author`, with the author it may have."""
    return body.model_copy(update={"author": author_or(getattr(body, "author", ""))})


class Body(BaseModel):
    """Base of request bodies: unknown fields are errors."""

    model_config = ConfigDict(extra="forbid")
