"""What every draft of ours says beside its timeline: the constants of CapCut's draft format, each with its source.

Nothing of CapCut was at hand. "Shape" below is the shape that pycapcut 0.0.4 writes and that its users report CapCut
opens (tests/oracle/test_capcut.py holds ours against it); the values here are our own choice within that shape.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

VERSION = 360_000
"""``version`` and ``new_version``: shape. The oldest that drafts reported to open say."""
NEW_VERSION = "140.0.0"
APP_ID = 359_289
"""CapCut International (JianYing has others): shape."""
PHOTO_LENGTH = 3 * 3600 * 1_000_000
"""Microseconds a still counts as long: three hours (shape)."""
TEXT_LAYER = 15_000
"""``render_index`` of captions, above every picture: shape."""
CAPTION_SIZE = 8.0
CAPTION_HEIGHT = -0.8
"""Where captions stand, in halves of the canvas from its middle: where CapCut puts imported ones (pycapcut's notes)."""

_MATERIALS = [
    "ai_translates",
    "audio_balances",
    "audio_effects",
    "audio_fades",
    "audio_track_indexes",
    "audios",
    "beats",
    "canvases",
    "chromas",
    "color_curves",
    "common_mask",
    "digital_humans",
    "drafts",
    "effects",
    "flowers",
    "green_screens",
    "handwrites",
    "hsl",
    "images",
    "log_color_wheels",
    "loudnesses",
    "manual_deformations",
    "masks",
    "material_animations",
    "material_colors",
    "multi_language_refs",
    "placeholders",
    "plugin_effects",
    "primary_color_wheels",
    "realtime_denoises",
    "shapes",
    "smart_crops",
    "smart_relights",
    "sound_channel_mappings",
    "speeds",
    "stickers",
    "tail_leaders",
    "text_templates",
    "texts",
    "time_marks",
    "transitions",
    "video_effects",
    "video_trackings",
    "videos",
    "vocal_beautifys",
    "vocal_separations",
]
_KEYFRAMES = ("adjusts", "audios", "effects", "filters", "handwrites", "stickers", "texts", "videos")
MEDIA_GROUPS = (0, 1, 2, 3, 6, 7, 8)
"""``type`` of the groups in ``draft_materials``; imported media are in group 0 (reports of drafts CapCut wrote)."""


def platform(system: str) -> Json:
    """Who wrote it. ``system`` is "windows" or "mac". The version is that of the shape, not of a CapCut that ran."""
    return {"app_id": APP_ID, "app_source": "cc", "app_version": "6.7.0", "os": system}


def config() -> Json:
    """The editor's switches. ``maintrack_adsorb`` is the magnet of the main track: on, it would close our gaps."""
    return {
        "adjust_max_index": 1,
        "attachment_info": [],
        "combination_max_index": 1,
        "export_range": None,
        "extract_audio_last_index": 1,
        "lyrics_recognition_id": "",
        "lyrics_sync": True,
        "lyrics_taskinfo": [],
        "maintrack_adsorb": False,
        "material_save_mode": 0,
        "multi_language_current": "none",
        "multi_language_list": [],
        "multi_language_main": "none",
        "multi_language_mode": "none",
        "original_sound_last_index": 1,
        "record_audio_last_index": 1,
        "sticker_max_index": 1,
        "subtitle_keywords_config": None,
        "subtitle_recognition_id": "",
        "subtitle_sync": True,
        "subtitle_taskinfo": [],
        "system_font_list": [],
        "use_float_render": False,
        "video_mute": False,
        "zoom_info_params": None,
    }


def content(system: str) -> Json:
    """An empty timeline: every key of the shape, with nothing in it."""
    return {
        "canvas_config": {},
        "color_space": 0,
        "config": config(),
        "cover": None,
        "create_time": 0,
        "duration": 0,
        "extra_info": None,
        "fps": 0.0,
        "free_render_index_mode_on": False,
        "group_container": None,
        "id": "",
        "is_drop_frame_timecode": False,
        "keyframe_graph_list": [],
        "keyframes": {name: [] for name in _KEYFRAMES},
        "last_modified_platform": platform(system),
        "lyrics_effects": [],
        "materials": {name: [] for name in _MATERIALS},
        "mutable_config": None,
        "name": "",
        "new_version": NEW_VERSION,
        "path": "",
        "platform": platform(system),
        "relationships": [],
        "render_index_track_mode_on": False,
        "retouch_cover": None,
        "source": "default",
        "static_cover_image_path": "",
        "time_marks": None,
        "tracks": [],
        "update_time": 0,
        "version": VERSION,
    }


def segment(**told: Any) -> Json:  # noqa: ANN401 - JSON
    """One piece of a track: what the shape says of every one, and ``told``."""
    return {
        "enable_adjust": True,
        "enable_color_correct_adjust": False,
        "enable_color_curves": True,
        "enable_color_match_adjust": False,
        "enable_color_wheels": True,
        "enable_lut": True,
        "enable_smart_color_adjust": False,
        "last_nonzero_volume": 1.0,
        "reverse": False,
        "track_attribute": 0,
        "track_render_index": 0,
        "visible": True,
        "common_keyframes": [],
        "keyframe_refs": [],
        "speed": 1.0,
        "volume": 1.0,
        "extra_material_refs": [],
        **told,
    }


def placed(height: float = 0.0) -> Json:
    """Where a picture or a text stands: untouched but for its ``height`` (halves of the canvas, up is positive)."""
    return {
        "clip": {
            "alpha": 1.0,
            "flip": {"horizontal": False, "vertical": False},
            "rotation": 0.0,
            "scale": {"x": 1.0, "y": 1.0},
            "transform": {"x": 0.0, "y": height},
        },
        "uniform_scale": {"on": True, "value": 1.0},
    }


def track(identity: str, kind: str, name: str, segments: list[Json]) -> Json:
    """One track; ``kind`` is "video", "audio" or "text"."""
    return {
        "attribute": 0,
        "flag": 0,
        "id": identity,
        "is_default_name": not name,
        "name": name,
        "segments": segments,
        "type": kind,
    }


def speed(identity: str, value: float) -> Json:
    """The speed a segment refers to."""
    return {"curve_speed": None, "id": identity, "mode": 0, "speed": value, "type": "speed"}


def picture_material(identity: str, told: Json) -> Json:
    """A picture or moving picture. ``told``: path, material_name, type, duration, width, height, local_material_id."""
    corners = ("upper_left", "upper_right", "lower_left", "lower_right")
    crop = {f"{name}_{axis}": float(_at(name, axis)) for name in corners for axis in ("x", "y")}
    fixed = {
        "audio_fade": None,
        "category_id": "",
        "category_name": "local",
        "check_flag": 63_487,
        "crop": crop,
        "crop_ratio": "free",
        "crop_scale": 1.0,
        "media_path": "",
    }
    return {**fixed, "id": identity, "material_id": identity, **told}


def _at(corner: str, axis: str) -> bool:
    return corner.endswith("right") if axis == "x" else corner.startswith("lower")


def sound_material(identity: str, told: Json) -> Json:
    """A sound. ``told``: path, name, duration, local_material_id."""
    fixed = {
        "app_id": 0,
        "category_id": "",
        "category_name": "local",
        "check_flag": 3,
        "copyright_limit_type": "none",
        "effect_id": "",
        "formula_id": "",
        "source_platform": 0,
        "type": "extract_music",
        "wave_points": [],
    }
    return {**fixed, "id": identity, "music_id": identity, **told}


def text_style(length: int) -> Json:
    """White letters over the whole text of ``length`` characters."""
    solid = {"alpha": 1.0, "color": [1.0, 1.0, 1.0]}
    return {
        "fill": {"alpha": 1.0, "content": {"render_type": "solid", "solid": solid}},
        "range": [0, length],
        "size": CAPTION_SIZE,
        "bold": False,
        "italic": False,
        "underline": False,
        "strokes": [],
    }


def text_material(identity: str, content_text: str) -> Json:
    """A caption; ``content_text`` is JSON of its words and styles."""
    return {
        "id": identity,
        "content": content_text,
        "typesetting": 0,
        "alignment": 1,
        "letter_spacing": 0.0,
        "line_spacing": 0.02,
        "line_feed": 1,
        "line_max_width": 0.82,
        "force_apply_line_max_width": False,
        "check_flag": 7,
        "type": "subtitle",
        "global_alpha": 1.0,
    }


def meta(told: Json) -> Json:
    """``draft_meta_info.json``: what the list of drafts shows, and which media the draft has."""
    fixed: Json = {
        "cloud_draft_cover": False,
        "cloud_draft_sync": False,
        "cloud_package_completed_time": "",
        "draft_cloud_capcut_purchase_info": "",
        "draft_cloud_last_action_download": False,
        "draft_cloud_package_type": "",
        "draft_cloud_purchase_info": "",
        "draft_cloud_template_id": "",
        "draft_cloud_tutorial_info": "",
        "draft_cloud_videocut_purchase_info": "",
        "draft_cover": "",
        "draft_deeplink_url": "",
        "draft_enterprise_info": {
            "draft_enterprise_extra": "",
            "draft_enterprise_id": "",
            "draft_enterprise_name": "",
            "enterprise_material": [],
        },
        "draft_is_ae_produce": False,
        "draft_is_ai_packaging_used": False,
        "draft_is_ai_shorts": False,
        "draft_is_ai_translate": False,
        "draft_is_article_video_draft": False,
        "draft_is_cloud_temp_draft": False,
        "draft_is_from_deeplink": "false",
        "draft_is_invisible": False,
        "draft_materials_copied_info": [],
        "draft_new_version": "",
        "draft_removable_storage_device": "",
        "draft_segment_extra_info": [],
        "draft_type": "",
        "tm_draft_cloud_completed": "",
        "tm_draft_cloud_entry_id": 0,
        "tm_draft_cloud_modified": 0,
        "tm_draft_removed": 0,
    }
    return {**fixed, **told}
