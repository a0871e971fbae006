"""Hypothesis settings: no time limit per example, because the machine may be busy with something else.

With ``TAKEBRIDGE_SAME_EXAMPLES`` set (by ``.ci/run``) the same examples are played each time: what turns red there is
a change's doing. Everywhere else the search goes on at random.
"""

from __future__ import annotations

import os

from hypothesis import settings

same = bool(os.environ.get("TAKEBRIDGE_SAME_EXAMPLES"))
settings.register_profile("takebridge", deadline=None, print_blob=True, derandomize=same)
settings.load_profile("takebridge")
