"""Every model says what it computes and where from, and computes what it says."""

from __future__ import annotations

import ast
import importlib
import inspect
import operator
import pkgutil
import re
import zlib
from collections.abc import Callable, Iterator
from functools import reduce
from typing import Any

import numpy as np
import pytest

import planning.models
from planning.models.formula import FormulaText, formula, formula_of

POINTS, ATTEMPTS = 25, 20_000
MOST_STEPS = 3  # of arithmetic that nobody needs to have published
RANGES: tuple[Callable[[np.random.Generator], float], ...] = (
    lambda rng: rng.uniform(0.01, 1),  # fractions
    lambda rng: rng.uniform(1, 50),
    lambda rng: float(rng.integers(1, 50)),  # counts
)

BINARY = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
FUNCTIONS = {
    "min": lambda *values: reduce(np.minimum, values),
    "max": lambda *values: reduce(np.maximum, values),
    "ceil": np.ceil,
    "floor": np.floor,
    "log": np.log,
    "exp": np.exp,
}


def public_functions() -> Iterator[Callable[..., Any]]:
    """Functions that the modules of `planning.models` define and do not hide."""
    for module in pkgutil.walk_packages(planning.models.__path__, "planning.models."):
        room_name = module.name.rpartition(".")[2]
        if room_name.startswith("_") or room_name == "formula":
            continue  # guards and the decorator itself are no models
        room = importlib.import_module(module.name)
        for name, member in vars(room).items():
            defined_here = inspect.isfunction(member) and member.__module__ == room.__name__
            if defined_here and not name.startswith("_"):
                yield member


def name_of(function: Callable[..., Any]) -> str:
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


