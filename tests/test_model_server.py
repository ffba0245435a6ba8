"""Models on GPUs of one's own: measured sweeps, KV-cache, first token and price of a token."""

from __future__ import annotations

import pytest

import planning
from planning.numbers.nodes import value_at
from planning.questions.load import parse_system
from planning.questions.surges import assess_event

TEXT = """
title: Model
workload:
  users: USERS
  target: 1000
  peak_to_mean: 2
  activities: {ask: {interval: 100 s, enters: web}}
parts:
  web: {kind: service, processes: 100, cores: 4, calls: {llm: {ask: CALL}}}
  llm: {kind: model_server, MODEL}
events: [{name: all at once, surge: {users: 1000 users}}]
"""
# Qwen2.5-0.5B on an L4, https://ai.wmx.dev/benchmarks: 256 tokens in and 128 out, steps of 5.1 ms
# alone and 7.1 ms with 32; 679 ms alone and 1,082 ms among 32, of which 13 ms per further one.
STEP = (7.1 - 5.1) / 31
READ = (1082 - 679) / 31 - 128 * STEP
L4 = (
    f"input_tokens: 256, output_tokens: 128, prefill: {256 / READ * 1000:.6g} tokens/s,"
    f" token_time: 5.1 ms, shared_token_time: {STEP * 1000:.6g} µs"
)
MODEL = (
    "input_tokens: 1000, output_tokens: 300, prefill: 10000 tokens/s, token_time: 12 ms,"
    " shared_token_time: 100 µs"
)


def model(fields, call="1", users=1000):
    text = TEXT.replace("MODEL", fields).replace("CALL", call)
    return parse_system(text.replace("USERS", str(users)))


def load(result, name):
    return value_at(result.of(name).load)


def told(result, name):
    return value_at(next(each for each in result.traffic if each.name == name))


def answer(result):
    flow = result.scene.stations["llm"].flows()[0]
    return value_at(result.scene.answer_of(flow).time)


@pytest.mark.parametrize(
    ("places", "measured"), [(1, 1.3), (2, 2.9), (4, 5.4), (8, 10.2), (16, 17.8), (32, 29.5)]
)
def test_a_full_batch_serves_what_was_measured(places, measured):
    served = told(
        planning.assess(model(f"{L4}, places: {places}")), "requests that a full copy serves"
    )
    # The first row measured its warm-up along: 1.3/s is 770 ms for what took 679 ms.
    assert served == pytest.approx(measured, rel=0.2 if places == 1 else 0.08)


# Mistral-7B on an RTX 4090 with vLLM, 256 tokens in and up to 128 out, 100 on the mean (output
# tokens a second over requests a second): requests a second by those at the same time, and the
# median time to the first token. Two rows calibrate, three are predicted:
# https://mushfiqrahman.dev/benchmarking-mistral-7b-on-rtx-4090-vllm-concurrency-latency-and-capacity-planning/
RTX_4090 = {4: 2.09, 8: 3.78, 16: 6.44, 32: 9.73, 48: 11.87}
FIRST = 0.053  # with four at the same time


def rtx_4090(places):
    demand = (48 / RTX_4090[48] - 4 / RTX_4090[4]) / (48 - 4)
    alone = 4 / RTX_4090[4] - 3 * demand
    read = FIRST * alone / (alone + 3 * demand)  # as much slower as the whole request
    shared = max(demand - read, 0) / 100
    return (
        f"input_tokens: 256, output_tokens: 100, prefill: {256 / min(read, demand):.6g} tokens/s,"
        f" token_time: {(alone - min(read, demand)) * 10:.6g} ms,"
        f" shared_token_time: {shared * 1e6:.6g} µs, places: {places}"
    )


@pytest.mark.parametrize("places", RTX_4090)
def test_two_rows_of_a_vllm_sweep_predict_the_other_three(places):
    served = told(planning.assess(model(rtx_4090(places))), "requests that a full copy serves")
    assert served == pytest.approx(RTX_4090[places], rel=0.01)


def test_the_first_token_of_a_steady_load_is_sooner_than_of_a_sweep_in_step():
    # With 32 at the same time the sweep measured 277 ms: its requests begin together and read one
    # after the other. Requests that come on their own wait less, and that is what is computed.
    system = model(f"{rtx_4090(256)}, first_token: 1 s", users=973)
    first = load(planning.assess(system), "llm.ask_first_token")
    assert FIRST < first < 0.277


def test_requests_share_a_batch_and_slow_each_other():
    result = planning.assess(model(f"{MODEL}, places: 256", users=500))
    # 5/s of 130 ms demand take 65 % of the copy: 3.7 s alone become 3.7 / 0.35.
    assert answer(result) == pytest.approx(3.7 / 0.35)
    assert load(result, "llm.places") == pytest.approx(5 * 3.7 / 0.35)


