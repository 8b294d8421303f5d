"""The gated PixelCNN (van den Oord et al. 2016, arXiv 1606.05328): one pixel after another, each given those before.

log p(x) = sum over i of log p(x_i | x_0 ... x_{i-1}) in reading order, exactly. Of a known image, convolutions
over shifted copies compute all these conditionals at once, so training is quick; a new image takes one call a
pixel. Two stacks see what came before and nothing else: one the rows above, the other the rest of the pixel's own
row. A single stack of masked convolutions would be blind to a wedge on the upper right (section 2.2 there).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from demos.data import DataSet, Examples
from demos.likelihood import (
    LEVELS,
    bits_per_dim,
    discretised_logistic_mixture_log_prob,
    mixture_sample,
    to_pixels,
    to_range,
)
from demos.random import uniform
from demos.training.configs import AutoregressiveConfig

COMPONENTS = 5  # of the mixture


class PixelBatch(NamedTuple):
    """One training batch."""

    x: Tensor  # [B, 1, H, W]
    y: Tensor  # [B], labels


@dataclass(frozen=True)
class Output:
    """How a network tells the distribution of a pixel.

    Attributes:
        size: number of grey levels -> parameters a pixel.
        log_prob: (parameters [B, size, H, W], pixels [B, 1, H, W]) -> nats [B, 1, H, W].
        draw: (parameters [B, size, H, W], numbers [B, 1, H, W] within (0, 1)) -> pixels [B, 1, H, W].
    """

    size: Callable[[int], int]
    log_prob: Callable[[Tensor, Tensor], Tensor]
    draw: Callable[[Tensor, Tensor], Tensor]


def _softmax_log_prob(logits: Tensor, pixels: Tensor) -> Tensor:
    rows = logits.permute(0, 2, 3, 1).flatten(0, 2)  # [B H W, levels]: torch is three times as fast this way
    rows = rows.to(torch.promote_types(rows.dtype, torch.float32))
    return -F.cross_entropy(rows, pixels.flatten(), reduction="none").view(pixels.shape)


def _softmax_draw(logits: Tensor, numbers: Tensor) -> Tensor:
    below = logits.softmax(1).cumsum(1)[:, :-1]  # the distribution function, which is inverted
    return (below < numbers).sum(1, keepdim=True)


OUTPUTS = {
    "softmax": Output(lambda levels: levels, _softmax_log_prob, _softmax_draw),
    "mixture": Output(lambda levels: 3 * COMPONENTS, discretised_logistic_mixture_log_prob, mixture_sample),
}


class Gated(nn.Module):
    """tanh(W x) * sigmoid(V x), equation 2 there: what is said, and how much of it passes. Nothing is padded."""

    def __init__(self, width: int, kernel: tuple[int, int], dilation: int):
        super().__init__()
        self.said = nn.Conv2d(width, width, kernel, dilation=dilation)
        self.passes = nn.Conv2d(width, width, kernel, dilation=dilation)

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(self.said(x)) * torch.sigmoid(self.passes(x))


class Layer(nn.Module):
    """One layer of both stacks; the rows above report to the pixel's own row, and never the other way."""

    def __init__(self, width: int, dilation: int):
        super().__init__()
        self.dilation = dilation
        self.above = Gated(width, (2, 3), dilation)
        self.report = nn.Conv2d(width, width, 1)
        self.left = Gated(width, (1, 2), dilation)
        self.out = nn.Conv2d(width, width, 1)