def evaluate(text: str, values: dict[str, float]) -> Any:
    """Compute `text` from names, numbers, ``+ - * / **`` and a few functions; refuse all else."""

    def value(node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=int() | float() as number):
                return number
            case ast.Name(id=name) if name in values:
                return np.float64(values[name])
            case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
                return BINARY[type(op)](value(left), value(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -value(operand)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
                return FUNCTIONS[name](*map(value, args))
        raise ValueError(f"{ast.unparse(node)!r} in {text!r} is not arithmetic in the parameters")

    return value(ast.parse(text, mode="eval").body)


def names_in(text: str) -> set[str]:
    tree = ast.parse(text, mode="eval")
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called
    }


def points_in_domain(function: Callable[..., Any]) -> list[tuple[dict[str, float], float]]:
    """Positive arguments that `function` accepts, each with its result."""
    rng = np.random.default_rng(zlib.crc32(name_of(function).encode()))
    names = list(inspect.signature(function).parameters)
    accepted: list[tuple[dict[str, float], float]] = []
    refusal: object = None
    for _ in range(ATTEMPTS):
        drawn = {name: RANGES[rng.integers(len(RANGES))](rng) for name in names}
        try:
            result = function(**drawn)
        except ValueError as error:
            refusal = error
            continue
        accepted.append((drawn, float(result)))
        if len(accepted) == POINTS:
            return accepted
    raise AssertionError(f"{name_of(function)} refused nearly all positive arguments: {refusal}")


def assert_text_is_code(function: Callable[..., Any]) -> None:
    text = formula_of(function).text
    assert names_in(text) == set(inspect.signature(function).parameters)
    for arguments, result in points_in_domain(function):
        np.testing.assert_allclose(evaluate(text, arguments), result, rtol=1e-9, err_msg=text)


def documented(function: Callable[..., Any]) -> dict[str, str]:
    """What the docstring says of each argument: its type, then its meaning."""
    text = inspect.getdoc(function) or ""
    section = text.partition("Parameters\n----------\n")[2].partition("\n\n")[0]
    words: dict[str, str] = {}
    names: list[str] = []
    for line in section.splitlines():
        if line.startswith(" "):
            words |= {name: words[name] + " " + line.strip() for name in names}
        else:
            listed, _, kind = line.partition(" : ")
            names = listed.lstrip("*").split(", ")
            words |= dict.fromkeys(names, kind)
    return words


def has_unit(words: str) -> bool:
    """Whether what is said of an argument has a unit in brackets; true and false need none."""
    plain = re.sub(r"``.*?``|:math:`.*?`", "", words)  # a list in code is no unit
    return bool(re.search(r"\[[^\]]+\]", plain)) or "array_like of bool" in words


def references(function: Callable[..., Any]) -> list[str]:
    """The works that the docstring lists, each as one line."""
    text = inspect.getdoc(function) or ""
    found = re.search(r"^(?:References|Source)\n-+\n(.*?)(?=\n\n\w+\n-+\n|\Z)", text, re.M | re.S)
    return re.split(r"\n(?=\.\. )", found[1]) if found else []


def names_a_work(source: str) -> bool:
    """Whether a reader could look it up: it has a year, an address, or is some manual."""
    return bool(
        re.search(r"\b(1[89]|20)\d\d\b|https?://|doi|\b(documentation|manual)\b", source, re.I)
        or re.search(r"\b[Mm]easured\b|:func:", source)  # our own figures, or another model's
    )


def is_bookkeeping(text: str) -> bool:
    """
    Whether a formula needs no authority: a sum of a list, or a few steps of plain arithmetic.

    Powers, logarithms and everything told in words are physics or mathematics of somebody's.
    """
    try:
        nodes = list(ast.walk(ast.parse(text, mode="eval")))
    except SyntaxError:
        return text.startswith("the sum of")
    plain = {"min", "max", "ceil", "floor"}
    steps = [node for node in nodes if isinstance(node, ast.BinOp | ast.Call | ast.UnaryOp)]
    called = {node.id for call in nodes if isinstance(call, ast.Call) for node in [call.func]
              if isinstance(node, ast.Name)}  # fmt: skip
    powers = [node for node in nodes if isinstance(node, ast.Pow)]
    return len(steps) <= MOST_STEPS and called <= plain and not powers


MODELS = list(public_functions())
ARITHMETIC = [
    model
    for model in MODELS
    if getattr(model, "__formula__", FormulaText("", "", False)).arithmetic
]


def test_the_models_are_found() -> None:
    assert {"rooms.rooms_open", "cost.tiered_cost"} <= {name_of(model) for model in MODELS}
    assert len(ARITHMETIC) > 30


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_every_model_says_where_it_comes_from(model: Callable[..., Any]) -> None:
    said = formula_of(model)  # raises where there is none
    works = references(model)
    assert not [work for work in works if not names_a_work(work)], "a heading above no source"
    assert works or is_bookkeeping(said.text), f"who says that it is {said.text}?"
    assert works or not names_a_work(said.source), "the source has no reference in the docstring"


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_every_model_shows_an_example_that_runs(model: Callable[..., Any]) -> None:
    text = inspect.getdoc(model) or ""
    assert ">>>" in text.partition("Examples\n--------")[2]


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_every_argument_is_documented_with_its_unit(model: Callable[..., Any]) -> None:
    words = documented(model)
    assert set(words) == set(inspect.signature(model).parameters)
    without = [name for name, said in words.items() if not has_unit(said)]
    assert without == [], "units go in brackets"


@pytest.mark.parametrize("model", ARITHMETIC, ids=name_of)
def test_arithmetic_text_equals_the_code(model: Callable[..., Any]) -> None:
    assert_text_is_code(model)


@pytest.mark.parametrize("model", ARITHMETIC, ids=name_of)
def test_arrays_give_what_their_elements_give(model: Callable[..., Any]) -> None:
    points = points_in_domain(model)
    arrays = {name: np.array([arguments[name] for arguments, _ in points]) for name in points[0][0]}
    results = model(**arrays)
    assert np.shape(results) == (len(points),)
    np.testing.assert_allclose(results, [result for _, result in points], rtol=1e-12)


@pytest.mark.parametrize("model", ARITHMETIC, ids=name_of)
def test_nan_and_negative_numbers_are_refused_by_name(model: Callable[..., Any]) -> None:
    arguments, _ = points_in_domain(model)[0]
    for name in arguments:
        for bad in (-1.0, np.nan):
            with pytest.raises(ValueError, match=name):
                model(**{**arguments, name: bad})


@pytest.mark.parametrize("model", ARITHMETIC, ids=name_of)
def test_bounds_that_are_documented_are_kept(model: Callable[..., Any]) -> None:
    arguments, _ = points_in_domain(model)[0]
    for name, words in documented(model).items():
        if re.search("(?<!together )above 0", words):
            with pytest.raises(ValueError, match=name):
                model(**{**arguments, name: 0.0})
        if "[fraction]" in words:
            with pytest.raises(ValueError, match=name):
                model(**{**arguments, name: 1.5})


def test_a_heading_without_a_source_and_a_list_in_code_are_caught() -> None:
    assert not names_a_work(".. [1] By definition of write-behind caching.")
    assert names_a_work(".. [1] Little, J. D. C. (1961), Oper. Res. 9(3), 383–387.")
    assert is_bookkeeping("rows * (row_bytes + indexes * index_entry_bytes)")
    assert not is_bookkeeping("exp(-request_rate * keep_alive)")
    assert not is_bookkeeping("mean wait in M/M/c")
    assert not has_unit("array_like One server is ``[1]``.")


def test_a_drifted_text_is_caught() -> None:
    @formula("users * rate", source="a test")
    def drifted(users: float, rate: float) -> float:
        return users / rate

    @formula("users * rat", source="a test")
    def misspelt(users: float, rate: float) -> float:
        return users * rate

    for wrong in (drifted, misspelt):
        with pytest.raises(AssertionError):
            assert_text_is_code(wrong)


@pytest.mark.parametrize(
    "text", ["__import__('os')", "users.real", "users if users else 1", "others", "'a' * users"]
)
def test_only_arithmetic_is_evaluated(text: str) -> None:
    with pytest.raises(ValueError, match="not arithmetic"):
        evaluate(text, {"users": 2.0})
