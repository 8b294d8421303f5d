"""From noise to data: DDPM's ancestral sampler, DDIM, DPM-Solver++ and Heun's method, as generators.

A sampler sees one callable, `denoise(x_t, alpha, sigma) -> x0_hat`, and a noise schedule; it knows
nothing of networks, labels or guidance. It yields every state, so the caller draws, logs or stops.
`site_tools/web/src/maths/samplers.ts` is the twin.
"""

import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from demos.diffusion.noise import NoiseSchedule

Denoise = Callable[[Tensor, float, float], Tensor]
StepNoise = Callable[[int], Tensor]  # step number k = 1, 2, ... -> noise shaped like x


@dataclass(frozen=True)
class State:
    """One state of a sampling run.

    Attributes:
        step: 0 for the start noise, then 1..num_steps.
        timestep: the schedule's index k that x belongs to; T at the start, 0 at the end.
        x: x_t, [B, ...].
        x0_hat: the clean image guessed in the step that led here; None at the start.
        nfe: network evaluations so far, as the sampler counts them (guidance doubles the real cost).
    """

    step: int
    timestep: int
    x: Tensor
    x0_hat: Tensor | None
    nfe: int


def posterior_variance(alpha_t: float, sigma_t: float, alpha_s: float, sigma_s: float) -> float:
    """Variance of q(x_s | x_t, x0) for s before t, on any Gaussian path.

    For alpha^2 + sigma^2 = 1 and neighbouring timesteps this is DDPM's beta-tilde (equation 7).
    """
    return max(0.0, (sigma_s / sigma_t) ** 2 * transition_variance(alpha_t, sigma_t, alpha_s, sigma_s))


def transition_variance(alpha_t: float, sigma_t: float, alpha_s: float, sigma_s: float) -> float:
    """Variance of q(x_t | x_s), which is DDPM's beta_t for neighbouring timesteps."""
    return sigma_t**2 - (alpha_t / alpha_s * sigma_s) ** 2


def ddim(
    denoise: Denoise,
    schedule: NoiseSchedule,
    x: Tensor,
    num_steps: int,
    *,
    eta: float = 0.0,
    step_noise: StepNoise | None = None,
    clip_x0: bool = True,
) -> Iterator[State]:
    """DDIM (Song et al. 2021, arXiv 2010.02502, equations 12 and 16).

    Args:
        denoise: returns x0_hat.
        x: the start noise, [B, ...].
        eta: scales the *standard deviation* of the added noise: 0 is deterministic, 1 is ancestral.
        step_noise: the noise of step k; required if eta > 0.
        clip_x0: clamp x0_hat to [-1, 1] and recompute eps from it, as for images.
    """
    if eta > 0 and step_noise is None:
        raise ValueError("eta > 0 adds noise in every step: pass step_noise")
    # --8<-- [start:ddim]
    timesteps = schedule.timesteps(num_steps)
    yield State(0, int(timesteps[0]), x, None, 0)
    for step, (t, s) in enumerate(zip(timesteps[:-1], timesteps[1:], strict=True), start=1):
        alpha_t, sigma_t = float(schedule.alpha[t]), float(schedule.sigma[t])
        alpha_s, sigma_s = float(schedule.alpha[s]), float(schedule.sigma[s])
        x0_hat = denoise(x, alpha_t, sigma_t)
        if clip_x0:
            x0_hat = x0_hat.clamp(-1, 1)
        eps_hat = (x - alpha_t * x0_hat) / sigma_t
        variance = eta**2 * posterior_variance(alpha_t, sigma_t, alpha_s, sigma_s)
        x = alpha_s * x0_hat + max(0.0, sigma_s**2 - variance) ** 0.5 * eps_hat
        if variance > 0:
            x = x + variance**0.5 * step_noise(step)
        yield State(step, int(s), x, x0_hat, step)
    # --8<-- [end:ddim]


