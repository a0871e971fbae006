"""Hypothesis settings: no limit of time, neither on an example nor on making one; the machine may be busy.

With ``TAKEBRIDGE_SAME_EXAMPLES`` set (by ``.ci/run``) the same examples are played each time: what turns red there is
a change's doing. Everywhere else the search goes on at random.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

same = bool(os.environ.get("TAKEBRIDGE_SAME_EXAMPLES"))
settings.register_profile(
    "takebridge",
    deadline=None,
    print_blob=True,
    derandomize=same,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("takebridge")
