"""Noise schedules: how much signal and how much noise x_t = alpha x0 + sigma eps holds.

A schedule is two arrays over the timesteps k = 0..T: k = 0 is data (alpha 1, sigma 0), k = T is
noise. Papers count alpha-bar from 1, code often from 0; here `alpha[k] ** 2` is the papers'
alpha-bar_k for every k, and alpha-bar_0 = 1 is in the array.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

GRID_LOG_SNR = 7.0  # the logit grid's range: beyond it, steps change almost nothing


@dataclass(frozen=True, eq=False)
class NoiseSchedule:
    """x_t = alpha[k] x0 + sigma[k] eps for the timesteps k = 0..T.

    Attributes:
        name: "linear", "cosine" or "flow".
        alpha: float64 [T + 1], falling from 1.
        sigma: float64 [T + 1], rising from 0.
    """

    name: str
    alpha: np.ndarray
    sigma: np.ndarray

    @property
    def num_timesteps(self) -> int:
        """T."""
        return len(self.alpha) - 1

    @property
    def log_snr(self) -> np.ndarray:
        """ln(alpha^2 / sigma^2), float64 [T + 1]; infinite where there is no noise or no signal."""
        with np.errstate(divide="ignore"):
            return 2 * (np.log(self.alpha) - np.log(self.sigma))

    def timesteps(self, num_steps: int, grid: str = "uniform") -> np.ndarray:
        """The timesteps a sampler with `num_steps` steps visits: from T down to 0, int64 [num_steps + 1].

        Args:
            num_steps: from 1 to T.
            grid: where the steps lie, one of `TIME_GRIDS`.
        """
        if not 1 <= num_steps <= self.num_timesteps:
            raise ValueError(f"num_steps must lie between 1 and {self.num_timesteps}, got {num_steps}")
        if grid not in TIME_GRIDS:
            raise ValueError(f"unknown time grid {grid!r}; known: {', '.join(TIME_GRIDS)}")
        return TIME_GRIDS[grid](self, num_steps)

    def up_to(self, k: int) -> "NoiseSchedule":
        """The schedule up to timestep k only: sampling on it starts from an image noised to k."""
        return NoiseSchedule(self.name, self.alpha[: k + 1], self.sigma[: k + 1])


def _uniform_grid(schedule: NoiseSchedule, num_steps: int) -> np.ndarray:
    """Even in k, ending exactly on both ends ("trailing" spacing; Lin et al. 2024, arXiv 2305.08891, section 3.3)."""
    return np.round(np.linspace(schedule.num_timesteps, 0, num_steps + 1)).astype(np.int64)


def _logit_grid(schedule: NoiseSchedule, num_steps: int) -> np.ndarray:
    """T first, then even in logit(u) from 3.5 to -3.5, then 0; u = sigma / (alpha + sigma), so logit(u) = -log_snr / 2.

    The start is pure noise, and pure noise is what the network must be told it is: taken for an x at
    u = 0.97 it lacks the 3 % of a picture that such an x holds, and no later step brings them back. A
    schedule that ends with less noise (see `up_to`) is divided evenly from its own end.
    """
    levels, last = schedule.log_snr, schedule.num_timesteps
    if levels[last] < -GRID_LOG_SNR:
        wanted = np.linspace(-GRID_LOG_SNR, GRID_LOG_SNR, num_steps - 1)
    else:
        wanted = np.linspace(levels[last], GRID_LOG_SNR, num_steps)[1:]
    nearest = np.abs(levels - wanted[:, None]).argmin(axis=1)
    timesteps, step = np.concatenate([[last], nearest, [0]]), np.arange(num_steps + 1)
    falling = np.minimum.accumulate(timesteps + step) - step  # no timestep twice,
    return np.maximum(falling, num_steps - step)  # and enough of them left for the steps that come


TIME_GRIDS: dict[str, Callable[[NoiseSchedule, int], np.ndarray]] = {"uniform": _uniform_grid, "logit": _logit_grid}


# --8<-- [start:linear]
def _from_alphas_cumprod(name: str, alphas_cumprod: np.ndarray) -> NoiseSchedule:
    alpha_bar = np.concatenate([[1.0], alphas_cumprod])
    return NoiseSchedule(name, np.sqrt(alpha_bar), np.sqrt(1 - alpha_bar))


def linear_schedule(num_timesteps: int = 1000, beta_first: float = 1e-4, beta_last: float = 0.02) -> NoiseSchedule:
    """The linear betas of DDPM (Ho et al. 2020, arXiv 2006.11239, section 4).

    The two betas belong to T = 1000. With T = 100 and the same betas the last image still holds the
    original with the coefficient 0.60, 36 % of its power: the trap that the forward page shows.
    """
    betas = np.linspace(beta_first, beta_last, num_timesteps)
    return _from_alphas_cumprod("linear", np.cumprod(1 - betas))


# --8<-- [end:linear]
# --8<-- [start:cosine]
def cosine_schedule(num_timesteps: int = 1000, offset: float = 0.008, max_beta: float = 0.999) -> NoiseSchedule:
    """The cosine schedule (Nichol and Dhariwal 2021, arXiv 2102.09672, equation 17), betas clipped."""
    k = np.arange(num_timesteps + 1) / num_timesteps
    f = np.cos((k + offset) / (1 + offset) * np.pi / 2) ** 2
    betas = np.minimum(1 - f[1:] / f[:-1], max_beta)
    return _from_alphas_cumprod("cosine", np.cumprod(1 - betas))


# --8<-- [end:cosine]
# --8<-- [start:flow]
def flow_schedule(num_timesteps: int = 1000) -> NoiseSchedule:
    """The straight path of flow matching: alpha = 1 - t, sigma = t (Lipman et al. 2023, arXiv 2210.02747)."""
    t = np.arange(num_timesteps + 1) / num_timesteps
    return NoiseSchedule("flow", 1 - t, t)


# --8<-- [end:flow]
SCHEDULES: dict[str, Callable[..., NoiseSchedule]] = {
    "linear": linear_schedule,
    "cosine": cosine_schedule,
    "flow": flow_schedule,
}
