"""A number knows where it stands: through patches, moves and pickling, in each case of a sweep."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import planning
from planning.numbers.nodes import value_at
from planning.system.patches import apply_changes

TIME = "workload.activities.page.query_time"


def line(name, needle):
    text = (planning.numbers.shipped.data_folder() / f"systems/{name}.yaml").read_text()
    return next(n for n, each in enumerate(text.splitlines(), 1) if needle in each)


def test_a_number_of_the_file_knows_path_file_and_line(systems):
    place = systems["ten_thousand_users"].inputs[TIME].estimate.place
    assert (place.path, place.file) == (TIME, "ten_thousand_users.yaml")
    assert place.line == line("ten_thousand_users", "query_time: {value: 500 ms")


def test_a_number_of_a_phase_keeps_its_file_and_has_the_phases_line(systems):
    phase = planning.phase_system(systems["ten_thousand_users"], 1)
    place = phase.inputs[TIME].estimate.place
    assert place.file == "ten_thousand_users.yaml"
    assert place.line == line("ten_thousand_users", "query_time: {value: 50 ms")
    assert phase.inputs["workload.activities.page.interval"].estimate.place.line == line(
        "ten_thousand_users", "interval: {value: 7.5 s"
    )


def test_a_default_and_a_patch_from_elsewhere_have_a_path_and_no_line(systems):
    system = apply_changes(systems["ten_thousand_users"], {"parts": {"app": {"cores": 2}}})
    assert str(system.inputs["parts.app.cores"].estimate.place) == "parts.app.cores"
    assert system.inputs["parts.app.pool_warm"].estimate.place.line is None


@pytest.mark.parametrize("name", ["ten_thousand_users", "live_stream_limits"])
def test_pickling_loses_no_source(systems, name):
    system = systems[name]
    again = pickle.loads(pickle.dumps(system))
    for one in (system, again, again.at({}), planning.phase_system(again, 1)):
        result = planning.assess(one)
        assert len(result.sources(result.binding)) >= 3
    first, second = (planning.assess(each) for each in (system, again))
    assert first.sources(first.binding) == second.sources(second.binding)
    assert first.explain(first.binding) == second.explain(second.binding)


def test_a_moved_number_keeps_its_place(systems):
    moved = systems["ten_thousand_users"].at({TIME: "50 ms"})
    assert moved.inputs[TIME].value == 0.05
    assert moved.inputs[TIME].estimate.place == systems["ten_thousand_users"].inputs[
        TIME
    ].estimate.place  # fmt: skip
    assert "set by hand" in planning.assess(moved).sources(planning.assess(moved).of("app.pool"))[
        TIME
    ].source  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (TIME, -1.0, "must be at least 0"),
        (TIME, [0.1, -0.2], "-0.2 must be at least"),
        (TIME, "50 MB", "is a size"),
        ("parts.app.processes", 2.5, "must be a whole number"),
        ("parts.app.processes", 0, "at least 1 process"),
        ("parts.app.target_utilisation", 1.5, "at most 100 %"),
        ("workload.activities.page.query_tim", 1.0, f"did you mean '{TIME}'"),
    ],
)
def test_a_value_that_the_field_refuses_is_refused_by_name(systems, path, value, words):
    with pytest.raises(ValueError, match=words) as caught:
        systems["ten_thousand_users"].at({path: value})
    assert path in str(caught.value)


def test_why_picks_the_same_case_from_every_node_of_a_sweep_over_draws(systems):
    times, users = np.array([0.1, 0.5, 1.0]), np.array([[10.0], [1000.0]])
    swept = systems["ten_thousand_users"].at({TIME: times})
    result = planning.assess(swept, users)
    pool = result.of("app.pool")
    assert np.broadcast_shapes(np.shape(pool.load.value), (2, 3)) == (2, 3)
    for index in range(6):
        row, column = divmod(index, 3)
        alone = planning.assess(
            systems["ten_thousand_users"].at({TIME: times[column]}), users[row, 0]
        )
        said, expected = result.why(pool, index), alone.why(alone.of("app.pool"))
        assert said == expected
        node = value_at(pool.load, (index, (2, 3)))
        assert node == pytest.approx(value_at(alone.of("app.pool").load))


def test_an_input_prints_in_a_line_with_its_meaning(systems):
    shown = repr(systems["ten_thousand_users"].inputs[TIME])
    assert shown.startswith("<500 ms (100 ms to 1 s, document")
    assert "Time a query holds a database connection" in shown


def test_a_move_is_held_to_the_rule_of_its_field():
    shop = planning.load_system("ten_thousand_users")
    with pytest.raises(ValueError, match=r"interval: 0 must be above 0 s"):
        shop.at({"workload.activities.page.interval": 0})
    with pytest.raises(ValueError, match=r"cores: 0 must be above 0 cores"):
        shop.at({"parts.app.cores": "0 cores"})


def test_what_belongs_to_another_mode_is_no_input():
    inputs = planning.load_system("live_stream_limits").inputs
    assert "parts.gifts.statements" in inputs
    assert not {"parts.gifts.flush_interval", "parts.gifts.post_batch"} & set(inputs)