def ddpm(
    denoise: Denoise,
    schedule: NoiseSchedule,
    x: Tensor,
    num_steps: int,
    *,
    step_noise: StepNoise,
    variance: str = "small",
    clip_x0: bool = True,
) -> Iterator[State]:
    """DDPM's ancestral sampler (Ho et al. 2020, arXiv 2006.11239, algorithm 2), on any subset of timesteps.

    Args:
        variance: "small" is the posterior's own variance beta-tilde (right for a single data point),
            "large" is beta_t (right for N(0, 1) data); see section 3.2 of the paper.
    """
    if variance not in ("small", "large"):
        raise ValueError(f"variance must be 'small' or 'large', got {variance!r}")
    # --8<-- [start:ddpm]
    timesteps = schedule.timesteps(num_steps)
    yield State(0, int(timesteps[0]), x, None, 0)
    for step, (t, s) in enumerate(zip(timesteps[:-1], timesteps[1:], strict=True), start=1):
        alpha_t, sigma_t = float(schedule.alpha[t]), float(schedule.sigma[t])
        alpha_s, sigma_s = float(schedule.alpha[s]), float(schedule.sigma[s])
        x0_hat = denoise(x, alpha_t, sigma_t)
        if clip_x0:
            x0_hat = x0_hat.clamp(-1, 1)
        beta = transition_variance(alpha_t, sigma_t, alpha_s, sigma_s)
        mean = (alpha_s * beta * x0_hat + (alpha_t / alpha_s) * sigma_s**2 * x) / sigma_t**2
        if s > 0:  # the last step adds no noise
            spread = beta if variance == "large" else posterior_variance(alpha_t, sigma_t, alpha_s, sigma_s)
            mean = mean + spread**0.5 * step_noise(step)
        x = mean
        yield State(step, int(s), x, x0_hat, step)
    # --8<-- [end:ddpm]


def dpm_solver_2m(
    denoise: Denoise,
    schedule: NoiseSchedule,
    x: Tensor,
    num_steps: int,
    *,
    grid: str = "logit",
    step_noise: StepNoise | None = None,
    clip_x0: bool = True,
) -> Iterator[State]:
    """DPM-Solver++(2M) (Lu et al. 2022, arXiv 2211.01095, algorithm 2): second order at one call a step.

    DDIM takes x0_hat for constant during a step; here it is continued on a line through this call and the
    one before, in lambda = ln(alpha / sigma), half our log_snr.

    Args:
        grid: see `NoiseSchedule.timesteps`.
        step_noise: not used; nothing is random on the way.
        clip_x0: clamp x0_hat to [-1, 1], as for images.
    """
    # --8<-- [start:dpm_solver_2m]
    timesteps, half_log_snr = schedule.timesteps(num_steps, grid), schedule.log_snr / 2
    yield State(0, int(timesteps[0]), x, None, 0)
    x0_before, h_before = x, math.inf  # as if an infinitely long step had come before: it has no say
    for step, (t, s) in enumerate(zip(timesteps[:-1], timesteps[1:], strict=True), start=1):
        x0_hat = denoise(x, float(schedule.alpha[t]), float(schedule.sigma[t]))
        if clip_x0:
            x0_hat = x0_hat.clamp(-1, 1)
        h = float(half_log_snr[s] - half_log_snr[t])  # infinite from pure noise, and to none at all
        slope = h / (2 * h_before) if math.isfinite(h) else 0.0
        guess = x0_hat + slope * (x0_hat - x0_before)
        x = float(schedule.sigma[s] / schedule.sigma[t]) * x - float(schedule.alpha[s]) * math.expm1(-h) * guess
        x0_before, h_before = x0_hat, h
        yield State(step, int(s), x, x0_hat, step)
    # --8<-- [end:dpm_solver_2m]


