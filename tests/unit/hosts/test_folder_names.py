import pytest

from takebridge.hosts.folder_names import VersionedName, answer_name, take_apart, timeline_id


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
    assert answer_name("Film v3", taken.__contains__) == "Film v3 TakeBridge 3"
    assert answer_name("Film v3 TakeBridge 2", taken.__contains__) == "Film v3 TakeBridge 3"
