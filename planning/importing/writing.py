"""
Write what was found as a system file: every number with its file and line, or marked as assumed.

Nobody's configuration says how many users there are. One user with one request a minute is
written, so that what is sized can be asked about at once: full pools against every limit, at rest
and while deploying, do not depend on users. The rest of the questions begin with better numbers.
"""

from __future__ import annotations

from collections.abc import Iterator

from planning.importing.found import Fact, Found, Paid
from planning.importing.linking import CALLERS, Linked
from planning.importing.rows import monthly, price_row
from planning.importing.sources import visible

_FIELDS = {
    "service": (
        "replicas", "deploy_surge", "processes", "threads", "cores", "memory", "pool_size",
        "pool_warm", "pool_wait_limit",
    ),
    "function": ("concurrent", "duration_limit", "memory", "connections_per_environment"),
    "pooler": ("replicas", "deploy_surge", "max_clients", "pool_size", "wait_limit"),
    "database": ("max_connections", "reserved", "cores", "memory"),
}  # fmt: skip
_KINDS = {"function": "serverless"}  # of a role that is called otherwise in a system
_NOBODY = "no file says it; put your own here"
_WIDTH = 96


def system_text(linked: Linked, files: list[str]) -> str:
    """
    Return the system file.

    Parameters
    ----------
    linked : Linked
        What was found.
    files : list of str
        Names of the files that were read.
    """
    lines = [*_head(linked, files), *_workload(linked), *_parts(linked), *_costs(linked), ""]
    return "\n".join(lines)


def _head(linked: Linked, files: list[str]) -> Iterator[str]:
    yield from _comment(f"Read by `planning import` from {', '.join(files)}.", "# ", "# ")
    yield "# Every number has its file and line. What no file says is marked `assumed`: put your"
    yield "# own there. Users and their requests are such: connections of full pools, at rest and"
    yield "# while deploying, are right without them."
    for title, lines in (("Filled in", linked.assumed), ("Not understood", linked.left_out)):
        if lines:
            yield "#"
            yield f"# {title}:"
            for line in lines:
                yield from _comment(line, "#   ", "#     ")
    yield f"title: {quoted(_short('Imported from ' + ', '.join(files), 100))}"
    yield ""


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _comment(text: str, first: str, rest: str) -> Iterator[str]:
    """Yield a comment in lines of bounded width; nothing in it can end the comment."""
    line = first
    for word in visible(text).split(" "):
        if len(line) + len(word) > _WIDTH and line not in (first, rest):
            yield line.rstrip()
            line = rest
        line += word + " "
    yield line.rstrip()


def _workload(linked: Linked) -> Iterator[str]:
    yield "workload:"
    for name in ("users", "target"):
        yield f"  {name}: {_number(Fact(1, 'user', _NOBODY, 'assumed'))}"
    services = [name for name, each in linked.parts.items() if each.role in CALLERS]
    if not services:
        yield "  connections_per_user: {value: 1, kind: assumed, " + (
            f"source: {quoted('no file says who connects')}" + "}"
        )
        yield ""
        return
    yield "  activities:"
    for name in services:
        yield f"    {name}_request:"
        yield f"      interval: {_number(Fact(60, 's', _NOBODY, 'assumed'))}"
        yield f"      enters: {name}"
    yield ""


def _parts(linked: Linked) -> Iterator[str]:
    yield "parts:"
    databases = [name for name, each in linked.parts.items() if each.role == "database"]
    for name, each in linked.parts.items():
        yield f"  {name}:"
        yield f"    kind: {_KINDS.get(each.role, each.role)}"
        yield from _plan(name, each, linked)
        if each.mode is not None:
            yield f"    mode: {each.mode}"
        if each.role == "pooler" and len(databases) > 1:
            yield f"    in_front_of: {linked.calls[name]}"
        users = [each for each, pooler in linked.through.items() if pooler == name]
        if each.role == "pooler" and len(users) < len(linked.through):
            yield f"    used_by: [{', '.join(users)}]"
        yield from _facts(each)
        if each.role in CALLERS:
            time = _number(Fact(0.01, "s", _NOBODY, "assumed"))
            yield "    calls:"
            yield f"      {linked.calls[name]}:"
            yield f"        {name}_request: {{count: 1, time: {time}}}"


def _plan(name: str, each: Found, linked: Linked) -> Iterator[str]:
    """Yield the plan that fills the rest, and the cost that holds its price."""
    if each.plan is None:
        return
    plan, where = each.plan
    yield f"    plan: {plan}  # {visible(where)}"
    cost = linked.costs.get(name)
    if cost is not None and cost.key == plan and not _is_plan(cost):
        yield f"    paid_by: {name}"


def _is_plan(paid: Paid) -> bool:
    """Return whether a cost is the price of one plan, which then is named instead of copied."""
    row = price_row(paid.key)
    return paid.count == 1 and row is not None and row.plan == paid.key


def _costs(linked: Linked) -> Iterator[str]:
    if linked.costs:
        yield ""
        yield "costs:"
    for name, paid in linked.costs.items():
        if _is_plan(paid):
            yield f"  {name}: {{plan: {paid.key}}}  # {visible(paid.where)}"
            continue
        row = price_row(paid.key)
        words = f"{paid.where}: {paid.count:g} × {paid.key}"
        if row is not None:
            words += f" at {row}, {row.date}, {row.source}"
        fact = Fact(round(monthly(paid), 2), "USD/month", words, "vendor")
        yield f"  {name}: {{monthly: {_number(fact)}}}"


def _facts(each: Found) -> Iterator[str]:
    for field in _FIELDS[each.role]:
        if field in each.facts:
            yield f"    {field}: {_number(each.facts[field])}"


def _number(fact: Fact) -> str:
    words = [f"value: {_quantity(fact.value, fact.unit)}"]
    if fact.low is not None and fact.high is not None:
        words += [f"{end}: {_quantity(number, fact.unit)}"
                  for end, number in (("low", fact.low), ("high", fact.high))]  # fmt: skip
    return f"{{{', '.join(words)}, kind: {fact.kind}, source: {quoted(fact.source)}}}"


def _quantity(value: float, unit: str) -> str:
    number = int(value) if float(value).is_integer() else value
    return f"{number!r} {unit}".rstrip()


def quoted(text: str) -> str:
    r"""
    Return a text as YAML in double quotes, whatever characters it has.

    Examples
    --------
    >>> print(quoted('a "b" # c: d'))
    "a \"b\" # c: d"
    """
    return '"' + visible(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
