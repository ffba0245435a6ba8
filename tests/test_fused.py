"""The hand-written numpy that `make bench` compares with answers as the program does."""

from __future__ import annotations

import numpy as np

from planning.questions.sampling import sample
from tests.fused import fused


def test_the_system_written_by_hand_answers_the_same(systems):
    system = systems["live_stream_limits"]
    for users in (300.0, 10_000.0):
        found = sample(system, 2_000, users=users)
        single = {path: each.estimate.value for path, each in system.inputs.items()}
        used, cost = fused(np.full(2_000, users), {**single, **found.draws})
        assert len(used) == len(found.constraints)
        np.testing.assert_allclose(used, found.used, rtol=1e-9)
        np.testing.assert_allclose(cost, found.monthly, rtol=1e-9)
