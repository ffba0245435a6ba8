"""Kinds of users who share what they need: exact where few, bounded everywhere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.networks.closed_classes import throughput_among
from planning.models.networks.layers import closed_throughput
from planning.models.networks.small_multiclass import exact_multiclass_network

USERS = st.floats(0, 1e12)
TIMES = st.floats(1e-3, 100)


def kind(name, users, cycle, **needs):
    stated = {"users": users, "cycle": cycle, **needs}
    return {f"{what}: {name}": value for what, value in stated.items()}


@given(USERS, TIMES, st.floats(0.01, 1))
def test_one_kind_at_one_station_is_the_closed_form(users, cycle, part):
    alone = throughput_among(**kind("page", users, cycle, core=cycle * part))
    assert alone == pytest.approx(closed_throughput(users, cycle, 1 / (cycle * part)), rel=1e-8)


@given(USERS, USERS, TIMES, TIMES, st.floats(0, 1), st.floats(0, 1))
def test_no_station_does_more_than_it_can_and_nobody_is_faster_than_alone(n, m, t, u, a, b):
    one, other = kind("a", n, t, core=a * t), kind("b", m, u, core=b * u)
    first, second = throughput_among(**one, **other), throughput_among(**other, **one)
    assert first * a * t + second * b * u <= 1 + 1e-9
    assert 0 <= first <= n / t * (1 + 1e-9)
    assert first <= throughput_among(**one) * (1 + 1e-7)


@pytest.mark.parametrize("users", [(1, 1), (5, 2), (3, 12), (20, 20)])
@pytest.mark.parametrize("think", [0.1, 1.0, 5.0])
def test_two_kinds_at_two_stations_are_near_the_exact_network(users, think):
    demand = np.array([[0.1, 0.02], [0.05, 0.08]])
    exact = exact_multiclass_network(users, 1, demand, think_time=think).throughput
    kinds = [
        kind(name, n, think + sum(each), core=each[0], disk=each[1])
        for name, n, each in zip("ab", users, demand, strict=True)
    ]
    found = [throughput_among(**kinds[0], **kinds[1]), throughput_among(**kinds[1], **kinds[0])]
    # Schweitzer's approximation, mostly too low; as far off as its docstring says.
    np.testing.assert_allclose(found, exact, rtol=0.09)


def test_kinds_that_share_nothing_do_not_slow_each_other():
    one, other = kind("a", 20, 1.0, core=0.1, disk=0), kind("b", 900, 1.0, core=0, disk=0.2)
    alone = throughput_among(**one)
    assert throughput_among(**one, **other) == pytest.approx(float(alone), rel=1e-9)


def test_where_nothing_is_left_nothing_is_done_and_where_nothing_runs_out_all_is():
    assert throughput_among(**kind("a", 20, 1.0, core=np.inf)) == pytest.approx(0, abs=1e-9)
    assert throughput_among(**kind("a", 20, 2.0)) == 10
    free = kind("a", [0, 20], 2.0, core=0.0)
    assert throughput_among(**free, **kind("b", 5, 1.0, core=1.0)) == pytest.approx([0, 10])


def test_shapes_broadcast():
    many = throughput_among(
        **kind("a", np.ones((3, 1)), 1.0, core=0.1), **kind("b", [1, 2], 1.0, core=[0.1, 0.2])
    )
    assert many.shape == (3, 2)


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        (kind("a", -1, 1.0), r"users: a\(=-1\)"),
        (kind("a", 1, 0.0), r"cycle: a\(=0\) must be above 0"),
        (kind("a", 1, 1.0, core=0.1) | kind("b", 1, 1.0), r"core must be given of 'b'"),
        ({"users: a": 1}, r"cycle must be given of 'a'"),
    ],
)
def test_bad_values_are_named(kinds, message):
    with pytest.raises(ValueError, match=message):
        throughput_among(**kinds)
