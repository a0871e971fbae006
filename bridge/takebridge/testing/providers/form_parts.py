"""Multipart forms as servers read them, with the standard library alone."""

from __future__ import annotations

from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a form (RFC 7578). ``filename`` is empty for plain fields."""

    name: str
    data: bytes
    filename: str = ""
    kind: str = ""

    @property
    def text(self) -> str:
        """The field as text."""
        return self.data.decode("utf-8", "replace")


def form_parts(content_type: str, body: bytes) -> list[Part]:
    """Return a form's fields in order; nothing for a body that is no multipart form."""
    if not content_type.startswith("multipart/form-data"):
        return []
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    if not message.is_multipart():
        return []
    found = []
    for part in message.iter_parts():
        named = part.get_param("name", header="content-disposition")
        data = part.get_payload(decode=True)
        if named and isinstance(data, bytes):
            found.append(Part(str(named), data, part.get_filename() or "", part.get_content_type()))
    return found
