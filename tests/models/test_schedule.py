"""The cheapest schedule against every schedule there is, on small random instances."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from planning.models.money.schedule import cheapest_schedule


def brute(costs: np.ndarray, moves: list[np.ndarray], start: tuple[int, ...]) -> float:
    """Return the cost of the cheapest of all sequences of sets, each tried."""
    sets = list(np.ndindex(*costs.shape[1:]))
    best = np.inf
    for path in itertools.product(sets, repeat=len(costs)):
        total, at = 0.0, start
        for month, place in enumerate(path):
            total += sum(moves[axis][at[axis], place[axis]] for axis in range(len(moves)))
            total += costs[(month, *place)]
            at = place
        best = min(best, total)
    return best


@pytest.mark.parametrize("seed", range(300))
def test_it_is_the_cheapest_of_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    axes = tuple(rng.integers(1, 4, size=rng.integers(1, 3)))
    costs = rng.integers(0, 20, size=(int(rng.integers(1, 4)), *axes)).astype(float)
    costs[rng.random(costs.shape) < 0.3] = np.inf
    moves = []
    for size in axes:
        price = rng.integers(0, 20, size=(size, size)).astype(float)
        price[rng.random(price.shape) < 0.3] = np.inf
        np.fill_diagonal(price, 0.0)
        moves.append(price)
    start = tuple(int(rng.integers(size)) for size in axes)
    total, places = cheapest_schedule(costs, moves, start)
    assert total == brute(costs, moves, start)
    if not np.isfinite(total):
        assert places.size == 0
        return
    # What it says it does costs what it says it costs.
    at, spent = start, 0.0
    for month, place in enumerate(places):
        spent += sum(moves[axis][at[axis], place[axis]] for axis in range(len(axes)))
        spent += costs[(month, *place)]
        at = tuple(place)
    assert spent == total


def test_of_equals_the_one_that_moves_last_is_taken() -> None:
    _, places = cheapest_schedule([[1, 1], [1, 1], [np.inf, 1]], [[[0, 5], [np.inf, 0]]], [0])
    assert places[:, 0].tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("costs", "moves", "start", "words"),
    [
        (np.zeros((2, 2)), [np.zeros((3, 3))], [0], "2 by 2"),
        (np.zeros((2, 2)), [], [0], "1 axes"),
        (np.zeros((2, 2)), [np.zeros((2, 2))], [2], "a place on its axis"),
        (np.full((1, 1), np.nan), [np.zeros((1, 1))], [0], "must be numbers"),
        (np.zeros((0, 2)), [np.zeros((2, 2))], [0], "a month"),
    ],
)
def test_what_does_not_fit_is_refused(
    costs: np.ndarray, moves: list[np.ndarray], start: list[int], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        cheapest_schedule(costs, moves, start)
