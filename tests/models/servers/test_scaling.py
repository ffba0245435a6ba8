"""The Universal Scalability Law: its limits, other laws it contains, and fits of known curves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.models.networks.closed_networks import closed_network
from planning.models.servers import scaling

contentions = st.floats(0, 1)
coherencies = st.floats(1e-9, 2)
processes = st.floats(1, 1e6)
PODS = ([1, 2, 4, 8, 12, 16], [60, 120, 220, 400, 440, 490])
Z_LIMIT = 4.0  # two-sided chance of a false alarm per comparison: 6e-5; the seeds are fixed


@given(contention=contentions, coherency=coherencies)
def test_one_process_does_what_one_does(contention, coherency):
    assert scaling.usl_throughput(1, 250, contention, coherency) == pytest.approx(250)
    assert scaling.usl_speedup(1, contention, coherency) == pytest.approx(1)


@given(number=processes)
def test_without_contention_and_coherency_the_line_is_straight(number):
    assert scaling.usl_speedup(number, 0, 0) == pytest.approx(number)


@given(number=processes, contention=contentions)
def test_without_coherency_it_is_amdahls_law(number, contention):
    serial, parallel = contention, 1 - contention
    assert scaling.usl_speedup(number, contention, 0) == pytest.approx(
        1 / (serial + parallel / number)
    )


@given(number=processes, contention=contentions, coherency=st.floats(0, 2))
def test_speed_up_is_at_most_the_processes_and_amdahls_limit(number, contention, coherency):
    speedup = scaling.usl_speedup(number, contention, coherency)
    assert 0 < speedup <= number * (1 + 1e-12)
    assert speedup <= scaling.usl_limit(contention) * (1 + 1e-12)


def test_amdahls_limit_is_approached_with_ever_more_processes():
    assert scaling.usl_speedup(1e12, 0.05, 0) == pytest.approx(float(scaling.usl_limit(0.05)))


def test_without_contention_there_is_no_limit_and_without_coherency_no_peak():
    assert scaling.usl_limit([0, 0.5, 1]).tolist() == [np.inf, 2, 1]
    assert scaling.usl_peak([0, 0.5, 1], 0).tolist() == [np.inf] * 3


@given(contention=contentions, coherency=coherencies)
def test_throughput_falls_on_both_sides_of_the_peak(contention, coherency):
    peak = float(scaling.usl_peak(contention, coherency))
    highest = scaling.usl_speedup(peak, contention, coherency)
    assert scaling.usl_speedup(peak * 1.1, contention, coherency) < highest
    assert peak == 1 or scaling.usl_speedup(max(peak / 1.1, 1), contention, coherency) < highest


def test_where_agreeing_costs_more_than_is_shared_one_process_is_best():
    assert scaling.usl_peak([0.5, 1, 0], [0.6, 0.1, 1]).tolist() == [1, 1, 1]
    assert scaling.usl_speedup(2, 0.5, 0.6) < 1


def test_identity_contention_is_a_repairman_whose_customers_all_come_at_once():
    # Gunther: with demand S and think time Z, contention S / (S + Z) is the synchronous bound.
    number, demand, think = np.arange(1, 60), 0.05, 1.0
    synchronous = number / (think + number * demand)
    law = scaling.usl_throughput(number, 1 / (think + demand), demand / (think + demand), 0)
    np.testing.assert_allclose(law, synchronous, rtol=1e-12)
    exact = closed_network(number, 1, [demand], think_time=think).throughput
    assert np.all(law <= exact * (1 + 1e-12))


def test_a_fit_of_points_on_the_curve_is_the_curve():
    number = np.array([2, 3, 5, 9, 17, 33])  # one process need not be measured
    fit = scaling.fit_usl(number, scaling.usl_throughput(number, 80, 0.04, 0.002))
    assert fit.rate_one == pytest.approx(80)
    assert fit.contention == pytest.approx(0.04)
    assert fit.coherency == pytest.approx(0.002)
    assert fit.coherency_interval == pytest.approx((0.002, 0.002))
    assert fit.on_bound == ()
    assert fit.peak == pytest.approx((0.96 / 0.002) ** 0.5)
    assert not fit.peak_beyond_data


def test_estimates_and_intervals_agree_with_simulated_measurements():
    rng = np.random.default_rng(2007)
    number = np.repeat([1, 2, 4, 8, 16, 24, 32, 48], 2)
    truth = {"rate_one": 100.0, "contention": 0.05, "coherency": 0.001}
    curve = scaling.usl_throughput(number, *truth.values())
    fits = [scaling.fit_usl(number, curve + rng.normal(0, 5, number.size)) for _ in range(400)]
    for name, value in truth.items():
        estimates = np.array([getattr(fit, name) for fit in fits])
        error = (estimates.mean() - value) / (estimates.std(ddof=1) / np.sqrt(len(fits)))
        assert abs(error) < Z_LIMIT, name
        held = [getattr(fit, f"{name}_interval") for fit in fits]
        covered = np.mean([low <= value <= high for low, high in held])
        assert abs(covered - 0.9) / np.sqrt(0.9 * 0.1 / len(fits)) < Z_LIMIT, name


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.7, 1.4), min_size=8, max_size=8), contentions, st.floats(0, 0.1))
def test_no_curve_of_a_grid_fits_better(noise, contention, coherency):
    number = np.array([1, 2, 4, 8, 16, 24, 32, 48.0])
    measured = scaling.usl_throughput(number, 100, contention, coherency) * noise
    fit = scaling.fit_usl(number, measured)
    reached = scaling.usl_throughput(number, fit.rate_one, fit.contention, fit.coherency)
    shape = scaling.usl_speedup(
        number, np.linspace(0, 1, 41)[:, None, None], np.r_[0, np.geomspace(1e-6, 1, 60)][:, None]
    )
    rate = np.sum(shape * measured, axis=-1) / np.sum(shape**2, axis=-1)
    grid = np.sum((measured - rate[..., None] * shape) ** 2, axis=-1)
    assert np.sum((measured - reached) ** 2) <= grid.min() * (1 + 1e-9) + 1e-9 * np.sum(measured**2)


def test_published_standard_errors_of_pods_give_the_intervals():
    # smoeding/usl issue 7: standard errors .030875 and .001327, with 3 degrees of freedom.
    fit = scaling.fit_usl(*PODS)
    student = 2.353363
    assert fit.contention_interval == pytest.approx((0, 0.012318 + student * 0.030875), rel=1e-3)
    expected = (0.003549 - student * 0.001327, 0.003549 + student * 0.001327)
    assert fit.coherency_interval == pytest.approx(expected, rel=2e-3)


def test_a_peak_past_the_last_measurement_is_flagged():
    fit = scaling.fit_usl(*PODS)
    assert fit.peak == pytest.approx(16.68, abs=0.006)
    assert fit.peak_beyond_data
    assert scaling.fit_usl([*PODS[0], 20], [*PODS[1], 475]).peak_beyond_data is False


def test_a_fit_read_past_its_data_warns_and_within_it_does_not():
    fit = scaling.fit_usl(*PODS)
    parameters = fit.rate_one, fit.contention, fit.coherency
    inside = fit.throughput(PODS[0])  # a warning would be an error here
    assert inside.tolist() == scaling.usl_throughput(PODS[0], *parameters).tolist()
    most = fit.measured[1]
    with pytest.warns(UserWarning, match=f"measured were .* to {most:g} processes; .* is a guess"):
        fit.throughput([1, most + 1])


def test_a_peak_before_the_first_measurement_is_flagged():
    number = np.array([20, 25, 30, 40, 50])
    fit = scaling.fit_usl(number, scaling.usl_throughput(number, 100, 0.1, 0.01))
    assert fit.peak == pytest.approx(90**0.5)
    assert fit.peak_beyond_data


def test_growth_without_end_lies_on_both_bounds():
    fit = scaling.fit_usl([1, 2, 4, 8], [10, 21, 44, 95])
    assert (fit.contention, fit.coherency) == (0, 0)
    assert fit.on_bound == ("contention", "coherency")
    assert fit.peak == fit.peak_throughput == np.inf
    assert fit.peak_beyond_data


def test_a_parameter_on_its_bound_is_named_and_the_far_end_of_its_interval_kept():
    rates = [100, 181, 310, 470, 640, 780]  # Amdahl with 0.1 and a last point a little high
    fit = scaling.fit_usl([1, 2, 4, 8, 16, 32], rates)
    assert fit.coherency == 0
    assert fit.on_bound == ("coherency",)
    assert fit.coherency_interval[0] == 0 < fit.coherency_interval[1]
    assert fit.peak_throughput == pytest.approx(fit.rate_one / fit.contention)


def test_throughput_that_processes_do_not_change_is_all_contention():
    fit = scaling.fit_usl([1, 2, 4, 8], [50, 50, 50, 50])
    assert fit.contention == pytest.approx(1)
    assert fit.on_bound == ("contention", "coherency")
    assert fit.peak_throughput == pytest.approx(50)


def test_the_unit_and_order_of_measurements_do_not_matter():
    number, rate = (np.array(values, dtype=float) for values in PODS)
    fit, other = scaling.fit_usl(number, rate), scaling.fit_usl(number[::-1], rate[::-1] * 1e6)
    assert other.rate_one == pytest.approx(fit.rate_one * 1e6)
    assert other.contention == pytest.approx(fit.contention)
    assert other.coherency_interval == pytest.approx(fit.coherency_interval)


@pytest.mark.parametrize(
    ("number", "rate", "message"),
    [
        ([1, 2, 4], [1, 2, 3], r"processes\(=3 measurements at 3 numbers\)"),
        ([1, 2, 1, 2, 1], [1, 2, 1, 2, 1], r"at 3 different numbers"),
        ([1, 2, 4, 8], [1, 2, 3], r"throughput\(shape=\(3,\)\) must be lists"),
        ([[1, 2], [4, 8]], [[1, 2], [3, 4]], r"processes\(shape=\(2, 2\)\)"),
        ([0, 1, 2, 4], [1, 2, 3, 4], r"processes\(=0\) must be at least 1"),
        ([1, 2, 4, 8], [1, 0, 3, 4], r"throughput\(=0\) must be above 0"),
        ([1, 2, 4, np.inf], [1, 2, 3, 4], r"processes\(=inf\) must be finite"),
        ([8, 16, 32, 64], [100, 25, 6, 1.5], r"processes\(=8 or more\) must reach lower"),
    ],
)
def test_measurements_that_cannot_be_fitted_are_refused(number, rate, message):
    with pytest.raises(ValueError, match=message):
        scaling.fit_usl(number, rate)


def test_a_search_without_end_raises(monkeypatch):
    def gives_up(*_, **__):
        raise RuntimeError("Optimal parameters not found")

    monkeypatch.setattr("scipy.optimize.curve_fit", gives_up)
    with pytest.raises(ArithmeticError, match="fit_usl did not converge"):
        scaling.fit_usl(*PODS)


def test_endless_processes_are_refused():
    with pytest.raises(ValueError, match=r"processes\(=inf\) must be finite"):
        scaling.usl_throughput(np.inf, 1, 0, 0)
