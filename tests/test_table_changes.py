"""Changes × clients: the ceiling of a hosted realtime service, as files say it."""

from __future__ import annotations

import numpy as np
import pytest

import planning
from planning.numbers.nodes import value_at
from planning.numbers.reading import FileError
from planning.questions.load import parse_system
from planning.questions.surges import SurgeVerdict, assess_event

FILE = """\
title: A table that is followed
workload: {{users: {clients}, target: {clients}, live: {{change_interval: {interval} s{live}}}}}
parts:
  realtime: {{kind: websocket, connections: 1000000{changes}}}
events: [{{name: all at once, surge: {{users: {more} users}}}}]
"""
OPEN = ", changes: {deliver_within: 2 s}"


def followed(clients, changes, said=OPEN, live="", more=1):
    text = FILE.format(clients=clients, interval=1 / changes, changes=said, live=live, more=more)
    return parse_system(text)


def limits(system, users=None):
    return {each.id: each for each in planning.assess(system, users).constraints}


def ceiling(system):
    return value_at(limits(system)["realtime.changes"].limit)


@pytest.mark.parametrize(
    ("clients", "most"), [(10_000, 5), (30_000, 1), (35_000, 1)], ids=["10k", "30k", "35k"]
)
def test_the_defaults_say_rows_that_did_not_make_them(clients, most):
    # Supabase's load tests; 500 and 5,000 clients made the defaults.
    held, past = followed(clients, most), followed(clients, most + 1)
    assert np.floor(ceiling(held)) == most
    assert limits(held)["realtime.changes"].utilisation < 1
    assert limits(past)["realtime.changes"].utilisation > 1
    assert planning.assess(past).verdict == "does not hold"


@pytest.mark.parametrize(("clients", "most"), [(1500, 10), (3000, 5)])
def test_row_level_security_is_a_check_for_everyone_and_a_message_for_few(clients, most):
    # 500 clients carried 30 changes/s of which a fifth reached each: 66.7 µs per check.
    said = (
        ", changes: {change_time: 0 s, delivery_time: 0.001 µs, check_time: 66.667 µs, reach: 20 %}"
    )
    system = followed(clients, most / 5, said)
    assert ceiling(system) == pytest.approx(most, rel=1e-3)
    assert value_at(limits(system)["realtime.changes"].load) == pytest.approx(most)


def test_rooms_make_changes_more_and_each_of_them_cheaper():
    # A hundred rooms of a hundred: a hundred changes each second, a hundred subscribers each.
    system = followed(10_000, 1, live=", room_size: 100")
    assert value_at(limits(system)["realtime.changes"].load) == pytest.approx(100)
    assert ceiling(system) == pytest.approx(1 / (6.25e-3 + 100 * 18.75e-6))


def test_a_second_worker_carries_twice_as_much():
    one, two = (ceiling(followed(5000, 1, f", changes: {{workers: {n}}}")) for n in (1, 2))
    assert two == pytest.approx(2 * one)


def test_the_delay_grows_towards_the_ceiling_and_is_what_breaks_first():
    system = followed(5000, 9)
    users = np.array([0.0, 100.0, 1000.0, 4000.0, 5400.0, 5600.0, 50_000.0])
    delay = np.asarray(limits(system, users)["realtime.delivery"].load.value)
    assert np.all(np.diff(delay) > 0)
    assert delay[1] < 0.02  # one change and hardly a wait
    assert delay[-1] > 10  # the wait limit: from the ceiling on there is no steady wait
    assert planning.assess(system, 5600).binding.id == "realtime.delivery"


def test_those_who_come_at_once_push_it_past_its_ceiling():
    event = assess_event(followed(5000, 10, more=20_000), followed(5000, 10, more=20_000).events[0])
    assert event.verdict is SurgeVerdict.CRASH
    calm = followed(5000, 10, more=100)
    assert assess_event(calm, calm.events[0]).verdict is SurgeVerdict.STABLE


def test_what_is_not_stated_is_as_it_was():
    assert "realtime.changes" not in limits(followed(5000, 10, ""))


def test_nobody_reached_is_refused():
    with pytest.raises(FileError, match="above 0"):
        followed(10, 1, ", changes: {reach: 0 %}")
