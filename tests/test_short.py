"""Results print in a line, tooltips in words."""

from __future__ import annotations

import json

import planning
from planning.present import charts, theme
from planning.questions.surges import event_matrix


def test_every_result_prints_in_one_short_line(systems):
    system = systems["ten_thousand_users"]
    result, edge = planning.assess(system, [1_000, 10_000]), planning.capacity(system)
    shown = [system, result, edge, *result.constraints, *planning.ladder(system)]
    shown += [result.scene, *event_matrix(system)["today"]]
    for each in [*shown, *(item.load for item in result.constraints)]:
        assert len(repr(each)) < 600, type(each)
        assert "\n" not in repr(each)
    assert "holds 28 users" in repr(edge)
    assert "at 1,000 users to 10,000 users (2 cases)" in repr(result)


def test_tooltips_show_named_fields_only():
    assert "tooltip" not in theme.vega_config("light")["mark"]
    for chart in (
        charts.utilisation_chart,
        charts.ladder_chart,
        charts.cost_chart,
        charts.events_chart,
    ):
        fields = [
            each["field"]
            for layer in chart().get("layer", [chart()])
            for each in layer.get("encoding", {}).get("tooltip", [])
        ]
        assert fields, chart.__name__
        assert not [name for name in fields if name.startswith("_")]
        assert "sort_index" not in json.dumps(fields)
