"""Reproducible noise: the same seed gives the same picture in NumPy, torch and the browser.

Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3") is counter-based:
number j of image i in stream s under a seed is a pure function of (seed, s, i, j). So image 3 keeps
its noise whether it is drawn alone or in a batch of 16, and no generator state has to travel.
`site_tools/web/src/maths/random.ts` is the twin; both are held to the same golden vectors.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # who works with NumPy alone does without it
    import torch

_MULTIPLIER = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_KEY_STEP = (np.uint64(0x9E3779B9), np.uint64(0xBB67AE85))
_LOW = np.uint64(0xFFFFFFFF)
_HIGH_SHIFT = np.uint64(32)


def philox4x32(counter: np.ndarray, key: tuple[int, int]) -> np.ndarray:
    """Ten rounds of Philox.

    Args:
        counter: unsigned integers below 2**32, [..., 4].
        key: two unsigned integers below 2**32.

    Returns:
        uint32 [..., 4], independent and uniform.
    """
    c0, c1, c2, c3 = np.moveaxis(np.asarray(counter, np.uint64), -1, 0)
    k0, k1 = (np.uint64(k & 0xFFFFFFFF) for k in key)
    for _ in range(10):
        p0, p1 = _MULTIPLIER[0] * c0, _MULTIPLIER[1] * c2  # 64-bit products of 32-bit halves
        c0, c1, c2, c3 = (
            (p1 >> _HIGH_SHIFT) ^ c1 ^ k0,
            p1 & _LOW,
            (p0 >> _HIGH_SHIFT) ^ c3 ^ k1,
            p0 & _LOW,
        )
        k0, k1 = (k0 + _KEY_STEP[0]) & _LOW, (k1 + _KEY_STEP[1]) & _LOW
    return np.stack([c0, c1, c2, c3], axis=-1).astype(np.uint32)


def uniform(seed: int, stream: int, count: int, size: int, first: int = 0) -> np.ndarray:
    """Uniform numbers inside (0, 1), never its ends: float64 [count, size]; the arguments are those of `normal`."""
    blocks = -(-size // 4)
    counter = np.zeros((count, blocks, 4), np.uint64)
    counter[..., 0] = np.arange(blocks)
    counter[..., 1] = first + np.arange(count)[:, None]
    return ((philox4x32(counter, (seed, stream)) + 0.5) / 2**32).reshape(count, blocks * 4)[:, :size]


def normal(seed: int, stream: int, count: int, size: int, first: int = 0) -> np.ndarray:
    """Standard normal numbers by Box-Muller, computed in float64.

    Args:
        seed: chosen by the reader.
        stream: which use of the seed: 0 is the start noise, k the noise added in sampler step k.
        count: number of images; image i uses counter first + i.
        size: numbers an image.

    Returns:
        float64 [count, size].
    """
    uniforms = uniform(seed, stream, count, -(-size // 4) * 4, first).reshape(count, -1, 4)
    radius = np.sqrt(-2 * np.log(uniforms[..., 0::2]))
    angle = 2 * np.pi * uniforms[..., 1::2]
    pairs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)  # [count, size / 4, 2, 2]
    return pairs.reshape(count, -1)[:, :size]


def normal_tensor(seed: int, stream: int, shape: tuple[int, ...], first: int = 0) -> "torch.Tensor":
    """`normal` in a shape [count, ...], float32."""
    import torch

    count, *rest = shape
    numbers = normal(seed, stream, count, int(np.prod(rest)), first)
    return torch.from_numpy(numbers.astype(np.float32)).view(shape)


def normal_images(seed: int, stream: int, count: int, first: int = 0) -> "torch.Tensor":
    """`normal` as images: float32 [count, 1, 28, 28]."""
    return normal_tensor(seed, stream, (count, 1, 28, 28), first)
