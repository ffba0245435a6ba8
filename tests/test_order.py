"""Sliders in the order in which they are worth moving."""

from __future__ import annotations

import numpy as np
import pytest

import planning
from planning.numbers.nodes import value_at
from planning.present.board import Board
from planning.present.order import can_be_bought, in_order
from planning.present.ranges import ends
from planning.present.sliders import sliders_for
from planning.questions.sensitivity import effects, influences

WIDE = ["workload", "parts", "costs"]


def paths_of(system):
    return [each.path for each in sliders_for(system, WIDE, lambda: None)]


@pytest.mark.parametrize("name", ["ten_thousand_users", "live_stream_limits"])
def test_what_can_be_bought_comes_first_and_then_what_narrows_most(systems, name):
    system = systems[name]
    paths = paths_of(system)
    shown, folded = in_order(system, paths)
    assert sorted(shown + folded) == sorted(paths)
    bought = [p for p in shown if can_be_bought(p, system.inputs[p].estimate)]
    moved = effects(system, {p: ends(system.inputs[p].estimate) for p in bought})
    first = [p for p in bought if moved[p] > 0]
    assert shown[: len(first)] == sorted(first, key=lambda p: -moved[p])
    rest = [p for each in influences(system, 64) for p in each.paths if p in paths]
    rest = [p for p in rest if p not in first]
    assert shown[len(first) : len(first) + len(rest)] == rest
    # A price moves no capacity.
    assert not [p for p in shown if p.startswith("costs.")]


def test_an_effect_is_the_ratio_of_the_capacities_at_the_ends(systems):
    system = systems["ten_thousand_users"]
    path = "parts.app.pool_size"
    both = ends(system.inputs[path].estimate)
    found = effects(system, {path: both, "warn_at": (0.5, 0.9)})
    held = [planning.capacity(system.at({path: each}, note=None)).users for each in both]
    held.append(planning.capacity(system).users)
    held = np.maximum(held, 1.0)
    assert found[path] == pytest.approx(np.log(max(held) / min(held)))
    assert found[path] > 0
    assert found["warn_at"] == 0.0
    assert effects(system, {}) == {}


def test_where_nothing_moves_the_capacity_what_is_doubted_is_still_shown(systems):
    system = systems["crash_matrix"]  # no gift is posted: it holds nobody, whatever else is moved
    assert planning.capacity(system).users == 0
    shown, folded = in_order(system, paths_of(system))
    assert 0 < len(shown) <= 8
    assert all(system.inputs[path].estimate.doubted for path in shown)
    assert len(folded) > len(shown)


def test_a_board_shows_them_in_that_order_and_again_for_another_phase():
    board = Board("ten_thousand_users", WIDE, ["verdict"])
    for phase in ("0", "3"):
        board._phase.value = phase
        patched = board.state.patched
        shown, folded = in_order(patched, paths_of(patched))
        assert [each.path for each in board._sliders] == [*shown, *folded]
        boxes = board._side.children
        assert len(boxes) == 1 + len(shown) + 2  # users, sliders, a button and what it unfolds
        assert all(value_at(patched.inputs[p].estimate) is not None for p in shown)
