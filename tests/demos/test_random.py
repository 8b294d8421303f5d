"""Philox: the published vectors, and that an image owns its noise."""

import numpy as np
import pytest
import torch
from scipy import stats

from demos.random import normal, normal_images, philox4x32, uniform

FULL = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [  # kat_vectors of Random123, philox4x32 with 10 rounds
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((FULL,) * 4, (FULL, FULL), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),  # the digits of pi
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_published_vectors(counter, key, expected):
    assert tuple(philox4x32(np.array(counter), key).tolist()) == expected


def test_moments_are_those_of_a_normal_distribution():
    x = normal(0, 0, 1000, 784).ravel()
    deviation = 1 / np.sqrt(x.size)
    assert abs(x.mean()) < 4 * deviation
    assert abs(x.var() - 1) < 4 * np.sqrt(2) * deviation
    assert abs((x**3).mean()) < 4 * np.sqrt(15) * deviation
    assert abs((x**4).mean() - 3) < 4 * np.sqrt(96) * deviation
    assert np.isfinite(x).all()
    assert 4.2 < np.abs(x).max() < 6.8


def test_uniform_numbers_are_uniform_and_belong_to_their_image():
    x = uniform(0, 0, 200, 785)
    assert 0 < x.min() < x.max() < 1
    assert stats.kstest(x.ravel(), "uniform").pvalue > 0.01
    np.testing.assert_array_equal(uniform(0, 0, 3, 785, first=7), x[7:10])


def test_neighbouring_numbers_images_streams_and_seeds_are_uncorrelated():
    x = normal(0, 0, 200, 784)
    others = [normal(1, 0, 200, 784), normal(0, 1, 200, 784), np.roll(x, 1, axis=0), np.roll(x, 1, axis=1)]
    for other in others:
        assert abs((x * other).mean()) < 4 / np.sqrt(x.size)


def test_an_image_does_not_depend_on_its_batch():
    batch = normal(5, 3, 16, 784)
    np.testing.assert_array_equal(normal(5, 3, 1, 784, first=7)[0], batch[7])
    np.testing.assert_array_equal(normal(5, 3, 4, 784, first=12), batch[12:])
    np.testing.assert_array_equal(normal(5, 3, 16, 10), batch[:, :10])


def test_images_are_the_same_numbers_in_float32():
    images = normal_images(9, 2, 3, first=4)
    assert images.shape == (3, 1, 28, 28)
    assert images.dtype == torch.float32
    np.testing.assert_array_equal(images.flatten(1).numpy(), normal(9, 2, 3, 784, first=4).astype(np.float32))