def grey_waves(levels: int, width: int) -> Tensor:
    """What grey levels look like before training, [levels, width]: slow waves, fast waves and those between.

    In slow ones near levels look alike. The fastest has a period of two levels: about one image of Fashion-MNIST in
    seven was stretched after its levels had been rounded and uses only every second or third of them.
    """
    cycles = levels ** torch.linspace(0, 1, width // 2) / 2  # over all levels
    angle = 2 * math.pi / levels * torch.arange(levels)[:, None] * cycles
    return torch.cat([angle.cos(), angle.sin()], dim=1)


class PixelCnn(nn.Module):
    """All conditionals of an image: `net(pixels, labels)` -> parameters of every pixel's distribution."""

    def __init__(
        self,
        size: tuple[int, int],
        num_classes: int,
        width: int,
        dilations: tuple[int, ...],
        output: str,
        levels: int = LEVELS,
    ):
        super().__init__()
        self.output = OUTPUTS[output]
        self.grey = nn.Embedding.from_pretrained(grey_waves(levels, width), freeze=False)
        self.label = nn.Embedding(num_classes, width)
        self.place = nn.Parameter(torch.zeros(width, *size))  # things are centred: where decides what is likely
        self.from_above = nn.Conv2d(width, width, 1)
        self.from_left = nn.Conv2d(width, width, 1)
        self.layers = nn.ModuleList(Layer(width, dilation) for dilation in dilations)
        self.hidden = nn.Conv2d(width, 2 * width, 1)
        self.answer = nn.Conv2d(2 * width, self.output.size(levels), 1)
        if output == "mixture":  # components side by side: equal ones would learn the same
            mean = torch.linspace(-1, 1, COMPONENTS)
            log_scale = torch.full_like(mean, -math.log(COMPONENTS))
            self.answer.bias = nn.Parameter(torch.cat([torch.zeros_like(mean), mean, log_scale]))

    def _start(self, y: Tensor) -> Tensor:
        return self.place + self.label(y)[:, :, None, None]

    def _see(self, pixels: Tensor) -> Tensor:
        return self.grey(pixels[:, 0]).permute(0, 3, 1, 2)

    def _read(self, h: Tensor) -> Tensor:
        return self.answer(F.relu(self.hidden(F.relu(h))))

    # --8<-- [start:forward]
    def forward(self, pixels: Tensor, y: Tensor) -> Tensor:
        """The parameters of p(pixel | pixels before it, label).

        Args:
            pixels: int64 [B, 1, H, W], grey levels.
            y: int64 [B].

        Returns:
            [B, parameters a pixel, H, W].
        """
        seen, start = self._see(pixels), self._start(y)
        v = self.from_above(start + F.pad(seen[:, :, :-1], (0, 0, 1, 0)))  # each pixel gets the one above it,
        h = self.from_left(start + F.pad(seen[:, :, :, :-1], (1, 0)))  # and the one on its left
        for layer in self.layers:
            d = layer.dilation
            rows = layer.above(F.pad(v, (d, d, d, 0)))
            h = h + layer.report(rows)
            h = h + layer.out(layer.left(F.pad(h, (d, 0))))
            v = v + rows
        return self._read(h)

    # --8<-- [end:forward]

    def log_prob(self, pixels: Tensor, y: Tensor) -> Tensor:
        """log p(image | label) in nats, [B], of pixels int64 [B, 1, H, W]."""
        return self.output.log_prob(self(pixels, y), pixels).flatten(1).sum(1)

    @torch.no_grad()
    def sample(self, y: Tensor, numbers: Tensor) -> Tensor:
        """Draw images pixel by pixel; the layers keep what they have seen, so that a call computes one pixel only.

        Args:
            y: int64 [B].
            numbers: [B, 1, H, W] within (0, 1); each decides one pixel.

        Returns:
            pixels: int64 [B, 1, H, W].
        """
        (count, _, height, width), start = numbers.shape, self._start(y)
        pixels = torch.zeros(numbers.shape, dtype=torch.long)
        reach = [layer.dilation for layer in self.layers]
        above = [start.new_zeros(count, start.shape[1], d + height, d + width + d) for d in reach]
        for i in range(height):
            v, reports = start[:, :, i : i + 1], []
            v = self.from_above(v + self._see(pixels[:, :, i - 1 : i]) if i else v)
            for layer, d, kept in zip(self.layers, reach, above, strict=True):
                kept[:, :, d + i : d + i + 1, d : d + width] = v
                rows = layer.above(kept[:, :, i : i + d + 1])
                reports.append(layer.report(rows))
                v = v + rows
            left = [start.new_zeros(count, start.shape[1], 1, d + width) for d in reach]
            for j in range(width):
                here = slice(i, i + 1), slice(j, j + 1)
                h = start[:, :, *here]
                h = self.from_left(h + self._see(pixels[:, :, i : i + 1, j - 1 : j]) if j else h)
                for layer, d, kept, report in zip(self.layers, reach, left, reports, strict=True):
                    h = h + report[..., j : j + 1]
                    kept[..., d + j : d + j + 1] = h
                    h = h + layer.out(layer.left(kept[..., j : j + d + 1]))
                pixels[:, :, *here] = self.output.draw(self._read(h), numbers[:, :, *here]).long()
        return pixels


def build(config: AutoregressiveConfig, data: DataSet) -> dict[str, nn.Module]:
    """The networks of a family; see `demos.training.families`."""
    _, height, width = data.shape
    return {"net": PixelCnn((height, width), data.num_classes, config.width, config.dilations, config.output)}


def make_batch(
    examples: Examples, config: AutoregressiveConfig, batch_size: int, generator: torch.Generator, progress: float = 1.0
) -> PixelBatch:
    """Draw images with their labels; nothing else is random."""
    index = torch.randint(len(examples.x), (batch_size,), generator=generator)
    return PixelBatch(examples.x[index], examples.y[index])


def log_prob(
    parts: Mapping[str, nn.Module], config: AutoregressiveConfig, x: Tensor, labels: Tensor, seed: int, first: int
) -> Tensor:
    """The exact log p(image | label) in nats, [B], of images [B, 1, H, W] in the model range."""
    return parts["net"].log_prob(to_pixels(x).long(), labels)


def negative_log_likelihood(parts: Mapping[str, nn.Module], batch: PixelBatch, config: AutoregressiveConfig) -> Tensor:
    """The loss: mean bits per pixel, a scalar."""
    nats = log_prob(parts, config, batch.x, batch.y, 0, 0)
    return bits_per_dim(nats, batch.x[0].numel()).mean()


def sample(
    parts: Mapping[str, nn.Module], config: AutoregressiveConfig, labels: Tensor, seed: int, first: int = 0
) -> Tensor:
    """Images [B, 1, H, W] in the model range, in as many calls as an image has pixels."""
    net = parts["net"]
    _, height, width = net.place.shape
    numbers = torch.from_numpy(uniform(seed, 0, len(labels), height * width, first))
    return to_range(net.sample(labels, numbers.to(net.place.dtype).view(-1, 1, height, width)))
