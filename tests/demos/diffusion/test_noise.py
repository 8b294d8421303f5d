"""Schedules: the papers' closed forms, and the arrays of diffusers."""

import numpy as np
import pytest
from diffusers import DDIMScheduler, DDPMScheduler, FlowMatchEulerDiscreteScheduler

from demos.diffusion.noise import SCHEDULES, cosine_schedule, flow_schedule, linear_schedule


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("num_timesteps", [1, 10, 1000])
def test_runs_from_data_towards_noise(name, num_timesteps):
    schedule = SCHEDULES[name](num_timesteps)
    assert schedule.name == name
    assert schedule.num_timesteps == num_timesteps
    assert schedule.alpha.dtype == schedule.sigma.dtype == np.float64
    assert (schedule.alpha[0], schedule.sigma[0]) == (1, 0)
    assert (np.diff(schedule.alpha) < 0).all()
    assert (np.diff(schedule.sigma) > 0).all()


@pytest.mark.parametrize("name", ["linear", "cosine"])
def test_variance_is_preserved(name):
    schedule = SCHEDULES[name]()
    np.testing.assert_allclose(schedule.alpha**2 + schedule.sigma**2, 1, rtol=1e-15)


def test_flow_path_is_straight():
    schedule = flow_schedule(4)
    np.testing.assert_array_equal(schedule.alpha, [1, 0.75, 0.5, 0.25, 0])
    np.testing.assert_array_equal(schedule.sigma, [0, 0.25, 0.5, 0.75, 1])


def test_linear_closed_forms():
    schedule = linear_schedule()
    alpha_bar = schedule.alpha**2
    assert int(np.argmax(alpha_bar < 0.5)) == 260
    assert schedule.alpha[-1] == pytest.approx(0.00635, abs=5e-6)
    assert np.exp(schedule.log_snr[-1]) == pytest.approx(4.04e-5, abs=5e-8)


def test_hundred_steps_with_the_betas_of_a_thousand_are_not_noise():
    schedule = linear_schedule(100)
    assert schedule.alpha[-1] ** 2 == pytest.approx(0.364, abs=5e-4)
    assert schedule.alpha[-1] == pytest.approx(0.603, abs=5e-4)


def test_log_snr_is_not_halved_and_infinite_at_the_ends():
    schedule = flow_schedule(4)
    np.testing.assert_allclose(schedule.log_snr[1:4], 2 * np.log([3, 1, 1 / 3]), atol=1e-15)
    assert schedule.log_snr[0] == np.inf
    assert schedule.log_snr[-1] == -np.inf


@pytest.mark.parametrize("num_timesteps", [100, 1000])
@pytest.mark.parametrize(("ours", "theirs"), [(linear_schedule, "linear"), (cosine_schedule, "squaredcos_cap_v2")])
def test_equals_diffusers(ours, theirs, num_timesteps):
    expected = DDPMScheduler(num_timesteps, beta_schedule=theirs).alphas_cumprod.double().numpy()
    schedule = ours(num_timesteps)
    # diffusers works in float32: a thousand factors, each off by up to 6e-8
    np.testing.assert_allclose(schedule.alpha[1:] ** 2, expected, rtol=1e-3, atol=1e-7)


def test_flow_equals_diffusers():
    expected = FlowMatchEulerDiscreteScheduler(1000).sigmas.double().numpy()
    np.testing.assert_allclose(flow_schedule().sigma[:0:-1], expected, atol=1e-7)


@pytest.mark.parametrize("num_steps", [10, 50, 1000])
def test_timesteps_are_the_trailing_ones_of_diffusers(num_steps):
    theirs = DDIMScheduler(1000, timestep_spacing="trailing")
    theirs.set_timesteps(num_steps)
    np.testing.assert_array_equal(linear_schedule().timesteps(num_steps)[:-1], theirs.timesteps.numpy() + 1)


@pytest.mark.parametrize("num_steps", [1, 7, 999, 1000])
def test_timesteps_touch_both_ends_and_never_repeat(num_steps):
    timesteps = linear_schedule().timesteps(num_steps)
    assert (timesteps[0], timesteps[-1], len(timesteps)) == (1000, 0, num_steps + 1)
    assert (np.diff(timesteps) < 0).all()


@pytest.mark.parametrize("num_steps", [0, -1, 1001])
def test_impossible_numbers_of_steps_are_refused(num_steps):
    with pytest.raises(ValueError, match="between 1 and 1000"):
        linear_schedule().timesteps(num_steps)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_up_to_k_is_its_beginning_and_samplers_start_at_k(name):
    whole = SCHEDULES[name]()
    part = whole.up_to(600)
    assert part.num_timesteps == 600
    np.testing.assert_array_equal(part.alpha, whole.alpha[:601])
    np.testing.assert_array_equal(part.sigma, whole.sigma[:601])
    assert part.timesteps(12)[[0, -1]].tolist() == [600, 0]


def _logit(schedule, k):
    return np.log(schedule.sigma[k] / schedule.alpha[k])


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("num_steps", [4, 12, 20])
def test_the_logit_grid_calls_at_the_start_then_evenly_from_3_5_to_minus_3_5(name, num_steps):
    schedule = SCHEDULES[name]()
    timesteps = schedule.timesteps(num_steps, "logit")
    assert (timesteps[0], timesteps[-1], len(timesteps)) == (1000, 0, num_steps + 1)
    expected = np.linspace(3.5, -3.5, num_steps - 1)
    neighbours = _logit(schedule, timesteps[1:-1] + 1) - _logit(schedule, timesteps[1:-1] - 1)
    assert (np.abs(_logit(schedule, timesteps[1:-1]) - expected) < neighbours / 2).all()


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("num_timesteps", [10, 1000])
def test_the_logit_grid_never_repeats(name, num_timesteps):
    schedule = SCHEDULES[name](num_timesteps)
    for num_steps in (1, 2, 3, 8, num_timesteps - 1, num_timesteps):
        timesteps = schedule.timesteps(num_steps, "logit")
        assert (timesteps[0], timesteps[-1], len(timesteps)) == (num_timesteps, 0, num_steps + 1)
        assert (np.diff(timesteps) < 0).all()


def test_the_logit_grid_begins_where_the_schedule_does():
    part = flow_schedule().up_to(600)
    timesteps = part.timesteps(8, "logit")
    np.testing.assert_allclose(_logit(part, timesteps[:-1]), np.linspace(np.log(1.5), -3.5, 8), atol=0.02)


def test_an_unknown_grid_is_told_with_the_known_ones():
    with pytest.raises(ValueError, match="unknown time grid 'karras'; known: uniform, logit"):
        flow_schedule().timesteps(10, "karras")
