"""What is wrong with a request, in words: the first problems a model found, and the node they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

WORDS: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "string_type": "must be text",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "has more than {max_length} characters",
    "string_unicode": "holds half of a surrogate pair, which no file can store",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "is too large a number",
    "finite_number": "must be a finite number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "too_short": "must have at least {min_length} entries",
    "too_long": "has more than {max_length} entries",
    "literal_error": "must be {expected}",
    "union_tag_invalid": "must be one of {expected_tags}",
    "union_tag_not_found": "lacks the field {discriminator} that says what it is",
    "string_pattern_mismatch": "does not have the form {pattern}",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be an object",
    "mapping_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "value_error": "is not right: {error}",
}
"""By pydantic's type of error; others keep pydantic's own message."""

_OWNERS = ("node", "node_id", "dst_node")


def in_words(problem: Mapping[str, Any]) -> str:
    """Say one of pydantic's errors: where, and what. Nothing that was sent is repeated but the names of fields."""
    place = ".".join(_printable(str(step)) for step in problem["loc"] if step != "body")
    pattern = WORDS.get(problem["type"])
    context = problem.get("ctx") or {}
    try:
        said = pattern.format_map(context) if pattern else f"is not right: {problem['msg']}"
    except KeyError:
        said = f"is not right: {problem['msg']}"
    return f"{place or 'body'} {said}"


def node_at(body: object, place: Sequence[int | str]) -> str | None:
    """Return the id of the innermost node that ``place`` (pydantic's ``loc``) lies in, if the body names one."""
    found: str | None = None
    part = body
    for step in place:
        found = _named(part) or found
        part = _within(part, step)
    return _printable(found) if (found := _named(part) or found) else None


def _within(part: object, step: int | str) -> object:
    """Go one step down; a step that is no place in the body is a name pydantic gives to one of several models."""
    if isinstance(part, Mapping) and step in part:
        return part[step]
    if isinstance(part, list) and isinstance(step, int) and step < len(part):
        return part[step]
    return part


def _named(part: object) -> str | None:
    if not isinstance(part, Mapping):
        return None
    is_node = part.get("op") == "add_node" or ("kind" in part and "id" in part)
    names = ("id",) if is_node else _OWNERS
    return next((name for key in names if isinstance(name := part.get(key), str)), None)


def _printable(text: str) -> str:
    return text[:80].encode("utf-8", "backslashreplace").decode("utf-8")
