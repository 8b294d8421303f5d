"""Training a denoiser: noise an image, ask for the velocity, square the error.

Flow matching with x = (1 - u) x0 + u eps and target eps - x0 (Lipman et al. 2023, arXiv 2210.02747;
Liu et al. 2023, arXiv 2209.03003). One shared network sees every noise level; each example of a
batch draws one.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from demos.data import Examples
from demos.training.configs import DenoiserConfig, NoiseDensity, PointDenoiserConfig


class Batch(NamedTuple):
    """One training batch: noised examples and what the network should say about them."""

    x: Tensor  # [B, ...], on the flow path
    log_snr: Tensor  # [B]
    y: Tensor  # [B], labels, some replaced by "unconditional"
    velocity: Tensor  # [B, ...], eps - x0


def draw_log_snr(count: int, density: NoiseDensity, generator: torch.Generator) -> Tensor:
    """Noise levels for training, float32 [count].

    Most are logit-normal in u (Esser et al. 2024, arXiv 2403.03206, section 3.1), where most of the
    picture is decided; the rest is uniform in log_snr, so that both ends are trained too.
    """
    logit = density.logit_mean + density.logit_std * torch.randn(count, generator=generator)  # of u
    uniform = (2 * torch.rand(count, generator=generator) - 1) * density.uniform_limit
    return torch.where(torch.rand(count, generator=generator) < density.logit_share, -2 * logit, uniform)


def make_batch(
    examples: Examples,
    config: DenoiserConfig | PointDenoiserConfig,
    batch_size: int,
    generator: torch.Generator,
    progress: float = 1.0,
) -> Batch:
    """Draw examples, noise levels, noise and dropped labels from one generator.

    Args:
        config: `label_dropout` is the share of labels replaced by "unconditional" (one more than the last class),
            which is what classifier-free guidance needs (Ho and Salimans 2022, arXiv 2207.12598).
    """
    # --8<-- [start:batch]
    index = torch.randint(len(examples.x), (batch_size,), generator=generator)
    log_snr = draw_log_snr(batch_size, config.noise, generator)
    x0, y = examples.x[index], examples.y[index]
    eps = torch.randn(x0.shape, generator=generator)
    dropped = torch.rand(batch_size, generator=generator) < config.label_dropout
    u = torch.sigmoid(-log_snr / 2).view(-1, *[1] * (x0.dim() - 1))
    return Batch(
        x=(1 - u) * x0 + u * eps,
        log_snr=log_snr,
        y=torch.where(dropped, examples.num_classes, y),
        velocity=eps - x0,
    )
    # --8<-- [end:batch]


# --8<-- [start:loss]
def velocity_loss(net: torch.nn.Module, batch: Batch) -> Tensor:
    """Mean squared error of the velocity, a scalar."""
    return F.mse_loss(net(batch.x, batch.log_snr, batch.y).float(), batch.velocity)


# --8<-- [end:loss]
