"""The denoiser of points: the signature of `demos.diffusion.networks.Denoiser`, layers that fit on a line."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from demos.diffusion.networks import LOG_SNR_LIMIT

POINT_STD = 1.4  # of a coordinate of the point sets, roughly


class PointDenoiser(nn.Module):
    """`net(x [B, 2], log_snr [B], y [B]) -> velocity [B, 2]`, preconditioned like the image denoiser.

    The coefficients are those of Karras et al. 2022 (arXiv 2206.00364, table 1) worked out for the flow path.
    """

    def __init__(self, width: int, depth: int, num_classes: int, num_waves: int = 8):
        super().__init__()
        self.num_classes = num_classes  # and the label that stands for "no class given"
        self.register_buffer("frequency", math.pi * torch.logspace(-1, 3, num_waves, base=2.0), persistent=False)
        self.point = nn.Linear(2, width)
        self.level = nn.Linear(2 * num_waves, width)
        self.label = nn.Embedding(num_classes + 1, width)
        self.hidden = nn.ModuleList(nn.Linear(width, width) for _ in range(depth - 1))
        self.out = nn.Linear(width, 2)
        nn.init.zeros_(self.label.weight)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: Tensor, log_snr: Tensor, y: Tensor) -> Tensor:
        log_snr = log_snr.clamp(-LOG_SNR_LIMIT, LOG_SNR_LIMIT)
        u = torch.sigmoid(-log_snr / 2)[:, None]
        variance = (1 - u) ** 2 * POINT_STD**2 + u**2
        c_skip, c_in = (u - (1 - u) * POINT_STD**2) / variance, variance.rsqrt()
        angle = torch.tanh(log_snr / 8)[:, None] * self.frequency
        h = self.point(c_in * x) + self.level(torch.cat([angle.sin(), angle.cos()], dim=1)) + self.label(y)
        for layer in self.hidden:
            h = h + layer(F.silu(h))
        return c_skip * x + POINT_STD * c_in * self.out(F.silu(h))
