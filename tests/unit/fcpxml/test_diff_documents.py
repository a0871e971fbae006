"""What diff says about a document around its timelines, and what it takes for equal."""

from __future__ import annotations

import time

import pytest
from tests.support.fcpxml import require_corpus

from takebridge_fcpxml.diff import Change, diff
from takebridge_fcpxml.document import Document

RESOURCES = """
<format id="r1" name="FFVideoFormat1080p25" frameDuration="100/2500s" width="1920" height="1080"/>
<asset id="r2" name="A" uid="U1" start="0s" duration="10s" hasVideo="1" format="r1">
  <media-rep kind="original-media" src="file:///media/a%20b.mov"/></asset>
<effect id="r3" name="Basic Title" uid=".../Basic.moti"/>
<media id="r4" name="Compound" uid="M1"><sequence format="r1" duration="2s"><spine>
  <asset-clip ref="r2" name="A" offset="0s" duration="2s"/></spine></sequence></media>
"""
PROJECT = """
<project name="Film" uid="P1"><sequence format="r1" duration="4s" tcStart="3600s" tcFormat="NDF"><spine>
  <asset-clip ref="r2" name="A" offset="3600s" start="1s" duration="2s" tcFormat="NDF"/>
  <ref-clip ref="r4" name="Compound" offset="3602s" duration="2s"/>
</spine></sequence></project>
"""
DOCUMENT = f"""<fcpxml version="1.10"><resources>{RESOURCES}</resources><library location="file:///L.fcpbundle/">
<event name="Day 1" uid="E1">{PROJECT}
  <asset-clip ref="r2" name="Rushes" duration="10s"/>
  <keyword-collection name="Wide"/></event>
<event name="Day 2" uid="E2"/></library></fcpxml>"""


def changes(*swaps: tuple[str, str]) -> tuple[Change, ...]:
    """What differs after text of the document was swapped."""
    after = DOCUMENT
    for old, new in swaps:
        assert old in after, old
        after = after.replace(old, new)
    return diff(Document.parse(DOCUMENT), Document.parse(after))


def told(found: tuple[Change, ...]) -> list[tuple[str, str, str]]:
    return [(change.kind, change.where, change.name) for change in found]


@pytest.mark.parametrize(
    "swap",
    [
        ('frameDuration="100/2500s"', 'frameDuration="1/25s"'),
        ('offset="3602s"', 'offset="7204/2s"'),
        ('name="A" uid="U1"', 'uid="U1"   name="A"'),
        ("a%20b.mov", "a b.mov"),
        ('kind="original-media" ', ""),
        ('start="1s" duration="2s"', 'lane="0" enabled="1" start="1.0s" duration="2s"'),
        ("</spine></sequence></project>", "\n\n</spine>\n</sequence></project><!-- a remark -->"),
        ('<event name="Day 2" uid="E2"/>', '<event name="Day 2" uid="E2"></event>'),
    ],
)
def test_equal_values_are_no_difference_however_they_are_spelled(swap: tuple[str, str]) -> None:
    assert changes(swap) == ()


def test_renumbered_resources_are_one_line_and_no_change_of_what_uses_them() -> None:
    found = changes(('"r1"', '"r91"'), ('"r2"', '"r92"'), ('"r4"', '"r94"'))
    assert [(change.kind, change.count) for change in found] == [("ids-changed", 3)]


def test_swapped_ids_are_seen_through() -> None:
    found = changes(('"r2"', '"x"'), ('"r3"', '"r2"'), ('"x"', '"r3"'))
    assert [(change.kind, change.count) for change in found] == [("ids-changed", 2)]


def test_a_relinked_asset_is_one_change() -> None:
    found = changes(("a%20b.mov", "a%20c.mov"))
    assert told(found) == [("asset-relinked", "resources", "A")]
    assert (found[0].before, found[0].after) == ("file:///media/a%20b.mov", "file:///media/a%20c.mov")


def test_added_and_removed_resources_are_told() -> None:
    more = '<effect id="r5" name="Blur" uid="FFBlur"/></resources>'
    assert told(changes(("</resources>", more))) == [("effect-added", "resources", "Blur")]
    gone = ('<effect id="r3" name="Basic Title" uid=".../Basic.moti"/>', "")
    assert told(changes(gone)) == [("effect-removed", "resources", "Basic Title")]


def test_a_change_of_a_format_is_told_where_it_is() -> None:
    found = changes(('width="1920"', 'width="1280"'))
    assert [(change.kind, change.before, change.after) for change in found] == [("attribute-changed", "1920", "1280")]
    assert found[0].after_path == "fcpxml/resources/format"


def test_a_renamed_resource_is_told_as_that() -> None:
    found = changes(('name="A" uid="U1"', 'name="A.mov" uid="U1"'))
    assert [(change.kind, change.name, change.message) for change in found] == [
        ("renamed", "A.mov", 'asset renamed, was "A"')
    ]


def test_the_version_is_told() -> None:
    found = changes(('version="1.10"', 'version="1.11"'))
    assert [(change.kind, change.message) for change in found] == [
        ("version-changed", 'FCPXML version is "1.11", was "1.10"')
    ]


