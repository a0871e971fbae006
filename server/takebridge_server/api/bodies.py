"""What request bodies and paths of several routers share."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Path as InPath
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from takebridge.ids import CanvasId, JobId, NodeId, TakeId

_CONTROL = r"[\x00-\x1f\x7f-\x9f\u2028\u2029]"


def one_line(text: str) -> str:
    """Return ``text``. Raises ValueError for control characters: names are shown in terminals, logs and file names."""
    if re.search(_CONTROL, text):
        raise ValueError("a name is one line without control characters")
    return text


OneLine = Annotated[str, AfterValidator(one_line), Field(json_schema_extra={"pattern": f"^[^{_CONTROL[1:-1]}]*$"})]
"""A title or a person's name."""
Author = Annotated[OneLine, Field(default="editor", min_length=1, max_length=80)]
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


class Body(BaseModel):
    """Base of request bodies: unknown fields are errors."""

    model_config = ConfigDict(extra="forbid")
