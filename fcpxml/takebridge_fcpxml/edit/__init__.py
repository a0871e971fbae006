"""Edits that keep the rest.

Each edit is a function on views. It checks everything first and raises EditError, with a hint, when it cannot be done;
the document is then as it was. Otherwise it changes what it names, and what must follow from it, and nothing else.
``Edited.item`` is the item edited or made, ``Edited.notes`` say what else was touched.

Counts of frames are frames of the timeline; places are record times (seconds of the timeline, ``tcStart`` included).
Only offsets and durations of storyline items are put on the frame grid. New items are built detached (``clip_of``,
``take_of``, ``copy_of``) and then inserted, connected or offered as takes.
"""

from takebridge_fcpxml.edit.adopt import adopt
from takebridge_fcpxml.edit.attach import (
    add_chapter_at,
    add_keyword_at,
    add_marker_at,
    add_rating_at,
    connect,
    disconnect,
    set_note,
    set_role,
)
from takebridge_fcpxml.edit.auditions import add_take, from_audition, pick, remove_take, take_of, to_audition
from takebridge_fcpxml.edit.build import clip_of, copy_of
from takebridge_fcpxml.edit.captions import add_caption
from takebridge_fcpxml.edit.checks import locate
from takebridge_fcpxml.edit.conform import conform
from takebridge_fcpxml.edit.formats import add_asset, add_format, format_name
from takebridge_fcpxml.edit.importing import library_location, set_import_options
from takebridge_fcpxml.edit.plan import Edited
from takebridge_fcpxml.edit.replace import replace_media
from takebridge_fcpxml.edit.sound import detach_sound, has_sound
from takebridge_fcpxml.edit.storyline import delete, insert, move
from takebridge_fcpxml.edit.trims import slip, trim_head, trim_tail

__all__ = [
    "Edited",
    "add_asset",
    "add_caption",
    "add_chapter_at",
    "add_format",
    "add_keyword_at",
    "add_marker_at",
    "add_rating_at",
    "add_take",
    "adopt",
    "clip_of",
    "conform",
    "connect",
    "copy_of",
    "delete",
    "detach_sound",
    "disconnect",
    "format_name",
    "from_audition",
    "has_sound",
    "insert",
    "library_location",
    "locate",
    "move",
    "pick",
    "remove_take",
    "replace_media",
    "set_import_options",
    "set_note",
    "set_role",
    "slip",
    "take_of",
    "to_audition",
    "trim_head",
    "trim_tail",
]
