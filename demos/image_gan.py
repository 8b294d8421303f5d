"""The GAN of images: networks, one batch, and the losses of `demos.gan` over slightly moved images.

No layer normalises; what keeps the game stable is the slope penalty, whose weight gamma falls over the run
(Huang et al. 2024, arXiv 2501.05441). The discriminator reads the class by projection
(Miyato and Koyama 2018, arXiv 1802.05637). It sees real and made images moved by the same few pixels, so
that it cannot learn the training images by heart (Zhao et al. 2020, arXiv 2006.10738); never mirrored,
because shoes point one way.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from demos import gan
from demos.data import DataSet, Examples
from demos.training.configs import ImageGanConfig

SLOPE = 0.2  # of the activation below zero
BACKGROUND = -1.0  # black: what comes into sight when an image moves


class ImageGanBatch(NamedTuple):
    """One training batch: a `demos.gan.GanBatch` with what else a step draws or changes."""

    x: Tensor  # [B, C, H, W], real images, already moved by `shift`
    y: Tensor  # [B]
    z_discriminator: Tensor  # [B, latent_dim]
    z_generator: Tensor  # [B, latent_dim]
    shift: Tensor  # int64 [B, 2], pixels downwards and to the right, for the made images as well
    gamma: Tensor  # [B], the same for all

    @property
    def drawn(self) -> gan.GanBatch:
        """What the losses of `demos.gan` read."""
        return gan.GanBatch(self.x, self.y, self.z_discriminator, self.z_generator)


def make_batch(
    examples: Examples, config: ImageGanConfig, batch_size: int, generator: torch.Generator, progress: float = 1.0
) -> ImageGanBatch:
    """Draw real images, noise and shifts; gamma falls geometrically from its first value to its last."""
    drawn = gan.make_batch(examples, config, batch_size, generator, progress)
    shift = torch.randint(-config.max_shift, config.max_shift + 1, (batch_size, 2), generator=generator)
    gamma = config.gamma ** (1 - progress) * config.final_gamma**progress
    drawn = drawn._replace(x=translate(drawn.x, shift))
    return ImageGanBatch(*drawn, shift, torch.full((batch_size,), gamma))


def translate(x: Tensor, shift: Tensor) -> Tensor:
    """Move each image by its own whole pixels; background comes in. Differentiable in x.

    Args:
        x: [B, C, H, W].
        shift: int64 [B, 2], downwards and to the right.
    """
    height, width = x.shape[2:]
    row = (torch.arange(height) - shift[:, :1])[:, None, :, None]  # [B, 1, H, 1], where each row comes from
    column = (torch.arange(width) - shift[:, 1:])[:, None, None, :]  # [B, 1, 1, W]
    seen = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    moved = x.gather(2, row.clamp(0, height - 1).expand_as(x)).gather(3, column.clamp(0, width - 1).expand_as(x))
    return torch.where(seen, moved, BACKGROUND)


def activate(h: Tensor) -> Tensor:
    """The activation of both networks; its second derivative is zero, which keeps the slope penalty cheap."""
    return F.leaky_relu(h, SLOPE)


Layer = TypeVar("Layer", nn.Conv2d, nn.Linear)


def _started(layer: Layer) -> Layer:
    """Weights that keep the size of what passes through, as no normalisation will."""
    nn.init.kaiming_normal_(layer.weight, SLOPE)
    nn.init.zeros_(layer.bias)
    return layer


def _conv(inputs: int, outputs: int, size: int = 3, stride: int = 1) -> nn.Conv2d:
    return _started(nn.Conv2d(inputs, outputs, size, stride, padding=size // 2))


class ResidualBlock(nn.Module):
    """Activation and 3x3 convolution, twice; a style, where there is one, scales and shifts in between."""

    def __init__(self, channels: int, style_dim: int = 0):
        super().__init__()
        self.conv1, self.conv2 = _conv(channels, channels), _conv(channels, channels)
        nn.init.zeros_(self.conv2.weight)  # the block starts as the identity
        self.modulation = nn.Linear(style_dim, 2 * channels) if style_dim else None

    def forward(self, x: Tensor, style: Tensor | None = None) -> Tensor:
        h = self.conv1(activate(x))
        if self.modulation:
            scale, shift = self.modulation(style)[:, :, None, None].chunk(2, dim=1)
            h = h * (1 + scale) + shift
        return x + self.conv2(activate(h))


class ImageGenerator(nn.Module):
    """z [B, latent_dim] and class [B] -> image [B, C, H, W] in [-1, 1].

    It works at a quarter and at half of the image's size; a pixel-shuffle makes the rest. Half of the real pixels
    are exactly -1, which tanh only approaches; below -3.2 it rounds to their byte.
    """

    def __init__(self, shape: tuple[int, ...], num_classes: int, config: ImageGanConfig):
        super().__init__()
        colours, height, width = shape
        low, high = config.generator_channels
        self.label = nn.Embedding(num_classes, config.label_dim)
        self.style = _started(nn.Linear(config.latent_dim + config.label_dim, config.style_dim))
        self.start = _started(nn.Linear(config.style_dim, config.start_channels * (height // 4) * (width // 4)))
        self.start_shape = config.start_channels, height // 4, width // 4
        self.widen = _conv(config.start_channels, low)
        self.at_quarter = nn.ModuleList(ResidualBlock(low, config.style_dim) for _ in range(config.generator_blocks[0]))
        self.up = _conv(low, high, 1)
        self.at_half = nn.ModuleList(ResidualBlock(high, config.style_dim) for _ in range(config.generator_blocks[1]))
        self.out = _conv(high, 4 * colours)

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        style = activate(self.style(torch.cat([z, self.label(y)], dim=1)))
        h = self.widen(self.start(style).unflatten(1, self.start_shape))  # [B, low, H/4, W/4]
        for block in self.at_quarter:
            h = block(h, style)
        h = F.interpolate(self.up(h), scale_factor=2.0, mode="nearest")  # [B, high, H/2, W/2]
        for block in self.at_half:
            h = block(h, style)
        return torch.tanh(F.pixel_shuffle(self.out(activate(h)), 2).float())


class ImageDiscriminator(nn.Module):
    """Image [B, C, H, W] and class [B] -> logit [B]; larger means "looks real, and of this class"."""

    def __init__(self, shape: tuple[int, ...], num_classes: int, config: ImageGanConfig):
        super().__init__()
        colours, height, width = shape
        sizes = config.discriminator_channels
        self.inlet = _conv(4 * colours, sizes[0])
        self.blocks = nn.ModuleList(ResidualBlock(size) for size in sizes)
        self.down = nn.ModuleList(_conv(a, b, stride=2) for a, b in pairwise(sizes))
        places = -(-height // 2 ** len(sizes)) * -(-width // 2 ** len(sizes))  # of the last map
        self.feature = _started(nn.Linear(sizes[-1] * places, config.feature_dim))
        self.common = nn.Parameter(torch.randn(config.feature_dim) / config.feature_dim**0.5)
        self.special = nn.Embedding(num_classes, config.feature_dim)
        nn.init.zeros_(self.special.weight)  # the classes start as one

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        h = self.inlet(F.pixel_unshuffle(x, 2))
        for block, down in zip(self.blocks, [*self.down, activate], strict=True):
            h = down(block(h))  # [B, size, H/2, W/2], then half of it, and so on
        feature = activate(self.feature(h.flatten(1)))
        return (feature * (self.common + self.special(y))).sum(1)  # float32, also where layers compute in bf16


def build_image_gan(config: ImageGanConfig, data: DataSet) -> dict[str, nn.Module]:
    """The networks of a family; see `demos.training.families`."""
    return {
        "generator": ImageGenerator(data.shape, data.num_classes, config),
        "discriminator": ImageDiscriminator(data.shape, data.num_classes, config),
    }


def _moving(generator: nn.Module, shift: Tensor) -> gan.Network:
    """The generator as the discriminator sees it."""
    return lambda z, y: translate(generator(z, y), shift)


def discriminator_loss(parts: Mapping[str, nn.Module], batch: ImageGanBatch, config: ImageGanConfig) -> Tensor:
    """What the discriminator minimises, a scalar."""
    generator = _moving(parts["generator"], batch.shift)
    return gan.relativistic_discriminator_loss(generator, parts["discriminator"], batch.drawn, batch.gamma[0])


def generator_loss(parts: Mapping[str, nn.Module], batch: ImageGanBatch, config: ImageGanConfig) -> Tensor:
    """What the generator minimises, a scalar."""
    generator = _moving(parts["generator"], batch.shift)
    return gan.relativistic_generator_loss(generator, parts["discriminator"], batch.drawn)
