"""Which numbers golden files hold, whoever computes them: seeds, batches, and what is kept of each sample."""

import math
from typing import Any

SEED, SAMPLES = 2026, 40  # of a model that is called once a sample
IMAGE_STRIDE = 31  # prime to 28, so the kept pixels wander over rows and columns


def stride_of(shape: tuple[int, ...]) -> int:
    """Every how many numbers of a sample one is kept: all of a point."""
    return IMAGE_STRIDE if math.prod(shape) > IMAGE_STRIDE else 1


def kept(samples: Any) -> list[list[float]]:
    """The kept numbers of each sample [B, *shape], an array of NumPy or torch, rounded to seven digits."""
    stride = stride_of(tuple(samples.shape[1:]))
    rows = samples.reshape(len(samples), -1).tolist()
    return [[float(f"{value:.7g}") for value in sample[::stride]] for sample in rows]


def batches(cases: list) -> list[list]:
    """Sixteen at a time, then some of them alone."""
    return [cases[start : start + 16] for start in range(0, len(cases), 16)] + [[case] for case in cases[::12]]
