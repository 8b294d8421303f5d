"""The image denoiser: a small convolutional U-Net that works at 14x14.

Pixel-unshuffle folds 28x28x1 into 14x14x4, so that no layer runs at full resolution; residual blocks
of plain 3x3 convolutions do the rest. No attention: at this size it costs more than it brings.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from demos.data import NUM_CLASSES

UNCONDITIONAL = NUM_CLASSES  # the label that stands for "no class given"
LOG_SNR_LIMIT = 14.0  # |log_snr| is clamped to this; u then lies in [0.0009, 0.9991]
DATA_STD = 0.7  # of Fashion-MNIST pixels in [-1, 1]: 2 x 0.353


class NoiseEmbedding(nn.Module):
    """log_snr [B] and label [B] -> embedding [B, dim].

    The features are waves of tanh(log_snr / 8), which is bounded: nothing explodes at the ends.
    """

    def __init__(self, dim: int, num_waves: int = 16):
        super().__init__()
        self.register_buffer("frequency", math.pi * torch.logspace(-1, 4, num_waves, base=2.0), persistent=False)
        self.hidden = nn.Linear(2 * num_waves, dim)
        self.label = nn.Embedding(NUM_CLASSES + 1, dim)
        self.out = nn.Linear(dim, dim)

    def forward(self, log_snr: Tensor, y: Tensor) -> Tensor:
        angle = torch.tanh(log_snr / 8)[:, None] * self.frequency  # [B, num_waves]
        waves = torch.cat([angle.sin(), angle.cos()], dim=1)
        return F.silu(self.out(F.silu(self.hidden(waves) + self.label(y))))


class ResidualBlock(nn.Module):
    """GroupNorm, SiLU, 3x3 convolution, twice; the embedding scales and shifts in between."""

    def __init__(self, in_channels: int, out_channels: int, embedding_dim: int):
        super().__init__()
        self.norm1 = nn.GroupNorm(8, in_channels)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.norm2 = nn.GroupNorm(8, out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.modulation = nn.Linear(embedding_dim, 2 * out_channels)
        self.skip = nn.Conv2d(in_channels, out_channels, 1) if in_channels != out_channels else nn.Identity()
        nn.init.zeros_(self.conv2.weight)  # the block starts as the identity
        nn.init.zeros_(self.conv2.bias)

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        scale, shift = self.modulation(embedding)[:, :, None, None].chunk(2, dim=1)
        h = self.conv1(F.silu(self.norm1(x)))
        h = self.norm2(h) * (1 + scale) + shift
        return self.skip(x) + self.conv2(F.silu(h))


class Denoiser(nn.Module):
    """The course's core network: `net(x, log_snr, y) -> velocity`.

    x lies on the flow path x = (1 - u) x0 + u eps, whose log signal-to-noise ratio is
    log_snr = 2 ln((1 - u) / u); the velocity is dx/du = eps - x0, hence x0_hat = x - u * velocity.
    Every other Gaussian schedule enters by rescaling (see `demos.diffusion.noise`).

    The raw network F is wrapped as velocity = c_skip x + c_out F(c_in x), with the coefficients of
    Karras et al. 2022 (arXiv 2206.00364, table 1) worked out for this path and pixels of mean 0 and
    standard deviation `DATA_STD`: of these, c_skip x would be the best linear guess, with F left to learn
    the rest at unit variance. Fashion-MNIST's pixels have mean -0.43, which F learns as well: its target
    has a power of 1 near the data and 1.4 near the noise, and the loss starts at 1.37 (without the
    offset, 1.1). At u = 1 this makes x0_hat = -c_out F, at u = 0 it makes x0_hat = x: both ends are
    right by construction.
    """

    def __init__(self, channels: tuple[int, int] = (64, 96), embedding_dim: int = 96):
        super().__init__()
        high, low = channels  # at 14x14 and at 7x7
        self.embedding = NoiseEmbedding(embedding_dim)
        self.conv_in = nn.Conv2d(4, high, 3, padding=1)
        self.encode = ResidualBlock(high, high, embedding_dim)
        self.down = nn.Conv2d(high, low, 3, stride=2, padding=1)
        self.bottom = nn.ModuleList(ResidualBlock(low, low, embedding_dim) for _ in range(3))
        self.up = nn.Conv2d(low, high, 1)
        self.decode = nn.ModuleList(
            [ResidualBlock(2 * high, high, embedding_dim), ResidualBlock(high, high, embedding_dim)]
        )
        self.norm_out = nn.GroupNorm(8, high)
        self.conv_out = nn.Conv2d(high, 4, 3, padding=1)
        nn.init.zeros_(self.conv_out.weight)
        nn.init.zeros_(self.conv_out.bias)

    def raw(self, x: Tensor, log_snr: Tensor, y: Tensor) -> Tensor:
        """F: the network inside the preconditioning, [B, 1, 28, 28] -> [B, 1, 28, 28]."""
        embedding = self.embedding(log_snr, y)
        h = self.conv_in(F.pixel_unshuffle(x, 2))  # [B, high, 14, 14]
        skip = self.encode(h, embedding)
        h = self.down(skip)  # [B, low, 7, 7]
        for block in self.bottom:
            h = block(h, embedding)
        h = torch.cat([F.interpolate(self.up(h), scale_factor=2.0, mode="nearest"), skip], dim=1)
        for block in self.decode:
            h = block(h, embedding)
        return F.pixel_shuffle(self.conv_out(F.silu(self.norm_out(h))), 2)

    def forward(self, x: Tensor, log_snr: Tensor, y: Tensor) -> Tensor:
        """Predict the velocity eps - x0.

        Args:
            x: float [B, 1, 28, 28], a point of the flow path.
            log_snr: float [B], 2 ln((1 - u) / u); clamped to [-14, 14].
            y: int64 [B], the class 0..9, or 10 for unconditional.

        Returns:
            velocity: float [B, 1, 28, 28].
        """
        # --8<-- [start:forward]
        log_snr = log_snr.clamp(-LOG_SNR_LIMIT, LOG_SNR_LIMIT)
        u = torch.sigmoid(-log_snr / 2)[:, None, None, None]
        variance = (1 - u) ** 2 * DATA_STD**2 + u**2  # of a pixel of x
        c_skip = (u - (1 - u) * DATA_STD**2) / variance
        c_in = variance.rsqrt()
        return c_skip * x + DATA_STD * c_in * self.raw(c_in * x, log_snr, y).float()
        # --8<-- [end:forward]
