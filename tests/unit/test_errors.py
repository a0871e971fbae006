"""The error tree: one documented place for each class, stable codes, JSON-safe words."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
import re
from collections.abc import Iterator

import pytest

from takebridge import errors
from takebridge.errors import (
    BridgeError,
    CycleError,
    HostOfflineError,
    InvalidParamError,
    NotFoundError,
    UnknownRateError,
    UsageError,
    from_wire,
)
from takebridge.providers.remote.fetching import ExpiredLinkError

ALL = sorted(
    (cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, BridgeError)),
    key=lambda cls: cls.__name__,
)


def documented() -> Iterator[tuple[str, str]]:
    """Read (class, parent) pairs from the tree in the module's docstring."""
    parent = above = ""
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"[├└] (\w+Error)", line):
            parent = match[1]
            yield parent, "BridgeError"
            line = line[match.end() :]
        elif not line.startswith(("│", "   ")):
            continue
        for name, bracket in re.findall(r"(\w+Error)(\(?)", line):
            yield name, above or parent
            above = name if bracket else ("" if re.search(rf"{name}\)", line) else above)


def test_the_documented_tree_is_the_real_one() -> None:
    real = {(cls.__name__, cls.__bases__[0].__name__) for cls in ALL if cls is not BridgeError}
    drawn = set(documented())
    assert drawn == real


def test_codes_are_unique_and_fit_for_the_wire() -> None:
    codes = [cls.code for cls in ALL]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_every_error_has_its_own_code_and_says_what_it_means(cls: type[BridgeError]) -> None:
    assert "code" in vars(cls)
    assert cls.__doc__


def test_to_wire_has_all_fields_and_survives_json() -> None:
    error = InvalidParamError("No.", hint="Do this.", node="n", count=3, gone=None)
    wire = {
        "code": "invalid_param",
        "message": "No.",
        "hint": "Do this.",
        "retryable": False,
        "details": {"node": "n", "count": 3},
    }
    assert error.to_wire() == wire
    assert json.loads(json.dumps(error.to_wire())) == wire


def test_a_hint_may_be_the_classes_own_another_or_none() -> None:
    assert HostOfflineError("Off.").hint == HostOfflineError.default_hint != ""
    assert HostOfflineError("Off.", hint="Wait.").hint == "Wait."
    assert HostOfflineError("Off.", hint="").hint == ""


def test_changing_the_wire_form_does_not_change_the_error() -> None:
    error = UsageError("No.", node="n")
    details = error.to_wire()["details"]
    assert isinstance(details, dict)
    details["node"] = "m"
    assert error.details == {"node": "n"}


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_errors_cross_process_borders_whole(cls: type[BridgeError]) -> None:
    error = cls("No.", hint="Do this.", node="n")
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (type(twin), twin.to_wire(), str(twin)) == (cls, error.to_wire(), "No.")


def test_a_subclass_is_caught_as_its_parents() -> None:
    assert issubclass(CycleError, UsageError)
    assert issubclass(UnknownRateError, errors.InvalidTimeError)


def test_an_error_without_a_code_of_its_own_is_its_parent_on_the_wire() -> None:
    """A finer class may be told apart inside the bridge; who reads “not_found” elsewhere gets just that."""
    found = from_wire(ExpiredLinkError("No such address.").to_wire(), BridgeError)
    assert type(found) is NotFoundError and isinstance(ExpiredLinkError("x"), NotFoundError)
