"""Bars are seen: fills against the page, a scale on which 4× and 333× differ, and folded rows."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import numpy as np
import pytest

from planning.present import charts, confidence_charts, runway_charts
from planning.present.chart_data import bar_columns, scale_end
from planning.present.theme import palette
from planning.questions.assess import assess

CHARTS = {
    "bars": charts.utilisation_chart,
    "ladder": charts.ladder_chart,
    "cost": charts.cost_chart,
    "events": charts.events_chart,
    "tornado": confidence_charts.tornado_chart,
    "timeline": runway_charts.timeline_chart,
}


def luminance(colour):
    """Relative luminance of ``#rrggbb``: WCAG 2.2, definition of relative luminance."""
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def roles(node):
    """Roles of the palette that a part of a spec names."""
    return set(re.findall(r'"theme:([\w-]+)"', json.dumps(node)))


def fills(spec):
    """Roles that bars and cells are filled with; a track, which says nothing, has no tooltip."""
    layers = [each for each in spec["layer"] if each["mark"]["type"] in {"bar", "rect"}]
    told = [each for each in layers if "tooltip" in each["encoding"]]
    return set().union(
        *(roles([each["mark"].get("color"), each["encoding"].get("color")]) for each in told)
    )


def test_contrast_is_that_of_the_guideline():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", CHARTS)
def test_fills_stand_out_from_the_page(name, scheme):
    colours, found = palette(scheme), fills(CHARTS[name]())
    assert found
    for role in found:
        for ground in ("page", "surface", "grid"):  # a page, a card on it, the track of a bar
            assert contrast(colours[role], colours[ground]) >= 3, (role, ground)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_on_a_cell_can_be_read(scheme):
    colours = palette(scheme)
    (words,) = [each for each in charts.events_chart()["layer"] if each["mark"]["type"] == "text"]
    (ink,) = roles(words["mark"])
    for role in fills(charts.events_chart()):
        assert contrast(colours[role], colours[ink]) >= 4.5, role


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lines_of_categories_stand_out_from_the_page(scheme):
    colours = palette(scheme)
    assert min(contrast(each, colours["page"]) for each in colours["series"]) >= 3


def test_words_stand_at_the_edges_of_the_picture_and_not_at_the_end_of_a_bar():
    for chart in (charts.utilisation_chart, charts.ladder_chart, charts.cost_chart):
        words = [each for each in chart()["layer"] if each["mark"]["type"] == "text"]
        assert len(words) >= 2
        for each in words:
            assert "value" in each["encoding"]["x"]


def test_the_scale_is_logarithmic_and_marks_the_limit():
    layers = charts.utilisation_chart()["layer"]
    assert layers[0]["encoding"]["x"]["scale"]["type"] == "log"
    assert "clamp" not in layers[0]["encoding"]["x"]["scale"]
    (limit,) = [each for each in layers if each["mark"]["type"] == "rule"]
    assert limit["encoding"]["x"] == {"datum": 1}


@pytest.mark.parametrize(
    ("used", "end"),
    [
        ([0.2], 10.0),
        ([4.0, 10.0], 10.0),
        ([10.1], 100.0),
        ([333.4, 0.0], 1000.0),
        ([1000.0], 1000.0),
        ([np.inf], 10.0),
        ([np.inf, 40.0], 100.0),
    ],
)
def test_the_scale_ends_at_the_power_of_ten_that_holds_the_longest_bar(used, end):
    assert scale_end(np.array(used)) == end


def shown(systems, *used):
    """Bars of a system whose limits are used so far."""
    system = systems["ten_thousand_users"]
    real = assess(system, 10_000.0).constraints[0]
    limits = [
        SimpleNamespace(
            name=f"limit {i}", utilisation=each, load=real.load, limit=real.limit, unit=real.unit
        )
        for i, each in enumerate(used)
    ]
    return bar_columns(SimpleNamespace(system=system, constraints=limits))


def test_bars_are_as_long_as_their_shares_and_keep_within_the_scale(systems):
    bars = shown(systems, 333.0, 4.0, 0.5, np.inf)
    assert list(bars["used"]) == [1000.0, 333.0, 4.0, 0.5]
    assert set(bars["end"]) == {1000.0}
    assert bars["share"] == ["none there", "333×", "400 %", "50 %"]
    assert min(shown(systems, 0.5, 0.0)["used"]) > 0.01  # a bar that can be pointed at


def test_what_has_room_shares_one_row(systems):
    bars = shown(systems, 4.0, 0.1, 0.09, *[0.02] * 11)
    assert bars["constraint"] == ["limit 0", "limit 1", "12 more below 10 %"]
    assert bars["label"][-1] == "at most 9 % · the fullest: limit 2"
    assert bars["used"][-1] == 0.09


def test_one_alone_is_not_folded_and_the_fullest_never(systems):
    assert shown(systems, 4.0, 0.02)["constraint"] == ["limit 0", "limit 1"]
    assert shown(systems, 0.03, 0.02)["constraint"] == ["limit 0", "limit 1"]
    assert shown(systems, 0.03, 0.02, 0.01)["constraint"] == ["limit 0", "2 more below 10 %"]


def test_states_and_tooltips_are_words(systems):
    bars = shown(systems, 4.0, 0.99, 0.5)
    assert bars["state"] == ["over its limit", "near its limit", "has room"]
    for chart in CHARTS.values():
        told = [e for layer in chart()["layer"] for e in layer["encoding"].get("tooltip", [])]
        # Numbers of a chart's own scale may be cut; words hold what was found.
        assert told
        assert {each["type"] for each in told} == {"nominal"}
