"""Layers of normalizing flows of images: each can be undone exactly and knows its own determinant.

One step is Glow's (Kingma and Dhariwal 2018, arXiv 1807.03039, section 3): a scale and shift of every
channel, a 1x1 convolution that mixes the channels, and an affine coupling (Dinh et al. 2017, arXiv
1605.08803). Every layer maps x [B, C, H, W] to (z [B, C, H, W], log |det dz/dx| [B]) and back.
What it takes to be invertible stays in float32; only the networks inside couplings may run in bf16.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

LOG_SCALE_LIMIT = 2.0  # of one coupling: nothing overflows, forward or back


class GatedBlock(nn.Module):
    """What is added is decided per channel and place: x + a sigmoid(b), with a and b from a 3x3 convolution."""

    def __init__(self, width: int):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)
        self.value = nn.Conv2d(width, width, 1)
        self.gate = nn.Conv2d(width, width, 1)  # apart from `value`: halves of one answer are slow to read

    def forward(self, x: Tensor) -> Tensor:
        h = F.relu(self.conv(F.relu(x)))
        return x + self.value(h) * self.gate(h).sigmoid()


class Affine(nn.Module):
    """Stretches and shifts x as a network says that sees only what is given: [B, C, H, W] both ways.

    Fresh, it is the identity.
    """

    def __init__(self, given: int, channels: int, width: int, blocks: int):
        super().__init__()
        last = nn.Conv2d(width, 2 * channels, 3, padding=1)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
        first = nn.Conv2d(given, width, 3, padding=1)
        self.net = nn.Sequential(first, *(GatedBlock(width) for _ in range(blocks)), nn.ReLU(), last)

    def _log_scale_and_shift(self, given: Tensor) -> tuple[Tensor, Tensor]:
        raw, shift = self.net(given).to(given.dtype).chunk(2, dim=1)
        return LOG_SCALE_LIMIT * torch.tanh(raw / LOG_SCALE_LIMIT), shift

    def forward(self, x: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        log_scale, shift = self._log_scale_and_shift(given)
        return x * log_scale.exp() + shift, log_scale.sum((1, 2, 3))

    def inverse(self, z: Tensor, given: Tensor) -> Tensor:
        log_scale, shift = self._log_scale_and_shift(given)
        return (z - shift) * (-log_scale).exp()


class ActNorm(nn.Module):
    """A learned scale and shift of each channel.

    Glow sets them from the first batch. Here they begin as the identity, because what flows in has been
    brought to mean 0 and variance 1 and fresh couplings and rotations leave it so.
    """

    def __init__(self, channels: int):
        super().__init__()
        self.log_scale = nn.Parameter(torch.zeros(channels, 1, 1))
        self.shift = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        places = x.shape[2] * x.shape[3]
        return x * self.log_scale.exp() + self.shift, (places * self.log_scale.sum()).expand(len(x))

    def inverse(self, z: Tensor) -> Tensor:
        return (z - self.shift) * (-self.log_scale).exp()


class Mixing(nn.Module):
    """A 1x1 convolution that starts as a random rotation, W = P L D U (after Glow, equation 10).

    P is a permutation, L and U have ones on their diagonals, and D is diagonal: its signs stay, its
    logarithms are learned. So every setting, an average over a run included, can be undone.
    """

    permutation: Tensor
    sign: Tensor

    def __init__(self, channels: int):
        super().__init__()
        rotation = torch.linalg.qr(torch.randn(channels, channels)).Q
        permutation, lower, upper = torch.linalg.lu(rotation)
        diagonal = upper.diagonal()
        self.register_buffer("permutation", permutation)
        self.register_buffer("sign", diagonal.sign())
        self.log_diagonal = nn.Parameter(diagonal.abs().log())
        self.lower = nn.Parameter(lower.tril(-1))
        self.upper = nn.Parameter((upper / diagonal[:, None]).triu(1))

    def weight(self) -> Tensor:
        """W, [C, C]."""
        one = torch.eye(len(self.sign), dtype=self.lower.dtype)
        diagonal = self.sign * self.log_diagonal.exp()
        return self.permutation @ (one + self.lower.tril(-1)) @ (diagonal[:, None] * (one + self.upper.triu(1)))

    def inverse_weight(self) -> Tensor:
        """The inverse of W from plain products, so that it exports to ONNX."""
        diagonal = self.sign * (-self.log_diagonal).exp()
        upper, lower = _inverse_of_one_plus(self.upper.triu(1)), _inverse_of_one_plus(self.lower.tril(-1))
        return upper @ (diagonal[:, None] * lower) @ self.permutation.T

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        places = x.shape[2] * x.shape[3]
        return _mix(x, self.weight), (places * self.log_diagonal.sum()).expand(len(x))

    def inverse(self, z: Tensor) -> Tensor:
        return _mix(z, self.inverse_weight)


def _inverse_of_one_plus(strict: Tensor) -> Tensor:
    """(1 + N)^-1 = 1 - N + N^2 - ..., which ends for a strictly triangular N: (1 - N)(1 + N^2)(1 + N^4)..."""
    one = torch.eye(len(strict), dtype=strict.dtype)
    power, inverse, degree = -strict, one - strict, 2
    while degree < len(strict):
        power = power @ power
        inverse, degree = inverse @ (one + power), 2 * degree
    return inverse


def _mix(x: Tensor, weight) -> Tensor:
    with torch.autocast(x.device.type, enabled=False):  # a rounded matrix would not be the one whose determinant counts
        return F.conv2d(x, weight()[:, :, None, None])


class FlowStep(nn.Module):
    """ActNorm, mixing, and a coupling: half of the channels stay and, with the context, move the other half."""

    def __init__(self, channels: int, context: int, width: int, blocks: int):
        super().__init__()
        self.halves = (channels // 2, channels - channels // 2)  # what stays, what moves
        self.norm = ActNorm(channels)
        self.mixing = Mixing(channels)
        self.affine = Affine(self.halves[0] + context, self.halves[1], width, blocks)

    # --8<-- [start:step]
    def forward(self, x: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """Towards the Gaussian; context is float [B, context, H, W]."""
        x, stretched = self.norm(x)
        x, mixed = self.mixing(x)
        kept, moved = x.split(self.halves, dim=1)
        moved, coupled = self.affine(moved, torch.cat([kept, context], dim=1))
        return torch.cat([kept, moved], dim=1), stretched + mixed + coupled

    def inverse(self, z: Tensor, context: Tensor) -> Tensor:
        """Back to the data, exactly."""
        kept, moved = z.split(self.halves, dim=1)
        moved = self.affine.inverse(moved, torch.cat([kept, context], dim=1))
        return self.norm.inverse(self.mixing.inverse(torch.cat([kept, moved], dim=1)))

    # --8<-- [end:step]
