"""Samplers: whole trajectories against diffusers in float64, and closed forms."""

import math

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler, DDPMScheduler, FlowMatchEulerDiscreteScheduler
from diffusers.schedulers import scheduling_ddpm

from demos.diffusion.noise import NoiseSchedule, cosine_schedule, flow_schedule, linear_schedule
from demos.diffusion.samplers import SAMPLERS, ddim, ddpm, posterior_variance, run, transition_variance

SHAPE = (3, 1, 4, 4)
DIFFUSERS_NAMES = {"epsilon": "epsilon", "x0": "sample", "v": "v_prediction"}


def float64(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def step_noise(step):
    return float64(*SHAPE, seed=1000 + step)


def denoise(x, alpha, sigma):
    """A nonlinear guess that often leaves [-1, 1], so that clipping is tested too."""
    return 1.2 * torch.tanh(alpha * x / (0.3 * alpha**2 + sigma**2)) + 0.1 * torch.cos(3 * x)


def _float64_scheduler(scheduler_class, schedule, **options):
    """A diffusers scheduler on our arrays; its own are float32."""
    alphas_cumprod = torch.from_numpy(schedule.alpha[1:] ** 2)
    scheduler = scheduler_class(schedule.num_timesteps, timestep_spacing="trailing", clip_sample=True, **options)
    scheduler.alphas_cumprod = alphas_cumprod
    scheduler.alphas = alphas_cumprod / torch.cat([torch.ones(1, dtype=torch.float64), alphas_cumprod[:-1]])
    scheduler.betas = 1 - scheduler.alphas
    scheduler.one = scheduler.final_alpha_cumprod = torch.tensor(1.0, dtype=torch.float64)
    return scheduler


def _reference(scheduler, schedule, num_steps, prediction_type, step):
    """All states of a diffusers run; `step(prediction, t, x, k)` makes one of them."""
    scheduler.set_timesteps(num_steps)
    x = float64(*SHAPE)
    states = [x]
    for k, t in enumerate(scheduler.timesteps.tolist(), start=1):
        alpha, sigma = float(schedule.alpha[t + 1]), float(schedule.sigma[t + 1])
        x0 = denoise(x, alpha, sigma)
        eps = (x - alpha * x0) / sigma
        prediction = {"epsilon": eps, "x0": x0, "v": alpha * eps - sigma * x0}[prediction_type]
        x = step(prediction, t, x, k).prev_sample
        states.append(x)
    return states


@pytest.mark.parametrize("make_schedule", [linear_schedule, cosine_schedule])
@pytest.mark.parametrize("prediction_type", DIFFUSERS_NAMES)
@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("num_steps", [10, 50, 1000])
def test_ddim_equals_diffusers(make_schedule, prediction_type, eta, num_steps):
    schedule = make_schedule()
    scheduler = _float64_scheduler(DDIMScheduler, schedule, prediction_type=DIFFUSERS_NAMES[prediction_type])

    def step(prediction, t, x, k):
        noise = step_noise(k) if eta > 0 else None
        return scheduler.step(prediction, t, x, eta=eta, use_clipped_model_output=True, variance_noise=noise)

    expected = _reference(scheduler, schedule, num_steps, prediction_type, step)
    states = list(ddim(denoise, schedule, float64(*SHAPE), num_steps, eta=eta, step_noise=step_noise))
    assert len(states) == num_steps + 1
    for state, x in zip(states, expected, strict=True):
        torch.testing.assert_close(state.x, x, rtol=0, atol=1e-9)


@pytest.mark.parametrize("make_schedule", [linear_schedule, cosine_schedule])
@pytest.mark.parametrize("variance", ["small", "large"])
@pytest.mark.parametrize("num_steps", [10, 50, 1000])
def test_ddpm_equals_diffusers(monkeypatch, make_schedule, variance, num_steps):
    schedule = make_schedule()
    scheduler = _float64_scheduler(
        DDPMScheduler, schedule, prediction_type="epsilon", variance_type=f"fixed_{variance}"
    )
    number = 0

    def noise_of_this_step(*arguments, **options):
        # algorithm 2 adds no noise in the last step; diffusers does, unless that step starts at its t = 0
        return step_noise(number) * (number < num_steps)

    monkeypatch.setattr(scheduling_ddpm, "randn_tensor", noise_of_this_step)

    def step(prediction, t, x, k):
        nonlocal number
        number = k
        return scheduler.step(prediction, t, x)

    expected = _reference(scheduler, schedule, num_steps, "epsilon", step)
    states = list(ddpm(denoise, schedule, float64(*SHAPE), num_steps, step_noise=step_noise, variance=variance))
    for state, x in zip(states, expected, strict=True):
        torch.testing.assert_close(state.x, x, rtol=0, atol=1e-9)


@pytest.mark.parametrize("num_steps", [10, 50, 1000])
def test_ddim_on_the_flow_path_is_euler(num_steps):
    """diffusers computes in float32 here."""
    schedule, x = flow_schedule(), float64(*SHAPE)
    states = ddim(denoise, schedule, x, num_steps, clip_x0=False)
    scheduler = FlowMatchEulerDiscreteScheduler(1000)
    scheduler.set_timesteps(sigmas=np.linspace(1, 0, num_steps + 1)[:-1].tolist())
    next(states)
    for state, t, u in zip(states, scheduler.timesteps, scheduler.sigmas.tolist(), strict=False):
        velocity = (x - denoise(x, 1 - u, u)) / u
        x = scheduler.step(velocity, t, x).prev_sample.double()
        torch.testing.assert_close(state.x, x, rtol=0, atol=1e-4)


@pytest.mark.parametrize("make_schedule", [linear_schedule, cosine_schedule])
@pytest.mark.parametrize("num_steps", [10, 1000])
def test_ddim_with_eta_one_is_ddpm_with_small_variance(make_schedule, num_steps):
    schedule, x = make_schedule(), float64(*SHAPE)
    first = ddim(denoise, schedule, x, num_steps, eta=1.0, step_noise=step_noise)
    second = ddpm(denoise, schedule, x, num_steps, step_noise=step_noise, variance="small")
    for a, b in zip(first, second, strict=True):
        torch.testing.assert_close(a.x, b.x, rtol=0, atol=1e-9)


def gaussian_denoise(x, alpha, sigma):
    """E[x0 | x_t] for data from N(0, 1)."""
    return alpha * x / (alpha**2 + sigma**2)


@pytest.mark.parametrize(("num_steps", "expected"), [(10, 0.883), (50, 0.976)])
def test_ddim_shrinks_normal_data_by_a_cosine_a_step(num_steps, expected):
    angle = np.linspace(0, np.pi / 2, num_steps + 1)
    schedule = NoiseSchedule("angle", np.cos(angle), np.sin(angle))
    one = torch.ones(1, dtype=torch.float64)
    std = run(ddim(gaussian_denoise, schedule, one, num_steps, clip_x0=False)).x.item()
    assert std == pytest.approx(math.cos(math.pi / (2 * num_steps)) ** num_steps, rel=1e-12)
    assert std == pytest.approx(expected, abs=5e-4)


def test_flow_euler_shrinks_normal_data():
    one = torch.ones(1, dtype=torch.float64)
    std = run(ddim(gaussian_denoise, flow_schedule(), one, 10, clip_x0=False)).x.item()
    product = math.prod(1 - 0.1 * (2 * u - 1) / ((1 - u) ** 2 + u**2) for u in np.linspace(1, 0.1, 10))
    assert std == pytest.approx(product, rel=1e-12)
    assert std == pytest.approx(0.879, abs=5e-4)


@pytest.mark.parametrize(("variance", "expected", "digits"), [("large", 0.9999, 1e-4), ("small", 0.991, 5e-4)])
def test_ddpm_variance_on_normal_data(variance, expected, digits):
    """Each noise gets a dimension of its own, so the squared norm of the last state is its variance."""
    axes = torch.eye(1001, dtype=torch.float64)
    states = ddpm(gaussian_denoise, linear_schedule(), axes[0], 1000, step_noise=lambda k: axes[k], variance=variance,
                  clip_x0=False)  # fmt: skip
    assert run(states).x.square().sum().item() == pytest.approx(expected, abs=digits)


def test_posterior_coefficients_at_500():
    schedule = linear_schedule()
    pair = NoiseSchedule("pair", schedule.alpha[499:501], schedule.sigma[499:501])
    x0_axis, x_axis = torch.eye(2, dtype=torch.float64)
    x = run(ddpm(lambda *_: x0_axis, pair, x_axis, 1, step_noise=lambda k: torch.zeros(2), clip_x0=False)).x
    assert x.tolist() == pytest.approx([0.003070, 0.994107], abs=5e-7)
    pair = (schedule.alpha[500], schedule.sigma[500], schedule.alpha[499], schedule.sigma[499])
    assert posterior_variance(*pair) == pytest.approx(0.010031, abs=5e-7)
    beta = 1e-4 + 499 / 999 * (0.02 - 1e-4)
    assert transition_variance(*pair) == pytest.approx(beta, rel=1e-12)


def sign_denoise(x, alpha, sigma):
    """E[x0 | x_t] for data that are -1 or +1."""
    return torch.tanh(alpha * x / sigma**2)


def test_two_points_are_reached_from_anywhere():
    half = math.sqrt(0.5)
    assert sign_denoise(torch.tensor(0.5, dtype=torch.float64), half, half).item() == pytest.approx(0.6089, abs=5e-5)
    start = torch.linspace(-3, 3, 8, dtype=torch.float64)
    for sampler in (ddim, ddpm):
        noise = {} if sampler is ddim else {"step_noise": lambda k: float64(8, seed=k)}
        end = run(sampler(sign_denoise, linear_schedule(), start, 100, **noise)).x
        torch.testing.assert_close(end.abs(), torch.ones_like(end), atol=1e-6, rtol=0)
    torch.testing.assert_close(run(ddim(sign_denoise, flow_schedule(), start, 100)).x, start.sign())


@pytest.mark.parametrize("sampler", SAMPLERS.values(), ids=SAMPLERS)
def test_states_say_where_they_are(sampler):
    calls = []

    def counted(x, alpha, sigma):
        calls.append(x)
        return denoise(x, alpha, sigma)

    states = []
    for state in sampler(counted, linear_schedule(), float64(*SHAPE), 4, step_noise=step_noise):
        assert state.nfe == len(calls)
        states.append(state)
    assert len(calls) == sampler.nfe(4)
    assert [state.step for state in states] == [0, 1, 2, 3, 4]
    timesteps = [state.timestep for state in states]
    assert (timesteps[0], timesteps[-1]) == (1000, 0)
    assert timesteps == sorted(set(timesteps), reverse=True)
    assert states[0].x0_hat is None
    assert all(state.x0_hat.abs().max() <= 1 for state in states[1:])
    torch.testing.assert_close(states[-1].x, states[-1].x0_hat)


@pytest.mark.parametrize("make_schedule", [linear_schedule, cosine_schedule, flow_schedule])
@pytest.mark.parametrize("sampler", SAMPLERS.values(), ids=SAMPLERS)
def test_one_step_returns_the_guess(sampler, make_schedule):
    x, schedule = float64(*SHAPE), make_schedule()
    guess = denoise(x, float(schedule.alpha[-1]), float(schedule.sigma[-1])).clamp(-1, 1)
    torch.testing.assert_close(run(sampler(denoise, schedule, x, 1, step_noise=step_noise)).x, guess)


def test_a_row_holds_what_its_name_says():
    x, noisy = float64(*SHAPE), {"step_noise": step_noise}
    for name, states in (
        ("ddim", ddim(denoise, linear_schedule(), x, 4)),
        ("ddpm-small", ddpm(denoise, linear_schedule(), x, 4, variance="small", **noisy)),
        ("ddpm-large", ddpm(denoise, linear_schedule(), x, 4, variance="large", **noisy)),
    ):
        torch.testing.assert_close(run(SAMPLERS[name](denoise, linear_schedule(), x, 4, **noisy)).x, run(states).x)


def test_wrong_arguments_are_refused():
    x = float64(*SHAPE)
    with pytest.raises(ValueError, match="pass step_noise"):
        next(ddim(denoise, linear_schedule(), x, 10, eta=0.5))
    with pytest.raises(ValueError, match="'small' or 'large'"):
        next(ddpm(denoise, linear_schedule(), x, 10, step_noise=step_noise, variance="medium"))