def test_the_cache_holds_fewer_than_there_are_places_for():
    result = planning.assess(model(f"{MODEL}, cache_tokens: 26k tokens", users=100))
    assert value_at(result.of("llm.places").limit) == pytest.approx(20)
    assert load(result, "llm.kv_cache") == pytest.approx(1300 * 3.7 / 0.87)
    assert any("begin anew" in each.what for each in result.findings)


def test_an_edge_is_where_the_batch_is_full_and_copies_move_it():
    # A full batch of 64 serves 64 / (3.7 + 63 × 0.13) = 5.38/s: 538 users.
    edge = planning.capacity(model(f"{MODEL}, places: 64"))
    assert (edge.users, edge.binding.id) == (538, "llm.places")
    assert planning.capacity(model(f"{MODEL}, places: 64, copies: 3")).users == 1614


def test_the_first_token_waits_for_its_question_to_be_read_among_others():
    result = planning.assess(model(f"{MODEL}, places: 256, first_token: 200 ms", users=500))
    assert load(result, "llm.ask_first_token") == pytest.approx(0.1 / 0.35, rel=1e-3)
    assert result.verdict == "does not hold"


def test_a_call_may_say_its_own_tokens():
    result = planning.assess(
        model(f"{MODEL}, places: 256", "{count: 1, input_tokens: 4000, output_tokens: 100}", 100)
    )
    # 0.4 s to read and 1.2 s to write; 0.41 s of demand, once a second.
    assert answer(result) == pytest.approx(1.6 / 0.59)


def test_a_token_costs_what_the_gpus_cost_over_what_they_write():
    # A published example: 2.00 USD an hour, 10 million tokens an hour, 1,460 USD in 730 hours.
    # https://costhawk.ai/glossary/gpu-instance
    result = planning.assess(model(f"{MODEL}, hourly: $2/h"))
    assert value_at(result.monthly["llm GPUs"]) == pytest.approx(1460)
    written = 10 / 2 * 300 * 730 * 3600
    assert told(result, "price of a token written") == pytest.approx(1460 / written)


def test_a_crowd_is_served_batch_by_batch_and_gives_up_after_the_limit():
    system = model(f"{MODEL}, places: 64, wait_limit: 60 s", users=0)
    event = assess_event(system, system.events[0])
    carried = 64 / (3.7 + 63 * 0.13)
    assert value_at(event.number("llm.places", "served")) == pytest.approx(64 + carried * 60)
    assert event.verdict.name == "CRASH"


@pytest.mark.parametrize(("users", "copies"), [(1, 1), (16, 1), (64, 1), (64, 2)])
def test_clients_who_wait_for_their_answer_share_the_batch_with_all_others(users, copies):
    text = TEXT.replace("interval: 100 s, enters: web", "think_time: 0 s, enters: llm")
    text = text.replace(
        "  web: {kind: service, processes: 100, cores: 4, calls: {llm: {ask: CALL}}}\n", ""
    )
    text = text.replace("MODEL", f"{MODEL}, places: 64, copies: {copies}")
    result = planning.assess(parse_system(text.replace("USERS", str(users))))
    each = users / copies
    expected = users / (3.7 + (each - 1) * 0.13)
    assert value_at(result.requests["ask"]) == pytest.approx(expected)
    # Nobody waits for a place as long as there is one for each.
    assert load(result, "llm.places") <= 64 * copies * (1 + 1e-9)


def test_two_kinds_of_clients_share_what_a_full_batch_serves():
    text = TEXT.replace(
        "{ask: {interval: 100 s, enters: web}}",
        "{ask: {think_time: 0 s, enters: llm}, say: {think_time: 0 s, enters: llm}}",
    ).replace("  web: {kind: service, processes: 100, cores: 4, calls: {llm: {ask: CALL}}}\n", "")
    text = text.replace("MODEL", f"{MODEL}, places: 64").replace("USERS", "500")
    result = planning.assess(parse_system(text))
    served = sum(value_at(each) for each in result.requests.values())
    assert served == pytest.approx(64 / (3.7 + 63 * 0.13), rel=0.01)


def test_nobody_asking_is_no_error():
    assert load(planning.assess(model(MODEL), 0), "llm.places") == 0


def test_gpus_without_a_price_are_told_and_free_ones_are_not():
    for more, said in (("", True), (", hourly: $0/h", False), (", hourly: $2.50/h", False)):
        found = planning.assess(model(MODEL + more)).findings
        assert any("its GPUs have no price" in each.what for each in found) is said


def test_a_request_that_has_no_room_is_found():
    found = planning.assess(model(f"{MODEL}, cache_tokens: 1k tokens")).findings
    assert any("cannot be served" in each.what for each in found)
