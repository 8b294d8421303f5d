"""How many bits a pixel costs without a model of pictures: two histograms, and what everybody has installed.

A likelihood in bits per dimension is the length of a code, so it compares with any other code for the
same bytes. The histograms are fitted on training images and charged to test images, as a model is; the
compressors know nothing beforehand and see all test images at once.
"""

import lzma
import math
import zlib

import numpy as np

from demos.likelihood import LEVELS
from demos.pictures import image_grid, png


def histogram_bits(train: np.ndarray, test: np.ndarray) -> float:
    """Bits per number when every number is coded by how often its value occurs anywhere.

    Half an occurrence is added to each count (the Krichevsky-Trofimov estimate), so that no value is impossible.

    Args:
        train, test: uint8, of any shape.
    """
    count = np.bincount(train.ravel(), minlength=LEVELS) + 0.5
    return float(-np.log2(count / count.sum())[test].mean())


def place_histogram_bits(train: np.ndarray, test: np.ndarray) -> float:
    """The same with a histogram for every place: bits per number of test uint8 [M, ...] after train uint8 [N, ...]."""
    train, test = train.reshape(len(train), -1), test.reshape(len(test), -1)
    places = np.arange(train.shape[1])
    count = np.bincount((places * LEVELS + train).ravel(), minlength=LEVELS * len(places)) + 0.5
    bits = -np.log2(count.reshape(-1, LEVELS) / (len(train) + LEVELS / 2))
    return float(bits[places, test].mean())


def _sheet(images: np.ndarray) -> bytes:
    """All images as one PNG, as nearly square as their number allows."""
    columns = next(size for size in range(math.isqrt(len(images)), 0, -1) if len(images) % size == 0)
    return png(image_grid(images, columns))


def code_lengths(train: np.ndarray, test: np.ndarray) -> dict[str, float]:
    """Bits per pixel of the test images by every method, from the simplest to the best compressor.

    Args:
        train, test: uint8 [N, H, W] and [M, H, W].
    """
    coded = {
        "zlib": zlib.compress(test.tobytes(), 9),
        "png": _sheet(test),
        "lzma": lzma.compress(test.tobytes(), preset=9 | lzma.PRESET_EXTREME),
    }
    return {
        "histogram": histogram_bits(train, test),
        "place_histogram": place_histogram_bits(train, test),
        **{name: 8 * len(content) / test.size for name, content in coded.items()},
    }
