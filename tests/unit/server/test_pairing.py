"""Pairing codes by an injected clock, and the file of paired panels: private, whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from takebridge.errors import (
    DiskFullError,
    NotFoundError,
    PreconditionError,
    StoreError,
    UnsafeFolderError,
    UsageError,
)
from takebridge_premiere import PANEL_VERSION
from takebridge_server import show_panels
from takebridge_server.pairing import PairingCodes, PairingError, in_groups
from takebridge_server.panel_door import panel_version
from takebridge_server.panel_store import PanelStore, one_named

START = 1_800_000_000
"""2027-01-15T08:00:00Z."""


class Clock:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(100.0)


@pytest.fixture
def codes(clock: Clock) -> PairingCodes:
    return PairingCodes(clock)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


# --- codes ----------------------------------------------------------------------------------------------


def test_codes_are_six_digits_drawn_evenly() -> None:
    made = [PairingCodes(Clock(0)).new("premiere").code for _ in range(2000)]
    assert all(len(code) == 6 and code.isdigit() and code.isascii() for code in made)
    assert len(set(made)) > 1900, "2,000 of a million: about two are drawn twice"
    assert {code[0] for code in made} == set("0123456789"), "codes below 100000 are drawn too"


@pytest.mark.parametrize("typed", ["{}", " {} ", "{:.3} {rest}", "{:.3}-{rest}", "{:.3}\u00a0{rest}"])
def test_a_code_may_be_typed_as_it_is_shown(codes: PairingCodes, typed: str) -> None:
    made = codes.new("premiere")
    assert codes.use(typed.format(made.code, rest=made.code[3:])) is made


def test_it_is_shown_in_two_groups() -> None:
    assert in_groups("048291") == "048 291"


def test_a_code_is_used_once_even_before_it_is_settled(codes: PairingCodes) -> None:
    made = codes.new("premiere")
    codes.use(made.code)
    with pytest.raises(PairingError):
        codes.use(made.code)
    codes.settle(made, "panel-1")
    found = codes.find(made.id)
    assert found is not None
    assert (found.state, found.panel, codes.seconds_left(found)) == ("paired", "panel-1", 0)


def test_it_ends_after_a_minute(codes: PairingCodes, clock: Clock) -> None:
    made = codes.new("premiere")
    clock.now += 59.9
    assert codes.live() is made
    clock.now += 0.1
    with pytest.raises(PairingError):
        codes.use(made.code)
    assert made.state == "expired"


def test_the_fifth_wrong_try_voids_it(codes: PairingCodes) -> None:
    made = codes.new("premiere")
    for _ in range(4):
        with pytest.raises(PairingError):
            codes.use(wrong(made.code))
    assert made.state == "waiting"
    with pytest.raises(PairingError):
        codes.use("")
    with pytest.raises(PairingError):
        codes.use(made.code)
    assert made.state == "voided"


def test_a_new_code_ends_the_one_before_and_its_tries(codes: PairingCodes) -> None:
    first = codes.new("premiere")
    second = codes.new("premiere")
    assert first.state == "replaced"
    if first.code != second.code:
        with pytest.raises(PairingError):
            codes.use(first.code)
    assert codes.use(second.code) is second


def test_every_refusal_has_the_same_words(codes: PairingCodes, clock: Clock) -> None:
    said = set()

    def refuse(typed: str) -> None:
        with pytest.raises(PairingError) as refused:
            codes.use(typed)
        said.add((refused.value.message, refused.value.hint))

    refuse("123456")
    refuse("ten")
    made = codes.new("premiere")
    refuse(wrong(made.code))
    codes.use(made.code)
    refuse(made.code)
    late = codes.new("premiere")
    clock.now += 61
    refuse(late.code)
    assert len(said) == 1


def test_only_the_last_codes_are_remembered(codes: PairingCodes) -> None:
    made = [codes.new("premiere") for _ in range(40)]
    assert codes.find(made[-1].id) is made[-1]
    assert codes.find(made[0].id) is None
    assert codes.find("") is None


def test_a_code_is_not_shown_by_accident(codes: PairingCodes) -> None:
    made = codes.new("premiere")
    assert made.code not in repr(made).replace(made.id, "")


# --- the file -------------------------------------------------------------------------------------------


@pytest.fixture
def wall() -> Clock:
    return Clock(START)


@pytest.fixture
def store(tmp_path: Path, wall: Clock) -> PanelStore:
    return PanelStore(tmp_path, wall)


def test_what_is_kept_is_private_and_holds_no_token(store: PanelStore, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        panel, token = store.add("Premiere", "premiere")
    finally:
        os.umask(before)
    file = tmp_path / "panels.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text()) == {
        "bridge": store.bridge_id(),
        "panels": [
            {
                "id": panel.id,
                "name": "Premiere",
                "editor": "premiere",
                "token_sha256": hashlib.sha256(token.encode()).hexdigest(),
                "created_at": "2027-01-15T08:00:00Z",
                "last_seen": "2027-01-15T08:00:00Z",
            }
        ],
    }
    assert store.owner_of(token) == panel
    assert store.owner_of(token[:-1]) is None
    assert os.listdir(tmp_path) == ["panels.json"], "nothing half-written stays"


def test_the_bridges_id_outlives_it_once_a_panel_knows_it(store: PanelStore, tmp_path: Path) -> None:
    panel, token = store.add("Premiere", "premiere")
    later = PanelStore(tmp_path)
    assert (later.bridge_id(), later.owner_of(token)) == (store.bridge_id(), panel)
    assert PanelStore(tmp_path / "another").bridge_id() != store.bridge_id()


def test_a_removed_panel_is_unknown(store: PanelStore) -> None:
    (first, token), (second, _) = store.add("one", "premiere"), store.add("two", "premiere")
    assert store.remove(first.id) == first
    assert (store.panels(), store.owner_of(token)) == ([second], None)
    with pytest.raises(NotFoundError):
        store.remove(first.id)


def test_when_it_was_here_is_kept_by_the_minute_and_its_editor_at_once(store: PanelStore, wall: Clock) -> None:
    panel, _ = store.add("one", "premiere")
    wall.now += 59
    store.seen(panel.id)
    assert store.panels()[0].last_seen == "2027-01-15T08:00:00Z"
    store.seen(panel.id, "fcp")
    assert (store.panels()[0].editor, store.panels()[0].last_seen) == ("fcp", "2027-01-15T08:00:59Z")
    wall.now += 61
    store.seen(panel.id)
    assert store.panels()[0].last_seen == "2027-01-15T08:02:00Z"
    store.seen("panel-nobody")


def test_there_is_room_for_32(store: PanelStore) -> None:
    for number in range(32):
        store.require_room()
        store.add(str(number), "premiere")
    with pytest.raises(PreconditionError) as full:
        store.add("one more", "premiere")
    assert "revoke" in full.value.hint
    assert len(store.panels()) == 32


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_others_can_open_counts_as_no_panels(store: PanelStore, tmp_path: Path, mode: int) -> None:
    panel, token = store.add("one", "premiere")
    file, known = tmp_path / "panels.json", store.bridge_id()
    file.chmod(mode)
    content = file.read_bytes()
    assert store.owner_of(token) is None
    assert store.bridge_id() != known, "a panel would say its token"
    assert "chmod 600" in store.problem()
    for use in (store.panels, store.require_room, lambda: store.add("x", "premiere"), lambda: store.remove(panel.id)):
        with pytest.raises(UnsafeFolderError):
            use()
    store.seen(panel.id)
    assert file.read_bytes() == content
    file.chmod(0o600)
    assert (store.problem(), store.owner_of(token), store.bridge_id()) == ("", panel, known)


def test_a_link_or_a_pipe_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("precious")
    (tmp_path / "panels.json").symlink_to(tmp_path / "elsewhere")
    store = PanelStore(tmp_path)
    with pytest.raises(UnsafeFolderError) as linked:
        store.add("x", "premiere")
    assert linked.value.hint
    (tmp_path / "panels.json").unlink()
    os.mkfifo(tmp_path / "panels.json", 0o600)
    assert "plain file" in store.problem()
    assert (tmp_path / "elsewhere").read_text() == "precious"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"bridge": "bridge-0000000000000000"}',
        '{"bridge": "mine", "panels": []}',
        '{"bridge": "bridge-0000000000000000", "panels": [{}]}',
        '{"bridge": "bridge-0000000000000000", "panels": [], "more": 1}',
        "[" * 100_000,
        "\x00" * 10,
    ],
)
def test_a_damaged_file_is_said_in_words_and_left_alone(store: PanelStore, tmp_path: Path, content: str) -> None:
    file = tmp_path / "panels.json"
    file.write_text(content)
    file.chmod(0o600)
    assert store.owner_of("0" * 64) is None
    assert "damaged" in store.problem() and str(file) in store.problem()
    for use in (store.panels, lambda: store.add("x", "premiere")):
        with pytest.raises(StoreError):
            use()
    assert file.read_text() == content


def test_a_full_drive_keeps_what_was_there(store: PanelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    panel, token = store.add("one", "premiere")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(DiskFullError):
            store.add("two", "premiere")
    assert (store.panels(), store.owner_of(token)) == ([panel], panel)
    assert os.listdir(tmp_path) == ["panels.json"]


# --- words ----------------------------------------------------------------------------------------------


def test_a_panel_is_meant_by_its_id_or_by_a_name_only_it_has() -> None:
    panels = [{"id": "panel-1", "name": "A"}, {"id": "panel-2", "name": "B"}, {"id": "panel-3", "name": "B"}]
    assert (one_named(panels, "panel-2"), one_named(panels, " A ")) == ("panel-2", "panel-1")
    with pytest.raises(UsageError) as two:
        one_named(panels, "B")
    assert "panel-2, panel-3" in two.value.hint
    with pytest.raises(NotFoundError):
        one_named(panels, "C")


def test_every_ending_of_a_code_has_words() -> None:
    assert show_panels.ENDINGS.keys() == {"expired", "voided", "replaced", "failed"}


def test_without_the_panels_package_the_greeting_names_the_bridges_own_version(monkeypatch: pytest.MonkeyPatch) -> None:
    assert panel_version() == PANEL_VERSION
    monkeypatch.setitem(sys.modules, "takebridge_premiere", None)
    assert panel_version() == version("takebridge")
