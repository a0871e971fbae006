"""Hypothesis settings: no time limit per example, because the machine may be busy with something else."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("takebridge", deadline=None, print_blob=True)
settings.load_profile("takebridge")
