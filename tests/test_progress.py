"""A line of progress: only for who waits at a terminal, and gone in the end."""

from __future__ import annotations

import io
import sys
from contextlib import suppress
from itertools import chain, count

import pytest

from planning.cli.progress import progress_line
from planning.questions.upgrades.demand import ramp
from planning.questions.upgrades.plan import plan
from planning.questions.upgrades.regret import least_regret
from tests.upgrades.systems import START, shop


class Terminal(io.StringIO):
    """Standard error of somebody who sits there."""

    def isatty(self) -> bool:
        return True


def told(monkeypatch, stream, times):
    """Return what a line writes that is told something at each of some times."""
    monkeypatch.setattr(sys, "stderr", stream)
    clock = chain([0.0], times)
    with progress_line(lambda: next(clock)) as say, suppress(StopIteration):
        for number in count():
            say(f"step {number}")
    return stream.getvalue()


def test_what_takes_longer_than_a_second_is_told_and_cleared(monkeypatch):
    written = told(monkeypatch, Terminal(), [0.5, 1.5, 1.55, 2.0])
    assert [each for each in written.split("\r\x1b[K") if each] == ["step 1", "step 3"]
    assert written.endswith("\r\x1b[K")


@pytest.mark.parametrize(("stream", "times"), [(Terminal, [0.2, 0.9]), (io.StringIO, [5.0, 9.0])])
def test_nothing_is_told_of_what_is_quick_or_to_a_log(monkeypatch, stream, times):
    assert told(monkeypatch, stream(), times) == ""


def test_the_line_is_cleared_where_it_is_stopped(monkeypatch):
    stream = Terminal()

    def times():
        yield 3.0
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        told(monkeypatch, stream, times())
    assert stream.getvalue() == "\r\x1b[Kstep 0\r\x1b[K"


def test_a_plan_and_its_regret_say_how_far_they_are():
    heard: list[str] = []
    system = shop(
        "  - {name: wider, changes: {parts: {app: {pool_size: 20}}}, one_off: $100}\n", doubted=True
    )
    found = plan(system, ramp(START, 500.0, 700.0, 3, 2), headroom=0.0, progress=heard.append)
    assert [each for each in heard if "program" in each]
    assert [each for each in heard if "schedule 1 is looked at" in each]
    least_regret(found, draws=3, progress=heard.append)
    assert heard[-1] == "regret: 3 of 3 draws have their cheapest schedule"
