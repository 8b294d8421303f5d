"""The plain network of the models of points: hidden layers of one width."""

from collections.abc import Callable

from torch import nn


def mlp(
    inputs: int, outputs: int, width: int, depth: int, activation: Callable[[], nn.Module] = nn.SiLU
) -> nn.Sequential:
    """[B, inputs] -> [B, outputs] through `depth` hidden layers of `width`, an `nn.Sequential`."""
    layers: list[nn.Module] = []
    for size in [inputs] + [width] * (depth - 1):
        layers += [nn.Linear(size, width), activation()]
    return nn.Sequential(*layers, nn.Linear(width, outputs))
