import pytest

from takebridge.hosts.folder_names import AnswerName, VersionedName, answer_name, take_apart, timeline_id


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Film", VersionedName("Film")),
        ("Film v03", VersionedName("Film", 3)),
        ("Film_v12", VersionedName("Film", 12)),
        ("Film-7", VersionedName("Film", 7)),
        ("Film (2)", VersionedName("Film", 2)),
        ("Film copy", VersionedName("Film")),
        ("Film copy 2", VersionedName("Film")),
        ("Film v03 TakeBridge 2", VersionedName("Film", 3, 2)),
        ("Film_v03_TakeBridge_2", VersionedName("Film", 3, 2)),
        ("Filmv3", VersionedName("Film", 3)),
        ("2049", VersionedName("2049")),
        ("Blade Runner 2049 v2", VersionedName("Blade Runner 2049", 2)),
        ("Улица v04", VersionedName("Улица", 4)),
        ("TakeBridge 3", VersionedName("TakeBridge", 3)),
    ],
)
def test_a_name_is_taken_apart(name: str, expected: VersionedName) -> None:
    assert take_apart(name) == expected


def test_versions_of_one_timeline_have_one_id_and_other_projects_another() -> None:
    ids = {timeline_id("Spot", take_apart(name).title) for name in ("Film v1", "film V02", "Film v02 TakeBridge 1")}
    assert len(ids) == 1
    assert timeline_id("Other", "Film") not in ids


def test_unicode_forms_of_a_name_are_one() -> None:
    assert timeline_id("", "Cafe\u0301") == timeline_id("", "Caf\u00e9")


def test_an_answer_takes_the_first_free_number_and_is_not_an_answer_to_an_answer() -> None:
    taken = {"Film v3 TakeBridge 1", "Film v3 TakeBridge 2"}
    third = "Film v3 TakeBridge 3"
    assert answer_name("Film v3", "Film", taken.__contains__) == AnswerName(third, third)
    assert answer_name("Film v3 TakeBridge 2", "", taken.__contains__) == AnswerName(third, third)


def test_a_file_named_after_something_else_does_not_rename_the_timeline() -> None:
    named = answer_name("for vfx", "Film v3", {"for vfx TakeBridge 1"}.__contains__)
    assert named == AnswerName("for vfx TakeBridge 2", "Film v3 TakeBridge 2")


@pytest.mark.parametrize("name", ["Reel 2", "Scene_12", "Episode 3", "Film Part 1", "day-4", "Film Sc 7"])
def test_parts_of_a_film_are_no_versions_of_each_other(name: str) -> None:
    assert take_apart(name) == VersionedName(name)
    assert take_apart(f"{name} v3") == VersionedName(name, 3)


@pytest.mark.parametrize("ending", [" copy", " copy 2", " v2", " 2", "_v02", " (1)", " copy v2"])
def test_an_imported_answer_may_be_renamed_as_editors_do(ending: str) -> None:
    assert take_apart(f"Film v03 TakeBridge 1{ending}") == VersionedName("Film", 3, 1)
