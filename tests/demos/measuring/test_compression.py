"""Code lengths: the entropy where it is known, and the anchors of Fashion-MNIST."""

import math

import numpy as np
import pytest

from demos.data import load_fashion_mnist
from demos.measuring.compression import code_lengths, histogram_bits, place_histogram_bits

SHAPE = (60, 28, 28)


def drawn(values, shape=SHAPE, seed=0):
    return np.random.default_rng(seed).choice(np.array(values, np.uint8), shape)


def test_uniform_bytes_cannot_be_compressed():
    lengths = code_lengths(drawn(range(256), seed=1), drawn(range(256)))
    histogram = lengths.pop("histogram")
    assert histogram == pytest.approx(8, abs=0.01)
    assert lengths.pop("place_histogram") == pytest.approx(8, abs=0.35)  # sixty examples a place, and the prior
    assert all(8 <= bits < 8.1 for bits in lengths.values())


def test_a_constant_costs_next_to_nothing():
    lengths = code_lengths(np.full(SHAPE, 7, np.uint8), np.full(SHAPE, 7, np.uint8))
    assert lengths.pop("place_histogram") == pytest.approx(math.log2((60 + 128) / 60.5), abs=1e-9)
    assert all(0 <= bits < 0.06 for bits in lengths.values())  # headers, of a small file


def test_four_equal_values_cost_two_bits_and_nobody_pays_less():
    values = [0, 60, 200, 255]
    lengths = code_lengths(drawn(values, seed=1), drawn(values))
    assert lengths["histogram"] == pytest.approx(2, abs=0.01)
    assert all(bits > 1.999 for bits in lengths.values())


def test_a_histogram_of_every_place_knows_what_the_common_one_cannot():
    ramp = np.arange(256, dtype=np.uint8)
    train, test = np.tile(ramp, (5000, 1)), np.tile(ramp, (10, 1))
    assert histogram_bits(train, test) == pytest.approx(8)
    assert place_histogram_bits(train, test) == pytest.approx(math.log2(5128 / 5000.5))


def test_values_never_met_can_still_be_coded():
    assert histogram_bits(np.zeros(SHAPE, np.uint8), np.full(SHAPE, 9, np.uint8)) == pytest.approx(
        math.log2((60 * 784 + 128) / 0.5)
    )


@pytest.mark.slow
def test_anchors_of_fashion_mnist():
    """Measured once by other code; every image model is held against them."""
    (train, _), (test, _) = load_fashion_mnist("train"), load_fashion_mnist("test")
    lengths = {name: round(bits, 2) for name, bits in code_lengths(train, test).items()}
    assert lengths == {"histogram": 4.92, "place_histogram": 4.59, "zlib": 4.47, "png": 4.16, "lzma": 3.86}
