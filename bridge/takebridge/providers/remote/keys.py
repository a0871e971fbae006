"""Where keys come from: the environment first. Keys never leave this module but inside a `Secret`."""

from __future__ import annotations

import os
from collections.abc import Mapping

from takebridge.providers.facts import ProviderFacts
from takebridge.providers.remote.secrets import Secret


def from_environment(facts: ProviderFacts, environ: Mapping[str, str] | None = None) -> Secret | None:
    """Return the key the environment holds, None without one. ``A+B`` joins two variables with a colon."""
    variables = os.environ if environ is None else environ
    for name in facts.key_env:
        parts = [variables.get(part, "").strip() for part in name.split("+")]
        if all(parts):
            return Secret(":".join(parts))
    return None
