"""What every host must do, as cases a plugin author runs against an agent of their own.

A case needs a `Stage`: a host with a timeline open, a file to bring in, a way to edit as a person does, and the truth:
what the editor really has, read in another way than through the agent. `CASES` hold the cases; each says which verbs it
needs and is “not offered” where a host lacks one. With pytest::

    @pytest.mark.parametrize("case", CASES, ids=str)
    def test_our_agent(case, tmp_path):
        with our_stage(tmp_path) as stage:
            if case.run(stage) == NOT_OFFERED:
                pytest.skip(f"{case.needs} is not offered")

Without it, `matrix` runs all of them and says how each went. Nothing here needs pytest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from takebridge.testing import host_cases
from takebridge.testing.host_stage import CASES, GREEN, NOT_OFFERED, Case, Shown, Stage, Verdict

__all__ = ["CASES", "GREEN", "NOT_OFFERED", "Case", "Shown", "Stage", "Verdict", "matrix"]

_ = host_cases  # CASES are filled by it


def matrix(stages: Callable[[], AbstractContextManager[Stage]]) -> Iterator[tuple[Case, str]]:
    """Run every case on a stage of its own and yield how it went: green, not offered, or what went wrong."""
    for case in CASES:
        try:
            with stages() as stage:
                yield case, case.run(stage)
        except AssertionError as error:
            yield case, f"failed: {error}"
