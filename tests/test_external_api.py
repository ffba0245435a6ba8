"""External APIs: quotas, the thread that waits for them, retries and prices, worked out by hand."""

from __future__ import annotations

import pytest

import planning
from planning.numbers.nodes import value_at
from planning.numbers.reading import FileError
from planning.questions.load import parse_system
from planning.questions.surges import assess_event

HEAD = """
title: Ask
workload:
  users: 600
  target: 600
  peak_to_mean: 2
  activities: {ask: {interval: 2 min, enters: web}}
parts:
  web:
    kind: service
    processes: 2
    cores: 2
    threads: 15
    calls: {llm: {ask: CALL}}
  llm: {kind: external_api, time: 4 s, QUOTA}
events: [{name: all at once, surge: {users: 600 users}}]
"""


def asked(quota, call="1"):
    return parse_system(HEAD.replace("QUOTA", quota).replace("CALL", call))


def load(result, name):
    return value_at(result.of(name).load)


def told(result, name):
    return value_at(next(each for each in result.traffic if each.name == name))


def test_a_call_holds_a_thread_for_the_whole_answer():
    result = planning.assess(asked("requests: 500/min"))
    assert load(result, "llm.calls") == pytest.approx(5)  # 600 users, one in two minutes
    assert value_at(result.of("llm.calls").limit) == pytest.approx(500 / 60)
    assert load(result, "web.threads") == pytest.approx(5 * 4)
    assert result.verdict == "holds"


def test_the_back_off_of_retries_holds_the_thread_as_well():
    # 5 calls/s of 4 allowed: a fifth fails in the end; with one retry p = sqrt(0.2) is refused.
    result = planning.assess(asked("requests: 240/min, retries: 1, back_off: 2 s"))
    refused = 0.2**0.5
    assert load(result, "web.threads") == pytest.approx(5 * (4 + 2 * refused))
    assert told(result, "tries with retries") == pytest.approx(5 * (1 + refused))
    assert told(result, "calls that fail in the end") == pytest.approx(1)


def test_three_tries_of_all_treble_the_traffic_far_past_the_quota():
    # Beyer et al., Site Reliability Engineering, ch. 21: three attempts each grow it just under 3x.
    result = planning.assess(asked("requests: 1/min, retries: 2"))
    grown = told(result, "tries with retries") / 5
    assert 2.97 < grown < 3


def test_tokens_run_out_before_calls_and_a_call_may_say_its_own():
    quota = "requests: 500/min, tokens: 200k tokens/min, input_tokens: 400, output_tokens: 100"
    shared = planning.assess(asked(quota))
    assert load(shared, "llm.tokens") == pytest.approx(5 * 500)
    own = planning.assess(asked(quota, "{count: 1, input_tokens: 1000, output_tokens: 500}"))
    assert load(own, "llm.tokens") == pytest.approx(5 * 1500)  # of 3,333
    assert own.verdict == "does not hold"
    assert own.binding.id == "llm.tokens"
    assert planning.capacity(asked(quota)).users == 800  # 200k / 500 / 60 s × 120 s


def test_cached_tokens_are_outside_the_input_quota_and_cheaper():
    tokens = "input_tokens: 1000, output_tokens: 500, cached: 80 %, input_quota: 90k tokens/min"
    price = "input_price: $3/Mtoken, cached_price: $0.30/Mtoken, output_price: $15/Mtoken"
    result = planning.assess(asked(f"{tokens}, {price}"))
    assert load(result, "llm.input_tokens") == pytest.approx(5 * 200)
    calls = 5 / 2 * 730 * 3600  # half the peak, over a month
    cost = {name: value_at(node) for name, node in result.monthly.items()}
    assert cost["llm questions"] == pytest.approx(calls * 200 * 3e-6)
    assert cost["llm cached questions"] == pytest.approx(calls * 800 * 0.3e-6)
    assert cost["llm answers"] == pytest.approx(calls * 500 * 15e-6)


def test_what_the_quota_refuses_is_not_charged():
    result = planning.assess(asked("requests: 150/min, request_price: $0.01/request"))
    assert value_at(result.monthly["llm calls"]) == pytest.approx(2.5 / 2 * 730 * 3600 * 0.01)


def test_a_crowd_has_the_window_of_the_quota_to_fit():
    system = asked("requests: 500/min")
    event = assess_event(system, system.events[0])
    # 600 come, 500 fit in the minute.
    assert value_at(event.number("llm.calls", "share refused")) == pytest.approx(1 / 6)
    assert event.verdict.name in ("FAIL", "CRASH")


def test_nobody_asking_is_no_error():
    result = planning.assess(asked("requests: 500/min, retries: 3"), 0)
    assert load(result, "llm.calls") == 0
    assert told(result, "tries with retries") == 0


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("requests: 500/min, retries: 2, back_off: 0 s", "tried again at once"),
        ("cached: 50 %, input_price: $1/Mtoken, input_tokens: 9, output_tokens: 9", "full price"),
        (
            "requests: 9/s, input_price: $1/Mtoken, input_tokens: 9, output_tokens: 9",
            "`input_price` is stated and answers cost nothing",
        ),
    ],
)
def test_what_is_configured_wrong_is_found(fields, words):
    system = asked(fields)
    found = list(system.parts["llm"].findings("llm", system.workload))
    assert any(words in each.what for each in found)


@pytest.mark.parametrize("field", ["tokens: 1k tokens/min", "output_price: $1/Mtoken"])
def test_tokens_without_their_number_are_refused(field):
    with pytest.raises(FileError, match="needs `input_tokens` and `output_tokens`"):
        asked(field)
