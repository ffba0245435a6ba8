"""Phases are patches: none hides behind a name, an own target, or a slip of the pen."""

from __future__ import annotations

import numpy as np
import pytest

import planning
from planning.numbers.nodes import value_at
from planning.numbers.reading import FileError, parse_document
from planning.present.cells import held
from planning.questions.load import checked, parse_system
from planning.questions.phases import first_holding
from planning.questions.requirements import requirements
from planning.system.patches import moved_systems
from planning.system.starter import starter_text

SHOP = starter_text(title="Shop", file="shop.yaml")
CHANGES = "parts: {app: {processes: 4, cores: 4, memory: 4 GB}}"


def with_changes(text):
    return SHOP.replace(CHANGES, text)


def complaint(text):
    with pytest.raises(FileError) as caught:
        checked(parse_document(text, "shop.yaml"))
    return str(caught.value)


def test_a_phase_with_a_smaller_target_does_not_hold_the_target():
    easy = parse_system(with_changes("workload: {target: 10 users}"))
    steps = planning.ladder(easy)
    assert [value_at(step.at_target.users) for step in steps] == [10_000, 10_000]
    assert first_holding(steps) is None


@pytest.mark.parametrize("name", ["today", "Twice the servers"])
def test_two_phases_of_one_name_are_refused(name):
    phase = f"\n  - {{name: {name}, changes: {{}}}}\n\nevents:"
    assert "two phases are called" in complaint(SHOP.replace("\nevents:", phase))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ("parts: {databse: null}", "parts has no 'databse'; did you mean 'database'?"),
        ("phases: []", "a patch changes workload, parts, costs, findings, warn_at"),
        ("parts: {nothing_like_it: null}", "there is nothing to remove"),
        ("parts: {app: {processes: 0}}", "at least 1 process"),
        ("parts: {app: null, cache: null, database: null, budget: null}", "at least 1 item"),
    ],
)
def test_a_patch_that_does_nothing_or_breaks_the_system_is_refused_when_read(changes, words):
    message = complaint(with_changes(changes))
    assert words in message
    assert "phases.0.changes" in message
    assert message.startswith("shop.yaml:")


def test_a_patch_that_only_fails_when_it_runs_is_refused_when_read():
    text = (planning.numbers.shipped.data_folder() / "systems/live_stream_limits.yaml").read_text()
    bad = text.replace("batch_size: {value: 100,", "hot_position: {value: 9,")
    assert "hot_position(=9) must be one of the statements" in complaint(bad)


def test_another_kind_of_part_replaces_the_old_one_whole():
    swapped = parse_system(with_changes("parts: {cache: {kind: seats, seats: 6}}"))
    assert planning.phase_system(swapped, 1).parts["cache"].kind == "seats"


def test_null_removes_a_part_and_a_cost():
    thin = parse_system(with_changes("parts: {cache: null}\n      x").replace("\n      x", ""))
    after = planning.phase_system(thin, 1)
    assert "cache" not in after.parts
    assert planning.ladder(thin)[1].replaced == ("hosting",)


def test_what_a_phase_costs_once_is_counted():
    text = SHOP.replace("    lead_time: 2 days", "    lead_time: 2 days\n    one_off: $500")
    text = text.replace(
        "hosting: {monthly: $100/month}", "hosting: {monthly: $100/month, one_off: $20}"
    )
    assert [value_at(step.one_off) for step in planning.ladder(parse_system(text))] == [0, 520]


def test_moves_at_a_phase_hold_from_there_on_until_a_later_phase_changes_the_input(systems):
    system = systems["ten_thousand_users"]
    path = "workload.activities.page.query_time"
    times = [
        value_at(patched.inputs[path][0])
        for _, patched in moved_systems(system, 2, {path: 0.010, "parts.app.cores": 1.0})
    ]
    # Today and phase 1 as they were, phase 2 moved, phase 3 keeps it, phase 4 sets its own.
    assert times == [0.5, 0.05, 0.010, 0.010, 0.012]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("constraint: app pool", "constraint: app pol", "is unknown or there twice"),
        ("constraint: app memory", "constraint: app cpu", "is unknown or there twice"),
        ("constraint: app memory", "constraint: app pool", "is unknown or there twice"),
    ],
)
def test_a_gap_table_that_speaks_of_nothing_is_refused(old, new, words):
    text = (planning.numbers.shipped.data_folder() / "systems/ten_thousand_users.yaml").read_text()
    assert words in complaint(text.replace(old, new))


def test_a_phase_may_remove_what_the_gap_table_speaks_of(systems):
    system = systems["ten_thousand_users"]
    from planning.system.patches import apply_changes

    without = apply_changes(system, {"parts": {"app": None}})
    assert "app pool" not in {row.name for row in requirements(without)}


@pytest.mark.parametrize("phase", ["9", "nothing", "Phase"])
def test_a_phase_that_is_not_there_is_refused_with_those_there_are(systems, phase):
    system = systems["ten_thousand_users"]
    with pytest.raises(ValueError, match=r"there are 0 'today', 1 'Phase 1: quick wins'"):
        planning.phase_system(system, phase)


@pytest.mark.parametrize("name", ["a.b", "A", "x\\n", "", "é"])
def test_names_that_become_paths_are_plain_words(name):
    assert "must be lower-case" in complaint(SHOP.replace("    page:\n", f'    "{name}":\n'))


def test_an_event_that_cannot_happen_after_a_phase_is_refused_when_read():
    text = with_changes("parts: {cache: null}").replace(
        "surge: {users: 2000 users}",
        "surge: {users: 2000 users}\n    changes: {parts: {cache: {hit_ratio: 0 %}}}",
    )
    message = complaint(text)
    assert "events.0.changes.parts.cache" in message
    assert "(after 'Twice the servers')" in message


def test_a_phase_in_which_something_vanishes_holds_no_target():
    parts = (
        "{web: {kind: service, processes: 2, cores: 2}, db: {kind: database, max_connections: 90}}"
    )
    lost = parse_system(
        "title: Lost\nworkload:\n  users: 10 users\n  target: 10 users\n  viewing: {share: 50 %}\n"
        "  activities: {page: {interval: 10 s, queries: 1, query_time: 5 ms, cpu_time: 5 ms}}\n"
        f"parts: {parts}\n"
    )
    (today,) = planning.ladder(lost)
    assert today.capacity.users > 10
    assert not today.holds_target
    assert first_holding([today]) is None
    assert held(today).endswith("users, not known")


def test_phases_take_draws_and_each_draw_is_as_asked_alone():
    system = planning.load_system("ten_thousand_users")
    prices = {"costs.vercel.monthly": [0.0, 20.0], "costs.supabase.monthly": [0.0, 25.0]}
    drawn = planning.ladder(system.at(prices | {"parts.app.pool_size": [20.0, 10.0]}))
    for index in range(2):
        alone = planning.ladder(
            system.at(
                {path: values[index] for path, values in prices.items()}
                | {"parts.app.pool_size": [20.0, 10.0][index]}
            )
        )
        assert [np.broadcast_to(each.capacity.by_draw, 2)[index] for each in drawn] == [
            each.capacity.users for each in alone
        ]
    assert "vercel" in drawn[1].kept
    assert "supabase" in drawn[2].replaced
