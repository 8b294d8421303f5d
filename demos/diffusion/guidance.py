"""From the network to the callable that samplers take: rescaling, labels and guidance."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from demos.diffusion.networks import LOG_SNR_LIMIT, UNCONDITIONAL
from demos.diffusion.prediction import to_x0
from demos.diffusion.samplers import Denoise

Network = Callable[[Tensor, Tensor, Tensor], Tensor]  # (x, log_snr, y) -> velocity


def flow_log_snr(alpha: float, sigma: float) -> float:
    """2 ln(alpha / sigma), held inside the network's range, also where alpha or sigma is 0."""
    if sigma == 0:
        return LOG_SNR_LIMIT
    if alpha == 0:
        return -LOG_SNR_LIMIT
    return max(-LOG_SNR_LIMIT, min(LOG_SNR_LIMIT, 2 * math.log(alpha / sigma)))


def make_denoise(net: Network, y: Tensor, guidance_scale: float = 1.0) -> Denoise:
    """Wrap a network as `denoise(x_t, alpha, sigma) -> x0_hat`.

    Any Gaussian schedule reaches the flow path by dividing through alpha + sigma:
    x = x_t / (alpha + sigma) has u = sigma / (alpha + sigma) and the same log_snr. The network's
    velocity then gives x0_hat = x - u velocity, as `to_x0` says for alpha = 1 - u and sigma = u.

    Classifier-free guidance (Ho and Salimans 2022, arXiv 2207.12598) mixes the conditional and the
    unconditional answer: scale 1 is plain conditional, 0 unconditional, above 1 exaggerates the
    class. Their w is our scale - 1. Both branches go through the network in one batch of 2B.

    Args:
        net: `net(x, log_snr, y) -> velocity`, see `demos.diffusion.networks.Denoiser`.
        y: int64 [B], labels.
        guidance_scale: any real number.
    """

    # --8<-- [start:denoise]
    def denoise(x_t: Tensor, alpha: float, sigma: float) -> Tensor:
        u = sigma / (alpha + sigma)
        x = x_t / (alpha + sigma)
        log_snr = torch.full((len(x),), flow_log_snr(alpha, sigma), dtype=x.dtype)
        if guidance_scale == 1:
            velocity = net(x, log_snr, y)
        else:
            both = net(x.repeat(2, 1, 1, 1), log_snr.repeat(2), torch.cat([y, torch.full_like(y, UNCONDITIONAL)]))
            conditional, unconditional = both.chunk(2)
            velocity = unconditional + guidance_scale * (conditional - unconditional)
        return to_x0(velocity, "velocity", x, 1 - u, u)

    # --8<-- [end:denoise]

    return denoise
