"""Two small classifiers that measure the generators: one extracts features, the other reads labels.

Measuring a model of 28x28 garments with an ImageNet network would say little, so distances between
sets of images are taken between the features of our own `fashion-features` ("FD-CNN", never "FID":
the numbers depend on these very weights). Whether a generated shirt looks like a shirt is judged by
`fashion-judge`, of another architecture and seed, so that one network does not mark its own work.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from demos.data import DataSet, Examples, in_chunks


class LabelledBatch(NamedTuple):
    """One training batch of images and their classes."""

    x: Tensor  # [B, *shape]
    y: Tensor  # [B]


class PoolingClassifier(nn.Module):
    """Convolution, ReLU, max-pooling; every place of the last map enters the features."""

    def __init__(self, data: DataSet, channels: tuple[int, ...] = (32, 64), feature_dim: int = 64):
        super().__init__()
        colours, height, width = data.shape
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in pairwise((colours, *channels)))
        halved = 2 ** len(channels)
        self.feature = nn.Linear(channels[-1] * (height // halved) * (width // halved), feature_dim)
        self.out = nn.Linear(feature_dim, data.num_classes)

    def features(self, x: Tensor) -> Tensor:
        """[B, *shape] in [-1, 1] -> [B, feature_dim], before the ReLU: closer to the Gaussian that FD assumes."""
        for conv in self.convs:
            x = F.max_pool2d(F.relu(conv(x)), 2)
        return self.feature(x.flatten(1))

    def forward(self, x: Tensor) -> Tensor:
        """[B, *shape] in [-1, 1] -> logits [B, num_classes]."""
        return self.out(F.relu(self.features(x)))


class StridedClassifier(nn.Module):
    """Strided convolutions, GroupNorm, SiLU; the features are the mean over the last map."""

    def __init__(self, data: DataSet, channels: tuple[int, ...] = (24, 48, 64, 96)):
        super().__init__()
        self.convs = nn.ModuleList(
            nn.Conv2d(a, b, 3, padding=1, stride=1 + (place % 2 == 0))
            for place, (a, b) in enumerate(pairwise((data.shape[0], *channels)))
        )
        self.norms = nn.ModuleList(nn.GroupNorm(8, width) for width in channels)
        self.out = nn.Linear(channels[-1], data.num_classes)

    def features(self, x: Tensor) -> Tensor:
        """[B, *shape] in [-1, 1] -> [B, channels[-1]]."""
        for conv, norm in zip(self.convs, self.norms, strict=True):
            x = F.silu(norm(conv(x)))
        return x.mean((2, 3))

    def forward(self, x: Tensor) -> Tensor:
        """[B, *shape] in [-1, 1] -> logits [B, num_classes]."""
        return self.out(self.features(x))


def draw_labelled(
    examples: Examples, config, batch_size: int, generator: torch.Generator, progress: float = 1.0
) -> LabelledBatch:
    """Draw examples without changing them: an extractor trained to ignore flips or shifts would not see them either."""
    index = torch.randint(len(examples.x), (batch_size,), generator=generator)
    return LabelledBatch(examples.x[index], examples.y[index])


def label_loss(net: nn.Module, batch: LabelledBatch) -> Tensor:
    """Cross-entropy, a scalar."""
    return F.cross_entropy(net(batch.x).float(), batch.y)


def accuracy(net: nn.Module, images: Tensor, labels: Tensor) -> float:
    """The share of images whose likeliest class is their label; images in [-1, 1]."""
    return (in_chunks(net, images).argmax(1) == labels).double().mean().item()


def held_out(parts: Mapping[str, nn.Module], examples: Examples) -> str:
    """How often it is right on examples it was not trained on, in words."""
    return f"test accuracy {accuracy(parts['net'], examples.x, examples.y):.4f}"
