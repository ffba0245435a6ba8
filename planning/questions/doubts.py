"""
Which numbers of a system are doubted, and draws of them.

Every input with a range is drawn, from the distribution that its range, confidence and shape say;
what a file says goes ``together`` is drawn together, everything else by itself. The users asked
about are the question, and are not drawn; nor is what somebody set by hand, as if it were known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from planning.models.uncertainty import dependence
from planning.numbers.doubt import drawn
from planning.numbers.estimate import Estimate, Kind
from planning.numbers.nodes import Array
from planning.system.system import QUESTION, System


def doubts(system: System) -> dict[str, Estimate]:
    """Return every input with a range, by path; without what the question itself says."""
    return {
        path: estimate
        for path, (estimate, _) in system.inputs.items()
        if estimate.doubted and estimate.kind is not Kind.ASKED
        if path not in QUESTION and np.ndim(estimate.value) == 0
    }


def rank_matrix(system: System, paths: Sequence[str]) -> Array:
    """
    Return what the file says goes together as a matrix of rank correlations.

    Parameters
    ----------
    system : System
        With its ``together``; pairs of which one is not among the paths are passed over.
    paths : sequence of str
        Inputs, in the order of rows and columns.

    Raises
    ------
    ValueError
        If two entries say different things of one pair.
    """
    at = {path: index for index, path in enumerate(paths)}
    matrix, said = np.eye(len(paths)), dict[tuple[int, int], float]()
    for each in system.together:
        known = sorted({at[path] for path in each.inputs if path in at})
        for i, first in enumerate(known):
            for second in known[i + 1 :]:
                before = said.setdefault((first, second), each.rank_correlation)
                if before != each.rank_correlation:
                    raise ValueError(
                        f"together: {paths[first]} and {paths[second]} go with {before:g} in one "
                        f"entry and with {each.rank_correlation:g} in another; give one."
                    )
                matrix[first, second] = matrix[second, first] = each.rank_correlation
    return matrix


def groups(system: System, paths: Sequence[str]) -> list[tuple[int, ...]]:
    """Return which inputs hang together, by index: what goes with nothing is a group of its own."""
    linked = rank_matrix(system, paths) != 0
    left, found = set(range(len(paths))), list[tuple[int, ...]]()
    while left:
        group, edge = set[int](), {min(left)}
        while edge:
            group |= edge
            edge = {int(each) for one in edge for each in np.flatnonzero(linked[one])} - group
        found.append(tuple(sorted(group)))
        left -= group
    return found


def together(system: System, paths: Sequence[str], points: Array) -> Array:
    """
    Return points that hang together as the file says, a row per input.

    Parameters
    ----------
    system : System
        Says what goes together.
    paths : sequence of str
        Inputs.
    points : ndarray
        A row per draw and a column per input, independent and even between 0 and 1. [fraction]
    """
    matrix = rank_matrix(system, paths)
    columns = points.T.copy()
    for group in groups(system, paths):
        if len(group) > 1:
            some = np.ix_(group, group)
            columns[list(group)] = dependence.together(points[:, group], matrix[some]).T
    return columns


def draws_of(system: System, estimates: Mapping[str, Estimate], points: Array) -> dict[str, Array]:
    """
    Return draws of inputs.

    Parameters
    ----------
    system : System
        Says what goes together.
    estimates : mapping of str to Estimate
        Inputs with ranges, by path.
    points : ndarray
        A row per draw and a column per input, independent and even between 0 and 1. [fraction]

    Raises
    ------
    ValueError
        If no distribution has a range, or what goes together contradicts itself.
    """
    paths = list(estimates)
    columns = together(system, paths, points)
    found = {}
    for path, column in zip(paths, columns, strict=True):
        try:
            found[path] = drawn(estimates[path], column)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
    return found
