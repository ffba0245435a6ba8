"""Every published or independently computed number in ``reference_values.csv``."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest

from planning.models.networks import closed_networks, multiclass, small_multiclass
from planning.models.queueing import erlang, finite, general
from planning.models.queueing import staffing as inverse
from planning.models.queueing import waiting as queueing
from planning.models.servers import scaling, scaling_fit

with (Path(__file__).parent / "reference_values.csv").open(newline="", encoding="utf-8") as file:
    ROWS = list(csv.DictReader(file))


def _mmc(lam, mu, c):
    wait = queueing.mean_wait(lam, 1 / mu, c)
    return {"Lq": lam * wait, "W": wait + 1 / mu}


def _mmck(lam, mu, c, K):
    full = finite.mmck(lam, 1 / mu, c, K)
    return {
        "p0": full.idle_probability,
        "pK": full.blocking_probability,
        "W": full.response_time,
        "L": full.mean_in_system,
    }


def _letters(network):
    return {
        "U": network.station_utilisation,
        "X": network.station_throughput,
        "Q": network.station_queue_length,
        "R": network.station_response_time,
    }


def _mva_closed(N, V, S, Z=0, servers=1):
    servers = np.asarray(servers, dtype=float)
    return _letters(closed_networks.closed_network(N, V, S, servers, think_time=Z))


def _open(lam, V, S):
    rate, time = lam * np.asarray(V), np.asarray(S)  # Jackson: each station is M/M/1
    response = queueing.mean_wait(rate, time, 1) + time
    return {"U": queueing.overload(rate, time, 1).utilisation, "X": rate, "Q": rate * response}


def _amva_closed(N, D, Z, algorithm):
    network = multiclass.schweitzer_network([N], 1, [D], think_time=[Z])
    return {
        "X": network.throughput[0],
        "R": network.response_time[0],
        "Q": network.station_queue_length[0],
    }


def _mva_multiclass(N, D, Z):
    network = small_multiclass.exact_multiclass_network(N, 1, D, think_time=Z)
    return {"X": network.throughput, "R": network.response_time}


def _constant(c, rho, D):
    return {"Wq": general.mean_wait_constant_service(rho * c / D, D, c)}


def _usl_formula(alpha, beta):
    return {"peak_N": scaling.usl_peak(alpha, beta), "optimal_N": scaling.usl_limit(alpha)}


def _usl_fit(N, X):
    fit = scaling_fit.fit_usl(N, X)
    parameters = (fit.rate_one, fit.contention, fit.coherency)
    return {
        "alpha": fit.contention,
        "sigma(alpha)": fit.contention,
        "beta": fit.coherency,
        "kappa(beta)": fit.coherency,
        "gamma": fit.rate_one,
        "lambda(gamma)": fit.rate_one,
        "peak_N": fit.peak,
        "peak_X": fit.peak_throughput,
        "N_max_floor": np.floor(fit.peak),
        "X_max": scaling.usl_throughput(np.floor(fit.peak), *parameters),
        "X(20)": scaling.usl_throughput(20, *parameters),
    }


MODELS = {
    "erlang_b": lambda servers, offered: {
        "ln_blocking": erlang.log_erlang_b(offered, servers),
        "blocking": erlang.erlang_b(offered, servers),
    },
    "erlang_c": lambda servers, offered: {
        "ln_prob_wait": erlang.log_wait_probability(offered, servers),
        "prob_wait": erlang.wait_probability(offered, servers),
    },
    "erlang_b_inverse": lambda servers, blocking: {
        "offered_erlangs": inverse.offered_load_for_blocking(servers, blocking)
    },
    "erlang_b_extended_retry": lambda servers, blocking, retry_fraction: {
        # Of all attempts this share are no retries.
        "first_attempt_erlangs": inverse.offered_load_for_blocking(servers, blocking)
        * (1 - retry_fraction * blocking)
    },
    "mmc": _mmc,
    "mmck": _mmck,
    "open_qn": _open,
    "mva_closed": _mva_closed,
    "mva_closed_multiserver": _mva_closed,
    "amva_closed": _amva_closed,
    "mva_multiclass": _mva_multiclass,
    "md1": _constant,
    "mdc": _constant,
    "mg1": lambda lam, ES, cs2: {"Wq": general.mean_wait_single_server(lam, ES, cs2)},
    "mmc_timeout": lambda lam, mu, c, timeout: {
        "P_timeout": finite.wait_limited(lam, 1 / mu, c, timeout).failed_share
    },
    "usl_fit": _usl_fit,
    "usl_formula": _usl_formula,
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['model']}-{row['quantity']}")
def test_reference_value(row):
    letter, place = re.fullmatch(r"([\w()]+)(?:\[(\d+)\])?", row["quantity"]).groups()
    computed = MODELS[row["model"]](**json.loads(row["inputs"]))[letter]
    computed = float(computed if place is None else computed[int(place)])
    assert computed == pytest.approx(float(row["value"]), abs=float(row["tolerance"]), rel=0)


def test_no_reference_row_is_lost():
    assert len(ROWS) == 67
    assert {row["model"] for row in ROWS} == set(MODELS)
