"""People, sessions and invites: what counts for how long, and what the file may look like."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from takebridge.errors import (
    BridgeError,
    ConflictError,
    NotFoundError,
    PreconditionError,
    StoreError,
    UnsafeFolderError,
)
from takebridge_server.people.door import PeopleDoor
from takebridge_server.people.errors import NotAllowedError, SignInError, TooManyTriesError
from takebridge_server.people.kept import MOST_NAMES
from takebridge_server.people.store import PeopleStore

DAY = 86_400


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    tmp_path.chmod(0o700)
    yield tmp_path


@pytest.fixture
def door(home: Path, clock: Clock) -> PeopleDoor:
    return PeopleDoor(home, "http://127.0.0.1:5000", clock=clock, wall=clock, owner_name="Grace")


def secret_in(link: str) -> str:
    return link.partition("#")[2].partition("=")[2]


def let_in(door: PeopleDoor, name: str, role: str = "editor") -> tuple[str, str, str]:
    """Invite somebody and sign them in: id, session, cookie."""
    _, link = door.invite(role, "", "Grace")  # type: ignore[arg-type]
    signed, cookie = door.with_invite(secret_in(link), name, "Firefox on Linux", "10.0.0.1")
    return signed.person.id, signed.session, cookie


# --- keys and invites ---------------------------------------------------------------------------------------


def test_the_owners_link_works_once(door: PeopleDoor) -> None:
    link = door.open_link()
    assert link.startswith("http://127.0.0.1:5000/#key=")
    signed, cookie = door.with_key(secret_in(link), "Firefox on Linux", "127.0.0.1")
    assert (signed.person.id, signed.person.name, signed.person.role) == ("owner", "Grace", "owner")
    assert door.signed(cookie) == signed
    with pytest.raises(SignInError):
        door.with_key(secret_in(link), "Firefox on Linux", "127.0.0.1")


def test_the_owners_link_counts_for_ten_minutes(door: PeopleDoor, clock: Clock) -> None:
    early, late = secret_in(door.open_link()), secret_in(door.open_link())
    clock.now += 599
    assert door.with_key(early, "", "")[0].person.id == "owner"
    clock.now += 1
    with pytest.raises(SignInError):
        door.with_key(late, "", "")


def test_an_invite_lets_one_person_in_once(door: PeopleDoor) -> None:
    made, link = door.invite("reviewer", "for Ada", "Grace")
    assert link.startswith("http://127.0.0.1:5000/join#invite=")
    signed, _ = door.with_invite(secret_in(link), "Ada", "", "")
    assert (signed.person.name, signed.person.role) == ("Ada", "reviewer")
    assert made.id not in {one.id for one in door.store.invites()}
    with pytest.raises(SignInError):
        door.with_invite(secret_in(link), "Eve", "", "")
    assert [one.name for one in door.store.people()] == ["Grace", "Ada"]


def test_an_invite_counts_for_seven_days(door: PeopleDoor, clock: Clock) -> None:
    _, early = door.invite("viewer", "", "Grace")
    _, late = door.invite("viewer", "", "Grace")
    clock.now += 7 * DAY - 1
    door.with_invite(secret_in(early), "Ada", "", "")
    clock.now += 1
    with pytest.raises(SignInError):
        door.with_invite(secret_in(late), "Bo", "", "")
    assert door.store.invites() == []


def test_an_invite_that_was_taken_back_counts_no_more(door: PeopleDoor) -> None:
    made, link = door.invite("viewer", "", "Grace")
    door.store.remove_invite(made.id)
    with pytest.raises(SignInError):
        door.with_invite(secret_in(link), "Ada", "", "")
    with pytest.raises(NotFoundError):
        door.store.remove_invite(made.id)


def test_of_many_at_once_one_gets_in(door: PeopleDoor) -> None:
    _, link = door.invite("viewer", "", "Grace")

    def come(number: int) -> bool:
        try:
            door.with_invite(secret_in(link), f"Somebody {number}", "", f"10.0.0.{number}")
        except SignInError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(come, range(8))) == [False] * 7 + [True]


@pytest.mark.parametrize("taken", ["Ada", "ADA", " ada ", "A\u200dda", "Ａｄａ", "grace", "Editor", "takebridge"])
def test_a_name_that_is_taken_leaves_the_invite(door: PeopleDoor, taken: str) -> None:
    let_in(door, "Ada")
    _, link = door.invite("viewer", "", "Grace")
    with pytest.raises(ConflictError):
        door.with_invite(secret_in(link), taken, "", "")
    assert door.with_invite(secret_in(link), "Bo", "", "")[0].person.name == "Bo"


def test_wrong_keys_are_not_looked_at_for_ever(door: PeopleDoor, clock: Clock) -> None:
    for _ in range(10):
        with pytest.raises(SignInError):
            door.with_key("guess", "", "10.0.0.9")
    good = secret_in(door.open_link())
    with pytest.raises(TooManyTriesError):
        door.with_key(good, "", "10.0.0.9")
    assert door.with_key(secret_in(door.open_link()), "", "10.0.0.8")[0].person.id == "owner"
    clock.now += 60
    assert door.with_key(good, "", "10.0.0.9")[0].person.id == "owner"


# --- sessions -----------------------------------------------------------------------------------------------


def test_a_session_ends_thirty_days_after_it_was_used_last(door: PeopleDoor, clock: Clock) -> None:
    _, session, cookie = let_in(door, "Ada")
    clock.now += 29 * DAY
    assert door.store.seen(session)
    door.store.write_seen()
    clock.now += 30 * DAY - 1
    assert door.signed(cookie)
    assert door.store.session_alive(session)
    clock.now += 1
    assert door.signed(cookie) is None
    assert not door.store.session_alive(session)


def test_when_a_session_was_seen_survives_a_restart(door: PeopleDoor, home: Path, clock: Clock) -> None:
    person, session, cookie = let_in(door, "Ada")
    clock.now += 29 * DAY
    door.store.seen(session)
    door.store.write_seen()
    clock.now += 29 * DAY
    again = PeopleStore(home, clock)
    assert again.session_of(cookie)
    assert again.people()[1].last_seen == again.sessions()[0].last_seen == "2027-02-13T08:00:00Z"
    assert again.people()[1].id == person


def test_the_tokens_own_session_is_always_alive_and_an_unknown_one_never(door: PeopleDoor) -> None:
    assert door.store.session_alive("")
    assert not door.store.session_alive("session-0000000000000000")


def test_signing_out_ends_one_session(door: PeopleDoor) -> None:
    person, first, cookie = let_in(door, "Ada")
    second, other = door.with_key(secret_in(door.link_for(person)[0]), "", "")
    door.sign_out(person, first)
    assert door.signed(cookie) is None
    assert door.signed(other) == second
    with pytest.raises(NotFoundError):
        door.sign_out(person, first)
    with pytest.raises(NotFoundError):
        door.sign_out("owner", second.session)  # somebody else's


def test_whoever_signs_in_too_often_is_signed_out_where_they_were_longest_ago(door: PeopleDoor, clock: Clock) -> None:
    cookies = []
    for _ in range(21):
        cookies.append(door.with_key(secret_in(door.open_link()), "", "")[1])
        clock.now += 1
    assert [door.signed(cookie) is None for cookie in cookies] == [True] + [False] * 20


def test_a_removed_person_has_no_session_and_no_link(door: PeopleDoor) -> None:
    person, session, cookie = let_in(door, "Ada")
    link, _ = door.link_for(person)
    door.remove(person)
    assert door.signed(cookie) is None
    assert not door.store.session_alive(session)
    with pytest.raises(BridgeError):
        door.with_key(secret_in(link), "", "")
    assert [one.name for one in door.store.people()] == ["Grace"]


# --- names and roles ----------------------------------------------------------------------------------------


def test_a_change_counts_for_sessions_that_are_open(door: PeopleDoor) -> None:
    person, _, cookie = let_in(door, "Ada", "producer")
    door.change(person, name="Ada L.", role="viewer")
    signed = door.signed(cookie)
    assert signed
    assert (signed.person.name, signed.person.role) == ("Ada L.", "viewer")


def test_the_owner_is_renamed_but_never_removed_or_demoted(door: PeopleDoor, home: Path, clock: Clock) -> None:
    door.change("owner", name="Hopper", role=None)
    assert PeopleStore(home, clock, owner_name="Grace").person("owner").name == "Hopper"
    with pytest.raises(NotAllowedError):
        door.change("owner", name=None, role="viewer")
    with pytest.raises(NotAllowedError):
        door.remove("owner")


def test_a_name_somebody_else_has_is_not_given(door: PeopleDoor) -> None:
    person, _, _ = let_in(door, "Ada")
    let_in(door, "Bo")
    with pytest.raises(ConflictError):
        door.change(person, name="bo", role=None)
    assert door.change(person, name="ADA", role=None).name == "ADA"  # one's own, spelt otherwise


def test_a_name_stays_with_who_had_it(door: PeopleDoor) -> None:
    person, _, _ = let_in(door, "Ada")
    door.change(person, name="Bea", role=None)
    with pytest.raises(ConflictError):
        let_in(door, "ADA")
    other, _, _ = let_in(door, "Cy")
    with pytest.raises(ConflictError):
        door.change(other, name="Ada", role=None)
    with pytest.raises(ConflictError):
        door.change("owner", name="Ada", role=None)
    assert door.store.names_of("Ada") == door.store.names_of("Bea") == ("Bea", "Ada")
    door.change(person, name="Ada", role=None)
    assert door.store.names_of("Bea") == ("Ada", "Bea")


def test_the_name_of_somebody_who_is_gone_is_nobodys(door: PeopleDoor) -> None:
    person, _, _ = let_in(door, "Ada")
    door.change(person, name="Bea", role=None)
    door.remove(person)
    for name in ("Ada", "bea"):
        with pytest.raises(ConflictError):
            let_in(door, name)
    assert door.store.names_of("Ada") == ("Ada",)


def test_nobody_new_is_called_what_work_is_signed_with(home: Path) -> None:
    """A data folder of an earlier release does not know who gave a name up."""
    door = PeopleDoor(home, "http://127.0.0.1:5000", owner_name="Grace", authors=lambda: ["Ada", "editor", "Grace"])
    with pytest.raises(ConflictError, match="somebody else"):
        let_in(door, "ada")
    assert door.change("owner", name="Ada", role=None).name == "Ada"  # who may take everything back anyway
    assert door.change("owner", name="Grace", role=None).name == "Grace"


def test_one_person_has_so_many_names(door: PeopleDoor) -> None:
    person, _, _ = let_in(door, "Ada 0")
    for number in range(1, MOST_NAMES):
        door.change(person, name=f"Ada {number}", role=None)
    with pytest.raises(PreconditionError, match=f"{MOST_NAMES} names"):
        door.change(person, name="Ada once more", role=None)
    assert door.change(person, name="Ada 0", role=None).name == "Ada 0"
    assert PeopleStore(door.store._file.path.parent).problem() == ""  # what was written can be read


# --- the file -----------------------------------------------------------------------------------------------


def test_the_file_is_private_and_holds_no_secret(door: PeopleDoor, home: Path) -> None:
    _, link = door.invite("viewer", "", "Grace")
    _, _, cookie = let_in(door, "Ada")
    key = secret_in(door.open_link())
    file = home / "people.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text("utf-8")
    assert "Ada" in text
    for secret in (secret_in(link), cookie, key):
        assert secret not in text
    assert [path.name for path in home.iterdir()] == ["people.json"]


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"people": [{"id": "owner"}]}', '{"surprise": 1}'])
def test_a_damaged_file_is_nobody_and_is_not_written_over(door: PeopleDoor, home: Path, damage: str) -> None:
    _, session, cookie = let_in(door, "Ada")
    file = home / "people.json"
    file.write_text(damage)
    assert door.signed(cookie) is None
    assert not door.store.session_alive(session)
    assert "damaged" in door.store.problem()
    with pytest.raises(StoreError):
        door.invite("viewer", "", "Grace")
    assert file.read_text() == damage


@pytest.mark.skipif(os.name == "nt", reason="no mode bits")
def test_a_file_that_others_can_open_is_nobody_until_it_is_mended(door: PeopleDoor, home: Path) -> None:
    _, _, cookie = let_in(door, "Ada")
    file = home / "people.json"
    file.chmod(0o644)
    assert door.signed(cookie) is None
    with pytest.raises(UnsafeFolderError):
        door.store.people()
    assert "chmod 600" in door.store.problem()
    file.chmod(0o600)
    assert door.signed(cookie)
    assert door.store.problem() == ""


def test_a_link_in_the_files_place_is_nobody(
    door: PeopleDoor, home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    _, _, cookie = let_in(door, "Ada")
    moved = tmp_path_factory.mktemp("elsewhere") / "people.json"
    (home / "people.json").rename(moved)
    (home / "people.json").symlink_to(moved)
    assert door.signed(cookie) is None


def test_a_full_drive_lets_nobody_in_and_keeps_the_invite(
    door: PeopleDoor, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, link = door.invite("viewer", "", "Grace")
    before = (home / "people.json").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(BridgeError):
            door.with_invite(secret_in(link), "Ada", "", "")
    assert (home / "people.json").read_bytes() == before
    assert [path.name for path in home.iterdir()] == ["people.json"]
    assert door.with_invite(secret_in(link), "Ada", "", "")


def test_only_so_many_invites_wait(door: PeopleDoor, home: Path) -> None:
    made, _ = door.invite("viewer", "", "Grace")
    file = home / "people.json"
    content = json.loads(file.read_text())
    content["invites"] = [{**content["invites"][0], "id": f"invite-{number:016x}"} for number in range(100)]
    file.write_text(json.dumps(content))
    with pytest.raises(PreconditionError):
        door.invite("viewer", "", "Grace")
    assert made.role == "viewer"
