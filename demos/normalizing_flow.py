"""Normalizing flow by affine coupling layers (Dinh et al. 2017, arXiv 1605.08803, section 3).

Every layer can be undone exactly and its Jacobian is triangular, so the density of a point is exact:
log p(x) = log N(f(x); 0, I) + log |det df/dx|. The price: x and z have the same dimension, and a
continuous map cannot tear one Gaussian into separate pieces, so bridges remain between modes.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn

from demos.data import DataSet, Examples
from demos.mlp import mlp
from demos.random import normal_tensor
from demos.training.configs import PointFlowConfig

LOG_SCALE_LIMIT = 2.0  # of one layer: nothing overflows, forward or back


class FlowBatch(NamedTuple):
    """One training batch."""

    x: Tensor  # [B, 2]


class Coupling(nn.Module):
    """One coordinate stays and decides how the other is stretched and shifted."""

    def __init__(self, width: int, depth: int, keep: int):
        super().__init__()
        self.keep = keep
        self.layers = mlp(1, 2, width, depth)
        nn.init.zeros_(self.layers[-1].weight)  # the layer starts as the identity
        nn.init.zeros_(self.layers[-1].bias)

    def _log_scale_and_shift(self, kept: Tensor) -> tuple[Tensor, Tensor]:
        raw, shift = self.layers(kept[:, None]).unbind(1)
        return LOG_SCALE_LIMIT * torch.tanh(raw / LOG_SCALE_LIMIT), shift

    def _join(self, kept: Tensor, moved: Tensor) -> Tensor:
        return torch.stack((kept, moved) if self.keep == 0 else (moved, kept), dim=1)

    # --8<-- [start:coupling]
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Towards the Gaussian: x [B, 2] -> (z [B, 2], log |det dz/dx| [B])."""
        kept, moved = x[:, self.keep], x[:, 1 - self.keep]
        log_scale, shift = self._log_scale_and_shift(kept)
        return self._join(kept, moved * log_scale.exp() + shift), log_scale

    def inverse(self, z: Tensor) -> Tensor:
        """Back to the data, exactly: z [B, 2] -> x [B, 2]."""
        kept, moved = z[:, self.keep], z[:, 1 - self.keep]
        log_scale, shift = self._log_scale_and_shift(kept)
        return self._join(kept, (moved - shift) * (-log_scale).exp())

    # --8<-- [end:coupling]


class PointFlow(nn.Module):
    """Coupling layers that keep the two coordinates in turn."""

    def __init__(self, layers: int, width: int, depth: int):
        super().__init__()
        self.layers = nn.ModuleList(Coupling(width, depth, keep=index % 2) for index in range(layers))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x [B, 2] -> (z [B, 2], log |det dz/dx| [B])."""
        log_det = torch.zeros(len(x), dtype=x.dtype)
        for layer in self.layers:
            x, change = layer(x)
            log_det = log_det + change
        return x, log_det

    def inverse(self, z: Tensor) -> Tensor:
        """z [B, 2] -> x [B, 2]."""
        for layer in reversed(self.layers):
            z = layer.inverse(z)
        return z


def build_point_flow(config: PointFlowConfig, data: DataSet) -> dict[str, nn.Module]:
    """The networks of a family; see `demos.training.families`."""
    return {"flow": PointFlow(config.layers, config.width, config.depth)}


def make_batch(
    examples: Examples, config: PointFlowConfig, batch_size: int, generator: torch.Generator, progress: float = 1.0
) -> FlowBatch:
    """Draw points."""
    return FlowBatch(examples.x[torch.randint(len(examples.x), (batch_size,), generator=generator)])


# --8<-- [start:log_prob]
def log_prob(parts: Mapping[str, nn.Module], config: PointFlowConfig, x: Tensor) -> Tensor:
    """The exact log-density of points in nats, [B]."""
    z, log_det = parts["flow"](x)
    return -(z.square() / 2 + math.log(2 * math.pi) / 2).sum(1) + log_det


def negative_log_likelihood(parts: Mapping[str, nn.Module], batch: FlowBatch, config: PointFlowConfig) -> Tensor:
    """The loss: mean negative log-density, a scalar in nats."""
    return -log_prob(parts, config, batch.x).mean()


# --8<-- [end:log_prob]


def generate(parts: Mapping[str, nn.Module], z: Tensor, labels: Tensor) -> Tensor:
    """z [B, 2] taken back through the layers: [B, 2]; the labels are not read."""
    return parts["flow"].inverse(z)


def sample(
    parts: Mapping[str, nn.Module], config: PointFlowConfig, labels: Tensor, seed: int, first: int = 0
) -> Tensor:
    """Gaussian noise, taken back through the layers: [B, 2]."""
    return generate(parts, normal_tensor(seed, 0, (len(labels), 2), first), labels)
