"""The solvers of second order: diffusers in float64, exact solutions, and how the error falls with the steps."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from diffusers import FlowMatchHeunDiscreteScheduler
from diffusers.schedulers import scheduling_dpmsolver_multistep, scheduling_flow_match_heun_discrete
from scipy.optimize import brentq
from scipy.stats import norm

from demos.diffusion.noise import SCHEDULES, NoiseSchedule, cosine_schedule, flow_schedule, linear_schedule
from demos.diffusion.samplers import ddim, dpm_solver_2m, heun, run
from tests.demos.diffusion.test_samplers import SHAPE, denoise, float64, gaussian_denoise, sign_denoise

MEAN, STD = -0.43, 0.7  # of the pixels of Fashion-MNIST, roughly


def toy_denoise(x, alpha, sigma):
    """E[x0 | x_t] for data from N(MEAN, STD^2), whose exact solution takes the noise z to MEAN + STD z."""
    return MEAN + alpha * STD**2 / (alpha**2 * STD**2 + sigma**2) * (x - alpha * MEAN)


def error(states, start):
    """Root mean square distance to where `toy_denoise` must lead."""
    return (run(states).x - (MEAN + STD * start)).square().mean().sqrt().item()


# of the way diffusers asks torch for arrays
arrays_of_diffusers = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture
def in_float64(monkeypatch):
    """The diffusers schedulers write float32 where they mean "precise": here it is read as float64."""
    for module in (scheduling_dpmsolver_multistep, scheduling_flow_match_heun_discrete):
        monkeypatch.setattr(module, "torch", SimpleNamespace(**{**vars(torch), "float32": torch.float64}))


def _visited(sigmas, *, flow):
    """The schedule whose timesteps are the levels that a scheduler visits; its own ratio is sigma / alpha, or u."""
    sigmas = sigmas.double().numpy()[::-1]
    alpha = 1 - sigmas if flow else 1 / np.sqrt(1 + sigmas**2)
    return NoiseSchedule("theirs", alpha, sigmas if flow else sigmas * alpha)


GRIDS = {
    "trailing": {"timestep_spacing": "trailing"},
    "linspace": {"timestep_spacing": "linspace"},
    "leading": {"timestep_spacing": "leading"},
    "karras": {"use_karras_sigmas": True},
    "lu": {"use_lu_lambdas": True},
    "exponential": {"use_exponential_sigmas": True},
    "flow": {"use_flow_sigmas": True, "flow_shift": 3.0},
}


@arrays_of_diffusers
@pytest.mark.parametrize("grid", GRIDS)
@pytest.mark.parametrize("num_steps", [1, 2, 12, 20, 50])
def test_dpm_solver_equals_diffusers(in_float64, grid, num_steps):
    flow = grid == "flow"
    scheduler = scheduling_dpmsolver_multistep.DPMSolverMultistepScheduler(
        prediction_type="flow_prediction" if flow else "sample", **GRIDS[grid]
    )
    scheduler.set_timesteps(num_steps)
    scheduler.sigmas = scheduler.sigmas.double()  # rounded to float32 once, when the grid is made
    schedule, x = _visited(scheduler.sigmas, flow=flow), float64(*SHAPE)
    states = dpm_solver_2m(denoise, schedule, x, num_steps, grid="uniform", clip_x0=False)
    assert next(states).timestep == num_steps
    for k, t in zip(range(num_steps, 0, -1), scheduler.timesteps, strict=True):
        x0 = denoise(x, float(schedule.alpha[k]), float(schedule.sigma[k]))
        output = (x - x0) / schedule.sigma[k] if flow else x0
        x = scheduler.step(output, t, x).prev_sample
        assert x.dtype == torch.float64
        torch.testing.assert_close(next(states).x, x, rtol=0, atol=1e-12)
    assert next(states, None) is None


@arrays_of_diffusers
@pytest.mark.parametrize("make_schedule", [linear_schedule, cosine_schedule])
def test_dpm_solver_on_our_timesteps_equals_diffusers(in_float64, make_schedule):
    """Its own arrays are float32, and so is its idea of the timesteps that both count."""
    schedule, x = make_schedule(), float64(*SHAPE)
    scheduler = scheduling_dpmsolver_multistep.DPMSolverMultistepScheduler(
        prediction_type="sample", timestep_spacing="trailing"
    )
    scheduler.alphas_cumprod = torch.from_numpy(schedule.alpha[1:] ** 2)
    scheduler.set_timesteps(20)
    levels = np.append((schedule.sigma / schedule.alpha)[scheduler.timesteps + 1], 0)
    scheduler.sigmas = torch.from_numpy(levels)
    states = dpm_solver_2m(denoise, schedule, x, 20, grid="uniform", clip_x0=False)
    next(states)
    for state, t in zip(states, scheduler.timesteps, strict=True):
        x0 = denoise(x, float(schedule.alpha[t + 1]), float(schedule.sigma[t + 1]))
        x = scheduler.step(x0, t, x).prev_sample
        torch.testing.assert_close(state.x, x, rtol=0, atol=1e-12)


@pytest.mark.parametrize("num_steps", [2, 12, 32])
def test_heun_equals_diffusers(in_float64, num_steps):
    scheduler = FlowMatchHeunDiscreteScheduler()
    scheduler.set_timesteps(num_steps)
    scheduler.sigmas = scheduler.sigmas.double()
    schedule, x = _visited(scheduler.sigmas[[0, *range(1, 2 * num_steps - 1, 2), -1]], flow=True), float64(*SHAPE)
    states = heun(denoise, schedule, x, num_steps, clip_x0=False)
    next(states)
    levels = schedule.sigma[::-1].repeat(2)[1:-2].tolist()
    for calls, (t, u) in enumerate(zip(scheduler.timesteps, levels, strict=True), start=1):
        x = scheduler.step((x - denoise(x, 1 - u, u)) / u, t, x).prev_sample
        if scheduler.state_in_first_order or calls == 2 * num_steps - 1:
            state = next(states)
            torch.testing.assert_close(state.x, x, rtol=0, atol=1e-12)
            assert state.nfe == calls
    assert next(states, None) is None


def test_heun_on_normal_data_is_a_product():
    """On the flow path velocity is a(u) x there; every step multiplies, the last one as Euler's does."""

    def a(u):
        return (2 * u - 1) / ((1 - u) ** 2 + u**2)

    one, u = torch.ones(1, dtype=torch.float64), np.linspace(1, 0, 11)
    std = run(heun(gaussian_denoise, flow_schedule(), one, 10, clip_x0=False)).x.item()
    product = math.prod(1 - (a(u[k]) + a(u[k + 1])) / 20 + a(u[k]) * a(u[k + 1]) / 200 for k in range(9))
    assert std == pytest.approx(product * (1 - a(u[9]) / 10), rel=1e-12)