def heun(
    denoise: Denoise,
    schedule: NoiseSchedule,
    x: Tensor,
    num_steps: int,
    *,
    step_noise: StepNoise | None = None,
    clip_x0: bool = True,
) -> Iterator[State]:
    """Heun's method (Karras et al. 2022, arXiv 2206.00364, algorithm 1) in u = sigma / (alpha + sigma).

    x / (alpha + sigma) moves on the flow path with the velocity eps - x0, and DDIM is Euler's method
    there. Heun's takes the mean of the velocities at both ends of Euler's step; without noise there is
    no velocity, so the last step stays Euler's: 2 num_steps - 1 calls.

    Args:
        step_noise: not used.
        clip_x0: clamp x0_hat to [-1, 1] in both calls, as for images.
    """

    def guess_and_velocity(x: Tensor, alpha: float, sigma: float) -> tuple[Tensor, Tensor]:
        x0_hat = denoise(x, alpha, sigma)
        if clip_x0:
            x0_hat = x0_hat.clamp(-1, 1)
        return x0_hat, (x - (alpha + sigma) * x0_hat) / sigma

    # --8<-- [start:heun]
    timesteps = schedule.timesteps(num_steps)
    yield State(0, int(timesteps[0]), x, None, 0)
    for step, (t, s) in enumerate(zip(timesteps[:-1], timesteps[1:], strict=True), start=1):
        alpha_t, sigma_t = float(schedule.alpha[t]), float(schedule.sigma[t])
        alpha_s, sigma_s = float(schedule.alpha[s]), float(schedule.sigma[s])
        scale_t, scale_s = alpha_t + sigma_t, alpha_s + sigma_s
        length = sigma_s / scale_s - sigma_t / scale_t
        start, (x0_hat, velocity) = x / scale_t, guess_and_velocity(x, alpha_t, sigma_t)
        x = scale_s * (start + length * velocity)
        if sigma_s > 0:
            _, velocity_there = guess_and_velocity(x, alpha_s, sigma_s)
            x = scale_s * (start + length * (velocity + velocity_there) / 2)
        yield State(step, int(s), x, x0_hat, 2 * step - (sigma_s == 0))
    # --8<-- [end:heun]


def _one_a_step(num_steps: int) -> int:
    return num_steps


def _two_but_in_the_last(num_steps: int) -> int:
    return 2 * num_steps - 1


@dataclass(frozen=True)
class Sampler:
    """One row of the registry: what commands, measurements, figures and golden files know of a sampler.

    Attributes:
        states: the generator, called as (denoise, schedule, x, num_steps, step_noise=...) and the options.
        options: the further arguments that its name stands for.
        nfe: calls of `denoise` for so many steps.
    """

    states: Callable[..., Iterator[State]]
    options: Mapping[str, object] = field(default_factory=dict)
    nfe: Callable[[int], int] = _one_a_step

    def __call__(
        self, denoise: Denoise, schedule: NoiseSchedule, x: Tensor, num_steps: int, *, step_noise: StepNoise, **options
    ) -> Iterator[State]:
        """Every state of a run; `options` add to the row's own."""
        return self.states(denoise, schedule, x, num_steps, step_noise=step_noise, **self.options, **options)


# A new sampler is a function above and a row here; the names are those of the browser's SAMPLERS.
SAMPLERS: dict[str, Sampler] = {
    "ddim": Sampler(ddim),
    "ddpm-small": Sampler(ddpm, {"variance": "small"}),
    "ddpm-large": Sampler(ddpm, {"variance": "large"}),
    "dpm-solver-2m": Sampler(dpm_solver_2m),
    "heun": Sampler(heun, nfe=_two_but_in_the_last),
}
# what makes samples and measurements where nothing else is asked for; chosen by `python -m site_tools choose-sampler`
DEFAULT_SAMPLER, DEFAULT_STEPS = "dpm-solver-2m", 12


@torch.no_grad()
def run(states: Iterator[State]) -> State:
    """The last state of a sampling run."""
    return deque(states, maxlen=1).pop()
