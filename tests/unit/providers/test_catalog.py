"""The model catalogue: what is shipped is sound, and what is wrong is named."""

from __future__ import annotations

import pytest

from takebridge.errors import ProviderUnavailableError
from takebridge.providers.catalog import load_catalog, parse_catalog

SOUND = """
schema = 1
provider = "acme"
[[model]]
id = "acme/a-1"
title = "A"
kind = "upscale"
inputs = [{ role = "source_video", minimum = 1 }]
params = { scale = 2 }
choices = { scale = [2, 4] }
price = { low_micros = 10, high_micros = 20 }
licence = "MIT"
source = "somewhere"
checked_on = "2026-11-21"
"""


def test_local_models_say_what_they_are() -> None:
    models = {model.id: model for model in load_catalog("local")}
    stand_ins = {f"local/previz-{name}" for name in ("1", "image", "video", "voice", "music", "sfx", "lip-sync")}
    real = {"span-x2", "span-x4", "storyboard", "frames", "trim", "reframe", "captions", "assemble"}
    assert set(models) == stand_ins | {f"local/{name}" for name in real}
    assert {name for name, model in models.items() if model.previz} == stand_ins
    assert all(model.local and model.idempotent_submit for model in models.values())
    assert all(model.price.low_micros == model.price.high_micros == 0 for model in models.values())


def test_what_holds_for_the_provider_is_in_every_profile() -> None:
    head = 'provider = "acme"\nconcurrency = 3\nper_minute = 20'
    text = SOUND.replace('provider = "acme"', head)
    text += SOUND[SOUND.index("[[model]]") :].replace("acme/a-1", "acme/a-2")
    models = parse_catalog(text, "acme.toml").models
    assert [(model.concurrency, model.per_minute) for model in models] == [(3, 20), (3, 20)]
    (left_out,) = parse_catalog(SOUND, "acme.toml").models
    assert (left_out.concurrency, left_out.per_minute) == (1, None)


def test_a_sound_catalogue_is_read() -> None:
    (model,) = parse_catalog(SOUND, "acme.toml").models
    assert (model.provider, model.params, model.price.high_micros) == ("acme", {"scale": 2}, 20)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("schema = 1", "schema = 2", "schema_version"),
        ("schema = 1", "", "schema_version"),
        ('provider = "acme"', "", "provider"),
        ('id = "acme/a-1"', 'id = "other/a-1"', "must start with acme/"),
        ('title = "A"', 'title = "A"\ncolour = "red"', "colour"),
        ('kind = "upscale"', 'kind = "poetry"', "kind"),
        ("minimum = 1", "minimum = 3", "minimum"),
        ("minimum = 1 }", 'minimum = 1 }, { role = "source_video" }', "twice"),
        ("choices = { scale = [2, 4] }", "choices = { size = [2, 4] }", "no parameter"),
        ("choices = { scale = [2, 4] }", "choices = { scale = [3, 4] }", "default of scale"),
        ("choices = { scale = [2, 4] }\n", 'choices = { scale = ["2"] }\n', "default of scale"),
        ("low_micros = 10", "low_micros = 30", "price"),
        ("low_micros = 10, ", "", "low_micros"),
        ('licence = "MIT"', "", "licence"),
        ("2026-11-21", "last week", "checked_on"),
        ('provider = "acme"', 'provider = "acme"\nconcurrency = 0', "concurrency"),
        ('provider = "acme"', 'provider = "acme"\nper_minute = 0', "per_minute"),
        ('title = "A"', 'title = "A"\nconcurrency = 2', "concurrency holds for the whole provider"),
        ('title = "A"', 'title = "A"\nper_minute = 2', "per_minute holds for the whole provider"),
        ('title = "A"', 'title = "A"\nprice_per = "frame"', "price_per"),
        ('title = "A"', 'title = "A"\nseconds_low = 9', "seconds_low"),
        ('title = "A"', 'title = "A"\nseconds_low = 9\nseconds_high = 8', "seconds_low"),
        ('title = "A"', 'title = "A"\nduration_ms = [0, 8]', "duration_ms"),
        ('title = "A"', 'title = "A"\nduration_ms = [9, 8]', "duration_ms"),
        ('title = "A"', 'title = "A"\noutputs = []', "outputs"),
        ('title = "A"', 'title = "A"\noutputs = ["video", "video"]', "outputs"),
        ('title = "A"', 'title = "A"\nmax_prompt = 9', "max_prompt"),
        ("[[model]]", "[model]", "model"),
        ("[[model]]", "[[model", "TOML"),
        (SOUND[SOUND.index("[[model]]") :], "", "no model"),
        (SOUND[SOUND.index("[[model]]") :], SOUND[SOUND.index("[[model]]") :] * 2, "2 times"),
    ],
)
def test_a_fault_is_named_with_its_file(before: str, after: str, told: str) -> None:
    assert before in SOUND
    with pytest.raises(ProviderUnavailableError, match=told) as caught:
        parse_catalog(SOUND.replace(before, after), "acme.toml")
    assert "acme.toml" in caught.value.message
    assert caught.value.hint


def test_a_missing_catalogue_is_an_error_of_ours() -> None:
    with pytest.raises(ProviderUnavailableError, match=r"nobody\.toml"):
        load_catalog("nobody")
