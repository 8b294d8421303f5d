"""What the pixels themselves say of generated images, with no network in between.

Power at each scale of detail, exact zeros (half of Fashion-MNIST is black ground), and the nearest real
images. `sharpen` and `snap_zeros` are here as a warning: they add nothing that a model has
learnt, and still better some distances between features.

Images are uint8 [N, height, width] throughout.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional as F

BANDS = {"coarse": 0.0, "medium": 1 / 16, "fine": 1 / 8, "finest": 1 / 4}  # where each octave begins, cycles a pixel


def power_spectrum(images: np.ndarray) -> dict[str, float]:
    """The mean power of a frequency in each of `BANDS`, radially averaged; the mean grey value is left out.

    Normalised so that white noise of variance s^2 has power s^2 in every band. Frequencies in the corners, above
    half a cycle a pixel, count as finest.
    """
    height, width = images.shape[1:]
    power = np.zeros((height, width))
    for chunk in np.array_split(images, max(1, len(images) // 500)):
        power += (np.abs(np.fft.fft2(chunk / 1.0)) ** 2).sum(0)
    power /= len(images) * height * width
    radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width))
    band = np.digitize(radius, list(BANDS.values())) - 1
    band[0, 0] = -1
    return {name: power[band == place].mean().item() for place, name in enumerate(BANDS)}


def zero_share(images: np.ndarray) -> float:
    """The share of pixels that are exactly 0."""
    return (images == 0).mean().item()


class Nearest(NamedTuple):
    """The nearest of a set of reference images to each image; see `nearest_images`."""

    places: np.ndarray  # int64 [N], in the references
    distance: np.ndarray  # float64 [N]


def nearest_images(images: np.ndarray, references: np.ndarray, chunk: int = 500) -> Nearest:
    """For each image the nearest of the references [M, height, width], and how far away it is.

    The distance is the root mean square difference of a pixel, in grey levels of 0 to 255. Which one is nearest is
    decided in float32, its distance is then exact.
    """
    others = torch.from_numpy(references.reshape(len(references), -1).astype(np.float32))
    half_squares = others.square().sum(1) / 2
    index = torch.cat(
        [
            (half_squares - torch.from_numpy(part.reshape(len(part), -1).astype(np.float32)) @ others.T).argmin(1)
            for part in np.array_split(images, -(-len(images) // chunk))
        ]
    ).numpy()
    difference = images.astype(np.float64) - references[index]
    return Nearest(index, np.sqrt((difference**2).mean((1, 2))))


def _blurred(images: np.ndarray) -> np.ndarray:
    """The mean of each pixel and its eight neighbours, float32; outside, the edge goes on."""
    padded = F.pad(torch.from_numpy(images.astype(np.float32))[:, None], (1, 1, 1, 1), mode="replicate")
    return F.avg_pool2d(padded, 3, 1)[:, 0].numpy()


def _rounded(values: np.ndarray) -> np.ndarray:
    return values.round().clip(0, 255).astype(np.uint8)


def blur(images: np.ndarray) -> np.ndarray:
    """3x3 mean."""
    return _rounded(_blurred(images))


def sharpen(images: np.ndarray, amount: float = 0.10) -> np.ndarray:
    """An unsharp mask: each image plus `amount` of its difference from its own 3x3 mean."""
    return _rounded(images + amount * (images - _blurred(images)))


def snap_zeros(images: np.ndarray, largest: int = 2) -> np.ndarray:
    """Grey levels up to `largest` become 0."""
    return np.where(images <= largest, np.uint8(0), images)
