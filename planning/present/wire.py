"""
Columns of numbers, packed for a browser.

A chart's data is a table given by columns: ``{"users": array, "wait": array}``.
Numbers travel as raw little-endian doubles, which a browser reads without
parsing; anything else travels as a list. In a saved page there is no binary
channel and everything is a list, with every digit kept.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import numpy as np


class Table(Protocol):
    """Anything that yields ``(name, values)`` pairs: a dict of arrays, a pandas frame."""

    def items(self) -> Iterable[tuple[Any, Any]]:
        """Yield each column's name and values."""


def as_columns(table: Table) -> dict[str, np.ndarray[Any, Any]]:
    """
    Check a table and turn every column into a one-dimensional array.

    Parameters
    ----------
    table : mapping or DataFrame
        Column name to values, all of one length. A scalar is repeated to that length.
        Times become milliseconds since 1970, as Vega counts them.

    Returns
    -------
    dict of ndarray
        Columns of equal length.

    Raises
    ------
    ValueError
        If lengths differ or a column has more than one dimension.

    Examples
    --------
    >>> as_columns({"x": [1, 2], "y": 3})["y"].tolist()
    [3.0, 3.0]
    """
    columns = {str(name): np.asarray(values) for name, values in table.items()}
    deep = [name for name, array in columns.items() if array.ndim > 1]
    if deep:
        raise ValueError(f"columns {deep} have more than one dimension; a column must be flat")
    lengths = {name: array.size for name, array in columns.items() if array.ndim == 1}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"columns must have one length, got {lengths}")
    count = next(iter(lengths.values()), 1)
    return {name: _plain(np.broadcast_to(array, count)) for name, array in columns.items()}


def _plain(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Doubles for numbers and times (missing as NaN), objects for everything else."""
    if array.dtype.kind == "M":
        milliseconds = array.astype("datetime64[ms]").astype(np.float64)
        return np.where(np.isnat(array), np.nan, milliseconds)
    if array.dtype.kind in "fiu":
        return array.astype(np.float64)
    return array.astype(object)


def packed(columns: Mapping[str, np.ndarray[Any, Any]]) -> dict[str, Any]:
    """
    Columns for a widget message: ``{"f8": bytes}`` for numbers, lists for the rest.

    Parameters
    ----------
    columns : mapping of str to ndarray
        From `as_columns`.

    Returns
    -------
    dict
        Ready to be a synchronised trait; ipywidgets takes the bytes out of the JSON.
    """
    return {
        name: {"f8": array.astype("<f8").tobytes()} if array.dtype.kind == "f" else array.tolist()
        for name, array in columns.items()
    }


def listed(columns: Mapping[str, np.ndarray[Any, Any]]) -> dict[str, list[Any]]:
    """
    Columns for a JSON document: lists, with null where a number is missing or infinite.

    Parameters
    ----------
    columns : mapping of str to ndarray
        From `as_columns`.

    Returns
    -------
    dict of list

    Examples
    --------
    >>> listed(as_columns({"x": [1.5, float("nan")]}))
    {'x': [1.5, None]}
    """
    return {name: [_finite(value) for value in column.tolist()] for name, column in columns.items()}


def _finite(value: Any) -> Any:
    """JSON has no NaN and no infinity."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def dataset_names(spec: Any) -> list[str]:
    """
    Names of the datasets a Vega-Lite spec draws, in order of first use.

    Parameters
    ----------
    spec : dict
        A spec, as from altair's ``chart.to_dict()``.

    Returns
    -------
    list of str

    Examples
    --------
    >>> dataset_names({"layer": [{"data": {"name": "curve"}}, {"data": {"name": "edge"}}]})
    ['curve', 'edge']
    """
    found: dict[str, None] = {}

    def walk(node: Any) -> None:
        if isinstance(node, Mapping):
            data = node.get("data")
            if isinstance(data, Mapping) and isinstance(data.get("name"), str):
                found[data["name"]] = None
            for key, child in node.items():
                # Rows are data, not structure: a column may be called "data".
                if key not in ("datasets", "values"):
                    walk(child)
        elif isinstance(node, list | tuple):
            for child in node:
                walk(child)

    walk(spec)
    return list(found)


def assign(names: list[str], table: Table | None, tables: Mapping[str, Table]) -> dict[str, Table]:
    """
    Say which dataset each table is for.

    Parameters
    ----------
    names : list of str
        Datasets of the spec, from `dataset_names`.
    table : mapping of columns, optional
        Data of the only dataset.
    tables : mapping of str to mapping of columns
        Data by dataset name.

    Returns
    -------
    dict
        Dataset name to table.

    Raises
    ------
    ValueError
        If a name is not in the spec, or `table` is given and the spec has not exactly one dataset.

    Examples
    --------
    >>> assign(["curve"], {"x": [1]}, {})
    {'curve': {'x': [1]}}
    """
    unknown = [name for name in tables if name not in names]
    if unknown:
        raise ValueError(f"dataset {unknown[0]!r} is not in the spec, which draws {names}")
    found = dict(tables)
    if table is not None:
        if len(names) != 1:
            raise ValueError(f"the spec draws {names}: name the dataset, as in push(name=columns)")
        found[names[0]] = table
    return found