def test_a_renamed_project_keeps_its_story() -> None:
    renamed = changes(('name="Film"', 'name="Film v2"'))
    assert told(renamed) == [("project-renamed", "document", "Film v2")]
    without_uid = changes(('name="Film" uid="P1"', 'name="Film v2" uid="P2"'))
    assert [change.kind for change in without_uid] == ["project-renamed", "attribute-changed"]


def test_projects_that_came_and_went_are_told() -> None:
    other = '<project name="Trailer"><sequence format="r1"><spine/></sequence></project></event>\n<event name="Day 2"'
    assert told(changes(('</event>\n<event name="Day 2"', other))) == [("project-added", "document", "Trailer")]
    assert told(changes((PROJECT, ""))) == [("project-removed", "document", "Film")]


def test_a_project_in_another_event_is_moved() -> None:
    found = changes(
        (PROJECT, ""), ('<event name="Day 2" uid="E2"/>', f'<event name="Day 2" uid="E2">{PROJECT}</event>')
    )
    assert [(change.kind, change.after) for change in found] == [("project-moved", "Day 2")]


def test_events_are_told() -> None:
    assert told(changes(('name="Day 2"', 'name="Day 3"'))) == [("event-renamed", "document", "Day 3")]
    assert told(changes(('<event name="Day 2" uid="E2"/>', ""))) == [("event-removed", "document", "Day 2")]


def test_the_settings_of_a_timeline_are_told() -> None:
    drop = changes(('tcFormat="NDF"><spine', 'tcFormat="DF"><spine'))
    assert [(change.kind, change.where) for change in drop] == [("attribute-changed", "project Film")]
    shorter = changes(('duration="4s" tcStart', 'duration="3s" tcStart'))
    assert [(change.kind, change.frames) for change in shorter] == [("duration-changed", -25)]
    other = '<format id="r9" name="F720" frameDuration="1/25s" width="1280" height="720"/></resources>'
    found = changes(
        ('<sequence format="r1" duration="4s"', '<sequence format="r9" duration="4s"'), ("</resources>", other)
    )
    assert ("format-changed", "project Film", "") in told(found)


def test_a_start_that_moves_with_its_items_is_one_change() -> None:
    found = changes(('tcStart="3600s"', 'tcStart="0s"'), ('offset="3600s"', 'offset="0s"'), ('"3602s"', '"2s"'))
    assert [(change.kind, change.before, change.after) for change in found] == [
        ("timecode-start-changed", "01:00:00:00", "00:00:00:00")
    ]


def test_a_change_inside_a_compound_is_told_there() -> None:
    found = changes(('name="A" offset="0s" duration="2s"', 'name="A" offset="0s" duration="1s"'))
    assert [(change.kind, change.where, change.timecode, change.frames) for change in found] == [
        ("tail-trimmed", "compound Compound", "00:00:00:00", -25)
    ]


def test_a_change_of_a_browser_clip_is_told() -> None:
    found = changes(('name="Rushes"', 'name="Rushes" audioRole="dialogue"'))
    assert told(found) == [("role-changed", "browser", "Rushes")]


def test_anything_else_is_told_with_its_path() -> None:
    found = changes(('<keyword-collection name="Wide"/>', '<keyword-collection name="Wide" more="1"/>'))
    assert [(change.kind, change.after_path) for change in found] == [
        ("attribute-changed", "fcpxml/library/event[1]/keyword-collection")
    ]


def test_a_change_as_json_is_exact_text() -> None:
    found = changes(('offset="3602s"', 'offset="90051/25s"'))
    data = found[0].to_json()
    assert (data["kind"], data["record_start"], data["timecode"], data["frames"]) == (
        "item-moved",
        "90051/25s",
        "01:00:02:01",
        1,
    )


def test_real_files_have_no_difference_to_themselves() -> None:
    for path in require_corpus():
        document = Document.read(path)
        twin = document.copy()
        # Spelled otherwise, so that the comparison really looks at the values.
        for element in twin.root.iter("asset-clip"):
            element.set("enabled", element.get("enabled", "1"))
        assert diff(document, twin) == (), path.name


def test_ten_thousand_clips_are_compared_in_seconds() -> None:
    def cut(count: int, skip: int = -1) -> Document:
        items, at = [], 0
        for number in range(count):
            if number != skip:
                items.append(f'<asset-clip ref="r2" name="c{number % 50}" offset="{at}/25s" duration="20/25s"/>')
                at += 20
        story = PROJECT[PROJECT.index("<spine>") : PROJECT.index("</sequence>")]
        return Document.parse(DOCUMENT.replace(story, f"<spine>{''.join(items)}</spine>"))

    before, after = cut(10_000), cut(10_000, skip=5_000)
    begun = time.process_time()
    found = diff(before, after)
    assert time.process_time() - begun < 20, "comparing 10,000 clips must not be quadratic"
    assert [(change.kind, change.count) for change in found] == [("item-removed", 1), ("rippled", 4_999)]
