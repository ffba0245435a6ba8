"""Fits of the Universal Scalability Law: known curves, and rows that were not fitted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.models.servers import scaling, scaling_fit

contentions = st.floats(0, 1)
PODS = ([1, 2, 4, 8, 12, 16], [60, 120, 220, 400, 440, 490])
Z_LIMIT = 4.0  # two-sided chance of a false alarm per comparison: 6e-5; the seeds are fixed


def test_a_fit_of_points_on_the_curve_is_the_curve():
    number = np.array([2, 3, 5, 9, 17, 33])  # one process need not be measured
    fit = scaling_fit.fit_usl(number, scaling.usl_throughput(number, 80, 0.04, 0.002))
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
    fits = [scaling_fit.fit_usl(number, curve + rng.normal(0, 5, number.size)) for _ in range(400)]
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
    fit = scaling_fit.fit_usl(number, measured)
    reached = scaling.usl_throughput(number, fit.rate_one, fit.contention, fit.coherency)
    shape = scaling.usl_speedup(
        number, np.linspace(0, 1, 41)[:, None, None], np.r_[0, np.geomspace(1e-6, 1, 60)][:, None]
    )
    rate = np.sum(shape * measured, axis=-1) / np.sum(shape**2, axis=-1)
    grid = np.sum((measured - rate[..., None] * shape) ** 2, axis=-1)
    assert np.sum((measured - reached) ** 2) <= grid.min() * (1 + 1e-9) + 1e-9 * np.sum(measured**2)


def test_published_standard_errors_of_pods_give_the_intervals():
    # smoeding/usl issue 7: standard errors .030875 and .001327, with 3 degrees of freedom.
    fit = scaling_fit.fit_usl(*PODS)
    student = 2.353363
    assert fit.contention_interval == pytest.approx((0, 0.012318 + student * 0.030875), rel=1e-3)
    expected = (0.003549 - student * 0.001327, 0.003549 + student * 0.001327)
    assert fit.coherency_interval == pytest.approx(expected, rel=2e-3)


def test_a_peak_past_the_last_measurement_is_flagged():
    fit = scaling_fit.fit_usl(*PODS)
    assert fit.peak == pytest.approx(16.68, abs=0.006)
    assert fit.peak_beyond_data
    assert scaling_fit.fit_usl([*PODS[0], 20], [*PODS[1], 475]).peak_beyond_data is False


def test_a_fit_read_past_its_data_warns_and_within_it_does_not():
    fit = scaling_fit.fit_usl(*PODS)
    parameters = fit.rate_one, fit.contention, fit.coherency
    inside = fit.throughput(PODS[0])  # a warning would be an error here
    assert inside.tolist() == scaling.usl_throughput(PODS[0], *parameters).tolist()
    most = fit.measured[1]
    with pytest.warns(UserWarning, match=f"measured were .* to {most:g} processes; .* is a guess"):
        fit.throughput([1, most + 1])


def test_a_law_from_the_lowest_rows_of_postgresql_says_where_it_was_not_measured():
    # Haas (2011), PostgreSQL 9.1, read-only pgbench [1/s] by clients, as in Gunther (2012),
    # PostgreSQL Scalability Analysis Deconstructed.
    clients = np.array([1, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44])
    rates = 1e3 * np.array(
        [4.373, 15.583, 27.354, 37.502, 45.365, 46.927, 42.854, 39.836, 38.863, 38.303, 37.881,
         37.647]
    )  # fmt: skip
    fit = scaling_fit.fit_usl(clients[:4], rates[:4])
    beyond = fit.beyond_data(clients)
    assert beyond.tolist() == [False] * 4 + [True] * 8
    with pytest.warns(UserWarning, match="measured were 1 to 12 processes"):
        errors = fit.throughput(clients) / rates - 1
    assert np.max(np.abs(errors[:5])) < 0.03  # a little past the data it holds
    assert np.all(errors[6:] > 0.35)
    assert errors[-1] > 1
    assert fit.peak_beyond_data


def test_a_peak_before_the_first_measurement_is_flagged():
    number = np.array([20, 25, 30, 40, 50])
    fit = scaling_fit.fit_usl(number, scaling.usl_throughput(number, 100, 0.1, 0.01))
    assert fit.peak == pytest.approx(90**0.5)
    assert fit.peak_beyond_data


def test_growth_without_end_lies_on_both_bounds():
    fit = scaling_fit.fit_usl([1, 2, 4, 8], [10, 21, 44, 95])
    assert (fit.contention, fit.coherency) == (0, 0)
    assert fit.on_bound == ("contention", "coherency")
    assert fit.peak == fit.peak_throughput == np.inf
    assert fit.peak_beyond_data


def test_a_parameter_on_its_bound_is_named_and_the_far_end_of_its_interval_kept():
    rates = [100, 181, 310, 470, 640, 780]  # Amdahl with 0.1 and a last point a little high
    fit = scaling_fit.fit_usl([1, 2, 4, 8, 16, 32], rates)
    assert fit.coherency == 0
    assert fit.on_bound == ("coherency",)
    assert fit.coherency_interval[0] == 0 < fit.coherency_interval[1]
    assert fit.peak_throughput == pytest.approx(fit.rate_one / fit.contention)


def test_throughput_that_processes_do_not_change_is_all_contention():
    fit = scaling_fit.fit_usl([1, 2, 4, 8], [50, 50, 50, 50])
    assert fit.contention == pytest.approx(1)
    assert fit.on_bound == ("contention", "coherency")
    assert fit.peak_throughput == pytest.approx(50)


def test_the_unit_and_order_of_measurements_do_not_matter():
    number, rate = (np.array(values, dtype=float) for values in PODS)
    fit, other = (
        scaling_fit.fit_usl(number, rate),
        scaling_fit.fit_usl(number[::-1], rate[::-1] * 1e6),
    )
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
        scaling_fit.fit_usl(number, rate)


def test_a_search_without_end_raises(monkeypatch):
    def gives_up(*_, **__):
        raise RuntimeError("Optimal parameters not found")

    monkeypatch.setattr("scipy.optimize.curve_fit", gives_up)
    with pytest.raises(ArithmeticError, match="fit_usl did not converge"):
        scaling_fit.fit_usl(*PODS)


def test_endless_processes_are_refused():
    with pytest.raises(ValueError, match=r"processes\(=inf\) must be finite"):
        scaling.usl_throughput(np.inf, 1, 0, 0)
