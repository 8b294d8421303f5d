"""Training a denoiser: noise an image, ask for the velocity, square the error.

Flow matching with x = (1 - u) x0 + u eps and target eps - x0 (Lipman et al. 2023, arXiv 2210.02747;
Liu et al. 2023, arXiv 2209.03003). One shared network sees every noise level; each example of a
batch draws one.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from demos.diffusion.networks import UNCONDITIONAL
from demos.training.presets import NoiseDensity, TrainingConfig


class Batch(NamedTuple):
    """One training batch: noised images and what the network should say about them."""

    x: Tensor  # [B, 1, 28, 28], on the flow path
    log_snr: Tensor  # [B]
    y: Tensor  # [B], labels, some replaced by UNCONDITIONAL
    velocity: Tensor  # [B, 1, 28, 28], eps - x0


def draw_log_snr(count: int, density: NoiseDensity, generator: torch.Generator) -> Tensor:
    """Noise levels for training, float32 [count].

    Most are logit-normal in u (Esser et al. 2024, arXiv 2403.03206, section 3.1), where most of the
    picture is decided; the rest is uniform in log_snr, so that both ends are trained too.
    """
    logit = density.logit_mean + density.logit_std * torch.randn(count, generator=generator)  # of u
    uniform = (2 * torch.rand(count, generator=generator) - 1) * density.uniform_limit
    return torch.where(torch.rand(count, generator=generator) < density.logit_share, -2 * logit, uniform)


def make_batch(images: Tensor, labels: Tensor, config: TrainingConfig, generator: torch.Generator) -> Batch:
    """Draw examples, noise levels, noise and dropped labels from one generator.

    Args:
        images: float [N, 1, 28, 28] in [-1, 1].
        labels: int64 [N].
        config: `label_dropout` is the share of labels replaced by "unconditional", which is what
            classifier-free guidance needs (Ho and Salimans 2022, arXiv 2207.12598).
    """
    # --8<-- [start:batch]
    index = torch.randint(len(images), (config.batch_size,), generator=generator)
    log_snr = draw_log_snr(config.batch_size, config.noise, generator)
    eps = torch.randn((config.batch_size, *images.shape[1:]), generator=generator)
    dropped = torch.rand(config.batch_size, generator=generator) < config.label_dropout
    x0 = images[index]
    u = torch.sigmoid(-log_snr / 2)[:, None, None, None]
    return Batch(
        x=(1 - u) * x0 + u * eps,
        log_snr=log_snr,
        y=torch.where(dropped, UNCONDITIONAL, labels[index]),
        velocity=eps - x0,
    )
    # --8<-- [end:batch]


# --8<-- [start:loss]
def velocity_loss(net: torch.nn.Module, batch: Batch) -> Tensor:
    """Mean squared error of the velocity, a scalar."""
    return F.mse_loss(net(batch.x, batch.log_snr, batch.y).float(), batch.velocity)


# --8<-- [end:loss]
