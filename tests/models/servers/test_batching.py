"""Batches: measured sweeps predicted from two of their rows, and requests played one by one."""

from __future__ import annotations

import numpy as np
import pytest

from planning.models.servers import batching

# Requests at once and time of each, in ms: Qwen2.5-0.5B on an L4, 256 tokens in, 128 out.
# https://ai.wmx.dev/benchmarks
L4 = {1: 679, 2: 698, 4: 722, 8: 772, 16: 880, 32: 1082}
# Requests at once and requests per second: Mistral-7B on an RTX 4090, 256 in, up to 128 out.
# https://mushfiqrahman.dev/?p=1668
RTX_4090 = {4: 2.09, 8: 3.78, 16: 6.44, 32: 9.73, 48: 11.87}


def line(few, few_time, many, many_time):
    """Alone and demand from two measured points."""
    demand = (many_time - few_time) / (many - few)
    return few_time - (few - 1) * demand, demand


def test_a_sweep_on_an_l4_follows_from_its_first_and_last_row():
    alone, demand = line(1, L4[1], 32, L4[32])
    for requests in (2, 4, 8, 16):
        time = requests / float(batching.batch_throughput(requests, alone, demand))
        assert time == pytest.approx(L4[requests], rel=0.01)


def test_a_sweep_on_an_rtx_4090_follows_from_its_first_and_last_row():
    alone, demand = line(4, 4 / RTX_4090[4], 48, 48 / RTX_4090[48])
    for requests in (8, 16, 32):
        predicted = float(batching.batch_throughput(requests, alone, demand))
        assert predicted == pytest.approx(RTX_4090[requests], rel=0.01)


def test_requests_that_come_at_random_stay_as_long_as_the_formula_says():
    # Number there by the balance of a birth-death process, summed up to where nothing is left.
    alone, demand, rate = 0.5, 0.01, 60.0
    number = np.arange(1, 2000)
    steps = np.log(rate * (alone + (number - 1) * demand) / number)
    weights = np.exp(np.concatenate([[0.0], np.cumsum(steps)]))
    mean = float((np.arange(2000) * weights).sum() / weights.sum())
    said = float(batching.batch_time(alone, demand, rate * demand, 10_000))
    assert said == pytest.approx(mean / rate, rel=1e-9)


def test_a_full_batch_is_no_slower_than_full():
    assert batching.batch_time(0.5, 0.01, [0.999, 1.0, 50.0], 11).tolist() == [0.6, 0.6, 0.6]


def test_without_load_a_request_is_alone():
    assert batching.batch_time(0.5, 0.01, 0.0, 11) == 0.5
    assert batching.batch_throughput(1, 0.5, 0.01) == 2.0


def test_no_place_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        batching.batch_time(0.5, 0.01, 0.5, 0)


@pytest.mark.parametrize(("users", "elsewhere"), [(1, 2.0), (8, 2.0), (64, 0.5), (64, 20.0)])
def test_clients_who_wait_are_near_the_exact_closed_network(users, elsewhere):
    # The number in the batch is a birth-death process: (N - n) / Z come, n / time(n) leave.
    alone, demand = 3.6, 0.1
    number = np.arange(1, users + 1)
    come = (users - number + 1) / elsewhere
    leave = number / (alone + (number - 1) * demand)
    weights = np.exp(np.concatenate([[0.0], np.cumsum(np.log(come / leave))]))
    exact = float((weights[1:] * leave).sum() / weights.sum())
    said = float(batching.closed_batches(users, elsewhere, alone, demand, 1, 1e9))
    assert said == pytest.approx(exact, rel=0.02)


def test_clients_who_never_think_fill_batches_as_large_as_they_are_many():
    served = batching.closed_batches([32, 96], 0, 3.6, 0.1, [1, 3], 1e9)
    one = float(batching.batch_throughput(32, 3.6, 0.1))
    assert served.tolist() == pytest.approx([one, 3 * one])
    assert float(batching.closed_batches(1000, 0, 3.6, 0.1, 1, capacity=5.0)) == 5.0


def test_a_sweep_on_an_mi300x_follows_from_its_two_lowest_rows():
    # Clients and tokens per second of gpt-oss-120b, 1,024 in and out, and its median steps.
    # https://github.com/SemiAnalysisAI/InferenceX/pull/1053
    alone, demand = line(64, 1.024 * 31.4, 96, 1.024 * 36.6)
    for clients, tokens in {64: 2008, 96: 2561, 128: 2990, 256: 4271}.items():
        rate = float(batching.closed_batches(clients, 0, alone, demand, 1, 1e9))
        assert rate * 1024 == pytest.approx(tokens, rel=0.05)
