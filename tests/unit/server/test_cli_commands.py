"""The table of commands: every one is there, and asking for one loads no more than it needs."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from takebridge_server.cli import COMMANDS, app

LOADED = """
import contextlib, io, sys
from takebridge_server.cli import main
sys.argv = ["takebridge", *sys.argv[1:], "--help"]
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    main()
print(*sys.modules)
"""
HEAVY = {"alembic", "av", "dbos", "fastapi", "numpy", "opentimelineio", "PySide6", "sqlalchemy", "starlette", "uvicorn"}
"""What the bridge needs and a command that asks it does not."""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does(name: str) -> None:
    answer = CliRunner().invoke(app, [name, "--help"])
    assert answer.exit_code == 0, answer.output
    assert f"Usage: root {name}" in answer.output


def test_help_lists_all_in_their_order() -> None:
    listed = [line.split()[1] for line in CliRunner().invoke(app, ["--help"]).output.splitlines() if line[:2] == "│ "]
    assert [name for name in listed if name in COMMANDS] == list(COMMANDS)


def test_installing_knows_every_editor_that_is_installed_into() -> None:
    answer = CliRunner().invoke(app, ["install", "--help"]).output
    assert "resolve" in answer and "premiere" in answer


def test_a_word_that_is_no_command_is_answered_with_one_like_it() -> None:
    answer = CliRunner().invoke(app, ["plam"])
    assert (answer.exit_code, "Did you mean 'plan'?" in answer.output) == (2, True)


@pytest.mark.parametrize("name", ["status", "plan", "push", "takes", "rate", "jobs", "diff", "people", "template"])
def test_a_command_that_asks_the_bridge_loads_nothing_of_the_bridge(name: str) -> None:
    done = subprocess.run([sys.executable, "-c", LOADED, name], capture_output=True, text=True, check=True, timeout=60)
    assert HEAVY.isdisjoint(done.stdout.split()), name