def test_heun_is_the_same_on_every_path_with_the_same_u():
    """A schedule with alpha^2 + sigma^2 = 1 through the same u only scales the states."""
    u = np.linspace(0, 1, 13)
    scale = np.sqrt((1 - u) ** 2 + u**2)
    straight, round_ = NoiseSchedule("straight", 1 - u, u), NoiseSchedule("round", (1 - u) / scale, u / scale)
    first, second = (
        list(heun(toy_denoise, schedule, float64(*SHAPE), 12, clip_x0=False)) for schedule in (straight, round_)
    )
    for k, (a, b) in enumerate(zip(first, second, strict=True)):
        torch.testing.assert_close(a.x, b.x * scale[12 - k], rtol=0, atol=1e-12)


@pytest.mark.parametrize("sampler", [dpm_solver_2m, heun])
@pytest.mark.parametrize("make_schedule", SCHEDULES.values(), ids=SCHEDULES)
def test_normal_data_are_reached(sampler, make_schedule):
    start = float64(1000)
    ours, slow = (
        error(one(toy_denoise, make_schedule(), start, steps, clip_x0=False), start)
        for one, steps in ((sampler, 50), (ddim, 100))
    )
    assert ours < 0.006  # the linear schedule's own end is no pure noise: 0.005 stays
    assert ours < slow / 1.5


def test_data_of_one_point_are_reached_exactly():
    def point(x, alpha, sigma):
        return torch.full_like(x, 0.25)

    for sampler in (dpm_solver_2m, heun):
        x = run(sampler(point, flow_schedule(), float64(*SHAPE), 6)).x
        torch.testing.assert_close(x, torch.full_like(x, 0.25), rtol=0, atol=1e-12)


def _round_path(num_steps):
    log_ratio = np.linspace(2, -2, num_steps + 1)  # ln(alpha / sigma)
    alpha = 1 / np.sqrt(1 + np.exp(-2 * log_ratio))
    return NoiseSchedule("round", alpha, np.sqrt(1 - alpha**2))


def _straight_path(num_steps):
    u = np.linspace(0.1, 0.9, num_steps + 1)
    return NoiseSchedule("straight", 1 - u, u)


@pytest.mark.parametrize(("sampler", "options", "order"), [
    (ddim, {}, 1), (dpm_solver_2m, {"grid": "uniform"}, 2), (heun, {}, 2),
])  # fmt: skip
@pytest.mark.parametrize("make_path", [_round_path, _straight_path])
def test_order_of_convergence(make_path, sampler, options, order):
    """Data are -1 or +1. The flow keeps every quantile: a root of the distribution function is exact."""

    def share_below(x, alpha, sigma):
        return (norm.cdf((x - alpha) / sigma) + norm.cdf((x + alpha) / sigma)) / 2

    start, errors = np.linspace(-3, 3, 9), []
    for num_steps in (40, 80, 160):
        path = make_path(num_steps)
        shares = share_below(start, path.alpha[-1], path.sigma[-1])
        data_end = path.alpha[0], path.sigma[0]
        exact = [
            brentq(lambda x, share=share, end=data_end: share_below(x, *end) - share, -9, 9, xtol=1e-14)
            for share in shares
        ]
        found = run(sampler(sign_denoise, path, torch.from_numpy(start), num_steps, clip_x0=False, **options)).x
        errors.append(np.abs(found.numpy() - exact).max())
    measured = np.log2(np.divide(errors[:-1], errors[1:]))
    np.testing.assert_allclose(measured, order, atol=0.15)


@pytest.mark.parametrize("num_steps", [8, 12, 20, 50])
def test_pure_noise_taken_for_less_is_never_made_good(num_steps):
    """The logit grid alone would begin at u = 0.97; our first call is at u = 1."""
    start = float64(2000)
    ours, trap = (
        error(dpm_solver_2m(toy_denoise, schedule, start, num_steps, clip_x0=False), start)
        for schedule in (flow_schedule(), flow_schedule().up_to(971))
    )
    assert trap > 0.02  # however many steps: 3 % of the mean is missing
    assert trap > 2 * ours


def test_clipping_holds_every_guess():
    def far(x, alpha, sigma):
        return 3 * x

    for sampler in (dpm_solver_2m, heun):
        states = list(sampler(far, linear_schedule(), float64(*SHAPE), 8))
        assert all(state.x0_hat.abs().max() <= 1 for state in states[1:])
        assert states[-1].x.abs().max() <= 1
