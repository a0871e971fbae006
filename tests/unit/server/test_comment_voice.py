"""Whose words a comment is: the person who signed in, else whom the bridge's own token names."""

from __future__ import annotations

import pytest

from takebridge.services.comments import NotOwnWordsError, Voice
from takebridge.store.comments import CommentId
from takebridge_server.api.comments import _own_words_only, _voice
from takebridge_server.people.errors import NotAllowedError
from takebridge_server.people.roles import Person
from takebridge_server.speaking import Signed, speaking


def test_the_token_speaks_for_whom_it_names() -> None:
    assert _voice("Ada") == Voice("Ada", "", owner=False)


def test_who_signed_in_speaks_for_themselves() -> None:
    with speaking(Signed(Person("person_1", "Bob", "reviewer"), "session_1")):
        assert _voice("Ada") == Voice("Bob", "person_1", owner=False)
    with speaking(Signed(Person("owner", "Olga", "owner"), "session_2")):
        assert _voice("Ada") == Voice("Olga", "owner", owner=True)


def test_other_peoples_words_are_not_allowed_on_the_wire() -> None:
    with pytest.raises(NotAllowedError) as caught, _own_words_only(CommentId("c")):
        raise NotOwnWordsError("These are the words of Ada; you can change only your own.")
    assert caught.value.to_wire()["code"] == "not_allowed" and "owner" in caught.value.hint
