"""A plain convolutional autoencoder whose code is the second pair of eyes: "FD-AE" beside FD-CNN.

A classifier keeps what tells the classes apart and is very sensitive to sharpness; a reconstruction keeps what
makes most of the picture. Distances between sets of codes therefore err in another way, and a
sampler or a model is called better only if both distances say so. Deterministic, with another objective and
another architecture than the classifiers: strided convolutions in, sub-pixel convolutions (Shi et al. 2016,
arXiv 1609.05158) out, and a linear bottleneck between them.
"""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from demos.data import DataSet, Examples, in_chunks
from demos.training.configs import AutoencoderConfig


class ImageBatch(NamedTuple):
    """One training batch."""

    x: Tensor  # [B, *shape] in [-1, 1]


class ConvolutionalAutoencoder(nn.Module):
    """Image -> code -> image; both sides of an image must be divisible by 4."""

    def __init__(self, shape: tuple[int, ...], channels: tuple[int, int], code_dim: int):
        super().__init__()
        colours, height, width = shape
        self.place = channels[1], height // 4, width // 4  # of the map beside the code
        size = channels[1] * (height // 4) * (width // 4)
        self.encoder = nn.ModuleList(
            (nn.Conv2d(colours, channels[0], 3, 2, 1), nn.Conv2d(channels[0], channels[1], 3, 2, 1))
        )
        self.code = nn.Linear(size, code_dim)
        self.opened = nn.Linear(code_dim, size)
        self.decoder = nn.ModuleList(
            (nn.Conv2d(channels[1], 4 * channels[0], 3, padding=1), nn.Conv2d(channels[0], 4 * colours, 3, padding=1))
        )

    def features(self, x: Tensor) -> Tensor:
        """The code: [B, *shape] in [-1, 1] -> [B, code_dim]."""
        for conv in self.encoder:
            x = F.silu(conv(x))
        return self.code(x.flatten(1))

    def forward(self, x: Tensor) -> Tensor:
        """The reconstruction: [B, *shape] in [-1, 1] -> [B, *shape], not clipped."""
        x = self.opened(self.features(x)).unflatten(1, self.place)
        for conv in self.decoder:
            x = F.pixel_shuffle(conv(F.silu(x)), 2)
        return x


def build_autoencoder(config: AutoencoderConfig, data: DataSet) -> dict[str, nn.Module]:
    """The one network, with fresh random weights."""
    return {"net": ConvolutionalAutoencoder(data.shape, config.channels, config.code_dim)}


def draw_images(
    examples: Examples, config: AutoencoderConfig, batch_size: int, generator: torch.Generator, progress: float = 1.0
) -> ImageBatch:
    """Draw examples without changing them."""
    return ImageBatch(examples.x[torch.randint(len(examples.x), (batch_size,), generator=generator)])


def reconstruction_loss(parts: Mapping[str, nn.Module], batch: ImageBatch, config: AutoencoderConfig) -> Tensor:
    """The mean squared error of a pixel, a scalar."""
    return (parts["net"](batch.x).float() - batch.x).square().mean()


def reconstruction_error(net: nn.Module, images: Tensor) -> float:
    """The mean squared error of a pixel over many images [N, *shape] in [-1, 1]."""
    return in_chunks(lambda x: (net(x) - x).square().mean((1, 2, 3)), images).double().mean().item()


def held_out(parts: Mapping[str, nn.Module], examples: Examples) -> str:
    """How well it reconstructs examples it was not trained on, in words."""
    return f"mean squared error of a pixel {reconstruction_error(parts['net'], examples.x):.5f}"
