"""Training a denoiser: noise an image, ask for the velocity, square the error.

Flow matching with x = (1 - u) x0 + u eps and target eps - x0 (Lipman et al. 2023, arXiv 2210.02747;
Liu et al. 2023, arXiv 2209.03003). One shared network sees every noise level; each example of a
batch draws one.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from demos.networks import LOG_SNR_LIMIT, UNCONDITIONAL

LOGIT_NORMAL_SHARE = 0.8


class Batch(NamedTuple):
    """One training batch: noised images and what the network should say about them."""

    x: Tensor  # [B, 1, 28, 28], on the flow path
    log_snr: Tensor  # [B]
    y: Tensor  # [B], labels, some replaced by UNCONDITIONAL
    velocity: Tensor  # [B, 1, 28, 28], eps - x0


def draw_log_snr(count: int, generator: torch.Generator) -> Tensor:
    """Noise levels for training, float32 [count].

    Four in five are logit-normal in u (Esser et al. 2024, arXiv 2403.03206, section 3.1), where most
    of the picture is decided; one in five is uniform in log_snr, so that both ends are trained too.
    """
    logit_normal = -2 * torch.randn(count, generator=generator)  # u = sigmoid(z) has log_snr = -2 z
    uniform = (2 * torch.rand(count, generator=generator) - 1) * LOG_SNR_LIMIT
    return torch.where(torch.rand(count, generator=generator) < LOGIT_NORMAL_SHARE, logit_normal, uniform)


def make_batch(
    images: Tensor, labels: Tensor, batch_size: int, label_dropout: float, generator: torch.Generator
) -> Batch:
    """Draw examples, noise levels, noise and dropped labels from one generator.

    Args:
        images: float [N, 1, 28, 28] in [-1, 1].
        labels: int64 [N].
        label_dropout: the share of labels replaced by "unconditional", which is what
            classifier-free guidance needs (Ho and Salimans 2022, arXiv 2207.12598).
    """
    # --8<-- [start:batch]
    index = torch.randint(len(images), (batch_size,), generator=generator)
    log_snr = draw_log_snr(batch_size, generator)
    eps = torch.randn((batch_size, *images.shape[1:]), generator=generator)
    dropped = torch.rand(batch_size, generator=generator) < label_dropout
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
