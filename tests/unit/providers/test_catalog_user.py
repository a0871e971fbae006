"""A person's own catalogue: facts replaced, models added, faults named, and what is shipped always there."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from takebridge.errors import ProviderUnavailableError
from takebridge.providers import catalog, catalog_user, registry
from takebridge.providers.catalog import as_of, parse_catalog
from takebridge.providers.catalog_user import USER_FILE, catalog_with, read_user
from takebridge.providers.registry import ProviderRegistry, load_registry
from takebridge.providers.remote.provider import RemoteProvider

TODAY = date(2026, 11, 21)

SHIPPED = """
schema = 1
provider = "acme"
title = "Acme"
transport = "acme_tasks"
base_url = "https://api.acme.example"
concurrency = 2
[[model]]
id = "acme/video-1"
title = "Video 1"
kind = "video"
aliases = ["Acme Video"]
prompt = true
max_prompt = 500
inputs = [{ role = "start_frame" }]
price = { low_micros = 10, high_micros = 20 }
remote_id = "video-1"
licence = "terms"
source = "the SDK"
checked_on = "2026-11-01"
retires_on = "2026-12-01"
"""


@pytest.fixture(autouse=True)
def _acme_ships(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (catalog, catalog_user):
        monkeypatch.setattr(module, "names", lambda: ("acme", "local"))
    monkeypatch.setattr(catalog_user, "raw_file", lambda _name: tomllib.loads(SHIPPED))
    monkeypatch.setattr(registry, "transport_named", lambda _name: object())


def wrote(home: Path, text: str) -> Path:
    (home / USER_FILE).write_text(text, "utf-8")
    return home


def loaded(home: Path) -> ProviderRegistry:
    return load_registry(home, [], today=lambda: TODAY)


def test_without_a_file_everything_is_as_shipped(tmp_path: Path) -> None:
    found = loaded(tmp_path)
    assert found.problems == ()
    assert found.profile("acme/video-1").max_prompt == 500
    assert list(tmp_path.iterdir()) == []


def test_facts_of_a_provider_and_of_a_model_are_replaced(tmp_path: Path) -> None:
    text = """
    schema = 1
    [provider.acme]
    base_url = "https://proxy.example"
    result_hosts = ["cdn.example"]
    concurrency = 7
    [[model]]
    id = "acme/video-1"
    max_prompt = 900
    """
    found = loaded(wrote(tmp_path, text))
    assert found.problems == ()
    model = found.profile("acme/video-1")
    assert (model.max_prompt, model.concurrency, model.price.high_micros, model.title) == (900, 7, 20, "Video 1")
    provider = found.providers["acme"]
    assert isinstance(provider, RemoteProvider)
    assert (provider.facts.base_url, provider.facts.result_hosts) == ("https://proxy.example", ("cdn.example",))


def test_a_new_model_needs_an_id_and_one_it_is_like(tmp_path: Path) -> None:
    text = '[[model]]\nid = "acme/video-2"\nlike = "acme/video-1"\nremote_id = "video-2"\nmax_prompt = 1000'
    model = loaded(wrote(tmp_path, text)).profile("acme/video-2")
    assert (model.kind, model.remote_id, model.max_prompt, model.prompt) == ("video", "video-2", 1000, True)
    assert (model.price.high_micros, model.aliases, model.retires_on) == (None, (), ""), "not the other one's"
    assert (model.checked_on, USER_FILE in model.source) == ("2026-11-21", True)


def test_a_provider_of_ones_own(tmp_path: Path) -> None:
    text = """
    [provider.mine]
    transport = "acme_tasks"
    base_url = "http://127.0.0.1:9"
    key_optional = true
    [[model]]
    id = "mine/words-1"
    kind = "text"
    inputs = []
    outputs = ["text"]
    """
    found = loaded(wrote(tmp_path, text))
    assert found.problems == ()
    assert found.profile("mine/words-1").price.high_micros is None
    assert found.profile("acme/video-1").max_prompt == 500


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("schema = [", "no TOML"),
        ("schema = 2", "schema 2"),
        ("colour = 1", "“colour”"),
        ("[provider.acme]\nbase = 1", "provider.acme"),
        ("[provider.acme]\npoll_seconds = 0", "poll_seconds"),
        ("[provider.local]\ntitle = 'x'", "provider.local"),
        ("[provider]\nacme = 3", "provider.acme"),
        ("[provider.new]\ntransport = 'acme_tasks'", "no model"),
        ("[[model]]\ntitle = 'x'", "model 1: it has no id"),
        ("[[model]]\nid = 'other/x'", "“other/x” belongs to no provider"),
        ("[[model]]\nid = 'local/span-x2'\nkind = 'video'", "“local/span-x2”"),
        ("[[model]]\nid = 'acme/video-1'\nmax_promt = 3", "acme/video-1 max_promt"),
        ("[[model]]\nid = 'acme/video-1'\nmax_prompt = 0", "acme/video-1 max_prompt"),
        ("[[model]]\nid = 'acme/video-1'\nretires_on = 'soon'", "acme/video-1: retires_on must be a date"),
        ("[[model]]\nid = 'acme/video-9'\nlike = 'acme/none'", "acme/video-9: like names acme/none"),
        ("[[model]]\nid = 'acme/video-9'", "acme/video-9 kind"),
        ("[[model]]\nid = 'acme/video-9'\nlike = 'acme/video-1'\nprice = 3", "acme/video-9"),
    ],
)
def test_what_is_wrong_is_named_and_drops_nothing_that_ships(text: str, told: str, tmp_path: Path) -> None:
    found = loaded(wrote(tmp_path, text))
    problems = [problem.message for problem in found.problems]
    assert len(problems) == 1, problems
    assert USER_FILE in problems[0] and told in problems[0]
    shipped = found.profile("acme/video-1")
    assert (shipped.max_prompt, shipped.concurrency) == (500, 2)


def test_one_wrong_entry_does_not_cost_the_others(tmp_path: Path) -> None:
    text = """
    [[model]]
    id = "acme/video-1"
    max_prompt = "long"
    [[model]]
    id = "acme/video-2"
    like = "acme/video-1"
    """
    found = loaded(wrote(tmp_path, text))
    assert len(found.problems) == 1
    assert found.profile("acme/video-2").max_prompt == 500


def test_a_file_that_cannot_be_read_is_a_problem_and_no_more(tmp_path: Path) -> None:
    (tmp_path / USER_FILE).write_bytes(b"\xff\xfe\x00")
    assert "no TOML" in loaded(tmp_path).problems[0].message
    (tmp_path / USER_FILE).write_bytes(b"#" * (catalog_user.LARGEST + 1))
    assert "MB" in loaded(tmp_path).problems[0].message


def test_a_provider_nobody_has_heard_of_has_no_catalogue(tmp_path: Path) -> None:
    with pytest.raises(ProviderUnavailableError, match="no model"):
        catalog_with("nobody", read_user(tmp_path), TODAY)


# --- by date ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "lifecycle", "retired_on"),
    [
        (date(2026, 11, 30), "retiring", ""),
        (date(2026, 12, 1), "retired", "2026-12-01"),
        (date(2027, 1, 1), "retired", "2026-12-01"),
    ],
)
def test_a_model_retires_on_its_day(day: date, lifecycle: str, retired_on: str) -> None:
    (model,) = parse_catalog(SHIPPED, "acme.toml").models
    seen = as_of(model, day)
    assert (seen.lifecycle, seen.retired_on) == (lifecycle, retired_on)


def test_a_bridge_that_runs_over_the_day_notices(tmp_path: Path) -> None:
    days = [date(2026, 11, 30)]
    found = load_registry(tmp_path, [], today=lambda: days[0])
    assert "acme/video-1" in {model.id for model in found.of_kind("video")}
    days[0] = date(2026, 12, 1)
    assert "acme/video-1" not in {model.id for model in found.of_kind("video")}
    assert found.profile("acme/video-1").lifecycle == "retired"


def test_retired_for_good_stays_as_it_is() -> None:
    raw: dict[str, Any] = tomllib.loads(SHIPPED)
    raw["model"][0] |= {"lifecycle": "retired", "retired_on": "2026-01-01", "retires_on": ""}
    (model,) = catalog.catalog_of(raw, "acme.toml").models
    assert as_of(model, date(2030, 1, 1)) == model


def test_a_fault_in_ones_own_loadouts_is_a_problem_too(tmp_path: Path) -> None:
    (tmp_path / "loadouts.toml").write_text("[[loadout]]\nshot = 'mine'\n", "utf-8")
    (problem,) = loaded(tmp_path).problems
    assert (problem.name, "mine" in problem.message) == ("loadouts.toml", True)
