"""Normalizing flow of pictures: coupling layers on several scales (Dinh et al. 2017, arXiv 1605.08803, section 3.6).

Bytes become real numbers (`demos.dequantisation`), 2x2 squares of pixels become channels, steps of
coupling follow (`demos.coupling`), and half of the channels leave for the latent; the rest go on one
scale deeper. What a class looks like on average, and where in the picture, is learned as a context
that every network inside a coupling reads.

The likelihood is a lower bound only because of the dequantisation: of real numbers it is exact.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from demos.coupling import Affine, FlowStep
from demos.data import DataSet, Examples
from demos.dequantisation import Dequantiser, to_picture, to_real
from demos.likelihood import bits_per_dim, to_pixels
from demos.random import normal_tensor
from demos.training.configs import ImageFlowConfig


class ImageFlowBatch(NamedTuple):
    """One training batch."""

    x: Tensor  # [B, *shape], in the model range
    y: Tensor  # [B], labels
    noise: Tensor  # [B, *shape], normal: what the dequantisation makes its u of


class Scale(nn.Module):
    """Squeeze, steps of coupling, and half of the channels leave unless this is the deepest scale."""

    def __init__(self, shape: tuple[int, ...], num_classes: int, steps: int, config: ImageFlowConfig, deepest: bool):
        super().__init__()
        channels, height, width = shape
        channels = 4 * channels
        self.context = nn.Parameter(0.1 * torch.randn(num_classes, config.context, height // 2, width // 2))
        self.steps = nn.ModuleList(
            FlowStep(channels, config.context, config.width, config.blocks) for _ in range(steps)
        )
        self.kept = channels if deepest else channels // 2
        self.leave = (
            None if deepest else Affine(self.kept + config.context, channels - self.kept, config.width, config.blocks)
        )
        self.out_shape = (self.kept, height // 2, width // 2)
        self.left_shape = self.out_shape if deepest else (channels - self.kept, height // 2, width // 2)

    def forward(self, x: Tensor, labels: Tensor) -> tuple[Tensor, Tensor | None, Tensor]:
        """x -> (what goes on, what leaves or None, log-determinant [B])."""
        context = self.context.index_select(0, labels)
        x = F.pixel_unshuffle(x, 2)
        log_det = torch.zeros(len(x), dtype=x.dtype)
        for step in self.steps:
            x, change = step(x, context)
            log_det = log_det + change
        if self.leave is None:
            return x, None, log_det
        x, left = x.split((self.kept, x.shape[1] - self.kept), dim=1)
        left, change = self.leave(left, torch.cat([x, context], dim=1))
        return x, left, log_det + change

    def inverse(self, x: Tensor, left: Tensor | None, labels: Tensor) -> Tensor:
        """The way back."""
        context = self.context.index_select(0, labels)
        if self.leave is not None:
            x = torch.cat([x, self.leave.inverse(left, torch.cat([x, context], dim=1))], dim=1)
        for step in reversed(self.steps):
            x = step.inverse(x, context)
        return F.pixel_shuffle(x, 2)


class ImageFlow(nn.Module):
    """All scales, and the dequantisation beside them, which generating does not need.

    Attributes:
        shape: of a picture; its sides are divisible by 2 as many times as there are scales.
    """

    def __init__(self, shape: tuple[int, ...], num_classes: int, config: ImageFlowConfig):
        super().__init__()
        self.shape = shape
        self.scales = nn.ModuleList()
        for index, steps in enumerate(config.steps):
            scale = Scale(shape, num_classes, steps, config, deepest=index == len(config.steps) - 1)
            self.scales.append(scale)
            shape = scale.out_shape
        self.dequantiser = Dequantiser(self.shape, config.dequantiser_width, config.dequantiser_steps)

    def forward(self, y: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Real pixels [B, *shape] and labels [B] -> (z [B, dims], log |det dz/dy| [B]).

        What leaves first stands first in z, the coarsest last.
        """
        latents, log_det = [], torch.zeros(len(y), dtype=y.dtype)
        for scale in self.scales:
            y, left, change = scale(y, labels)
            log_det = log_det + change
            latents.append(y if left is None else left)
        return torch.cat([part.flatten(1) for part in latents], dim=1), log_det

    def inverse(self, z: Tensor, labels: Tensor) -> Tensor:
        """z [B, dims] -> real pixels [B, *shape]."""
        shapes = [scale.left_shape for scale in self.scales]
        parts = z.split([math.prod(shape) for shape in shapes], dim=1)
        *lefts, y = [part.unflatten(1, shape) for part, shape in zip(parts, shapes, strict=True)]
        for scale, left in zip(reversed(self.scales), [None, *reversed(lefts)], strict=True):
            y = scale.inverse(y, left, labels)
        return y


def build_image_flow(config: ImageFlowConfig, data: DataSet) -> dict[str, nn.Module]:
    """The networks of a family; see `demos.training.families`."""
    return {"flow": ImageFlow(data.shape, data.num_classes, config)}


def make_batch(
    examples: Examples, config: ImageFlowConfig, batch_size: int, generator: torch.Generator, progress: float = 1.0
) -> ImageFlowBatch:
    """Draw pictures with their labels, and the noise that hides between the levels of their pixels."""
    index = torch.randint(len(examples.x), (batch_size,), generator=generator)
    x = examples.x[index]
    return ImageFlowBatch(x, examples.y[index], torch.randn(x.shape, generator=generator))


# --8<-- [start:bound]
def bound(flow: ImageFlow, x: Tensor, labels: Tensor, noise: Tensor) -> Tensor:
    """A lower bound in expectation on the log-probability of the bytes of pictures given their labels, in nats, [B].

    Args:
        x: [B, *shape] in the model range; taken as the byte that is nearest.
        noise: [B, *shape], normal.
    """
    levels = to_pixels(x).to(x.dtype)
    h, log_q = flow.dequantiser(levels, noise)
    y, stretched = to_real(levels, h)
    z, log_det = flow(y, labels)
    return -(z.square() / 2 + math.log(2 * math.pi) / 2).sum(1) + log_det + stretched - log_q


# --8<-- [end:bound]


def negative_bound(parts: Mapping[str, nn.Module], batch: ImageFlowBatch, config: ImageFlowConfig) -> Tensor:
    """The loss: the mean of the bound in bits a dimension, a scalar; 8 is what guessing costs."""
    flow = parts["flow"]
    return bits_per_dim(bound(flow, batch.x, batch.y, batch.noise), math.prod(flow.shape)).mean()


def log_prob(
    parts: Mapping[str, nn.Module], config: ImageFlowConfig, x: Tensor, labels: Tensor, seed: int, first: int = 0
) -> Tensor:
    """The bound with one draw of noise an example, in nats, [B]; see `demos.training.families`."""
    return bound(parts["flow"], x, labels, normal_tensor(seed, 0, tuple(x.shape), first))


def generate(parts: Mapping[str, nn.Module], z: Tensor, labels: Tensor) -> Tensor:
    """Latents [B, dims] and labels [B] -> pictures [B, *shape] in the model range: one pass, nothing drawn."""
    return to_picture(parts["flow"].inverse(z, labels))


def sample(
    parts: Mapping[str, nn.Module], config: ImageFlowConfig, labels: Tensor, seed: int, first: int = 0
) -> Tensor:
    """Gaussian noise, taken back through the layers: [B, *shape]."""
    dims = math.prod(parts["flow"].shape)
    return generate(parts, normal_tensor(seed, 0, (len(labels), dims), first), labels)
