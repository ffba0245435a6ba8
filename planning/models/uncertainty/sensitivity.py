r"""
Which input an answer's doubt comes from: indices of Sobol'.

The variance of an answer :math:`Y` splits into what each input brings alone, and what inputs
bring together. Two shares are asked of each input i (or group of inputs)::

    first order  S_i = Var(E[Y | X_i]) / Var(Y)    how much narrower if X_i were known
    total        T_i = E[Var(Y | all but X_i)] / Var(Y)   how much stays if all else were known

They are estimated from answers to two independent samples A and B, and to A with the column of
input i taken from B.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from planning.models._guards import Array
from planning.models.formula import formula

_JANSEN = "Jansen (1999), Comput. Phys. Commun. 117(1-2), 35-43"


@formula("1 - mean((second - mixed)**2) / (2 * variance)", source=_JANSEN, arithmetic=False)
def first_order(first: ArrayLike, second: ArrayLike, mixed: ArrayLike) -> Array:
    """
    Share of an answer's variance that goes when one input is known.

    Parameters
    ----------
    first, second : array_like
        Answers to two independent samples A and B. [any unit]
    mixed : array_like
        A row per input: answers to A with that input's column from B. [any unit]

    Returns
    -------
    ndarray
        One per input, 0 where the answer does not vary; noise may take it a little below 0, which
        is told as 0. [fraction]

    References
    ----------
    .. [1] Jansen, M. J. W. (1999), Analysis of variance designs for model output, Comput. Phys.
       Commun. 117(1-2), 35-43.
    .. [2] Saltelli, A. et al. (2010), Variance based sensitivity analysis of model output,
       Comput. Phys. Commun. 181(2), 259-270, table 2 (b) and (f).

    Examples
    --------
    The answer is the first of two inputs.

    >>> a, b = np.random.default_rng(0).random((2, 20_000, 2))
    >>> first_order(a[:, 0], b[:, 0], [b[:, 0], a[:, 0]]).round(1).tolist()
    [1.0, 0.0]
    """
    _, right, rows, variance = _answers(first, second, mixed)
    if variance == 0:
        return np.zeros(len(rows))
    kept = np.mean((right - rows) ** 2, axis=-1) / (2 * variance)
    return np.asarray(np.clip(1 - kept, 0.0, 1.0))


@formula("mean((first - mixed)**2) / (2 * variance)", source=_JANSEN, arithmetic=False)
def total_order(first: ArrayLike, second: ArrayLike, mixed: ArrayLike) -> Array:
    """
    Share of an answer's variance that stays while one input alone is not known.

    Parameters
    ----------
    first, second : array_like
        Answers to two independent samples A and B. [any unit]
    mixed : array_like
        A row per input: answers to A with that input's column from B. [any unit]

    Returns
    -------
    ndarray
        One per input, 0 where the answer does not vary. They add up to more than 1 where inputs
        act together. [fraction]

    References
    ----------
    .. [1] Jansen, M. J. W. (1999), Analysis of variance designs for model output, Comput. Phys.
       Commun. 117(1-2), 35-43.

    Examples
    --------
    >>> a, b = np.random.default_rng(0).random((2, 20_000, 2))
    >>> total_order(a[:, 0], b[:, 0], [b[:, 0], a[:, 0]]).round(1).tolist()
    [1.0, 0.0]
    """
    left, _, rows, variance = _answers(first, second, mixed)
    if variance == 0:
        return np.zeros(len(rows))
    return np.asarray(np.mean((left - rows) ** 2, axis=-1) / (2 * variance))


def _answers(
    first: ArrayLike, second: ArrayLike, mixed: ArrayLike
) -> tuple[Array, Array, Array, float]:
    left, right = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    rows = np.asarray(mixed, dtype=float).reshape(-1, left.size)
    return left, right, rows, float(np.var(np.concatenate((left, right))))
