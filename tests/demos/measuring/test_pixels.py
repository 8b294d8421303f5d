"""What pixels say: closed forms of waves and noise, a search by brute force, and images changed by a known amount."""

import math

import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial import cKDTree

from demos.data import load_fashion_mnist
from demos.measuring.pixels import (
    BANDS,
    blur,
    nearest_images,
    power_spectrum,
    sharpen,
    snap_zeros,
    zero_share,
)


@pytest.fixture(scope="module")
def garments():
    return load_fashion_mnist("test")[0][:60]


def frequencies(size):
    """How many frequencies of a square image each band holds, counted one by one; the mean is in none."""
    count = dict.fromkeys(BANDS, 0)
    for row in range(size):
        for column in range(size):
            radius = math.hypot(*(min(k, size - k) / size for k in (row, column)))
            if radius > 0:
                count[[name for name, start in BANDS.items() if radius >= start][-1]] += 1
    return count


@pytest.mark.parametrize(
    ("row", "column", "band"), [(0, 1, "coarse"), (2, 0, "medium"), (0, 4, "fine"), (5, 5, "finest"), (14, 0, "finest")]
)
def test_the_power_of_a_cosine_lies_in_its_band_alone(row, column, band):
    """The two frequencies +-k share N a^2 / 2, where N is the number of pixels; at the highest both are one."""
    size, amplitude = 28, 100.0
    y, x = np.mgrid[:size, :size]
    wave = amplitude * np.cos(2 * np.pi * (row * y + column * x) / size)
    expected = size**2 * amplitude**2 / 2 * (2 if row == 14 else 1) / frequencies(size)[band]
    power = power_spectrum(128 + wave[None])
    assert power[band] == pytest.approx(expected, rel=1e-9)
    assert sum(power.values()) == pytest.approx(expected, rel=1e-9)


def test_white_noise_has_its_variance_in_every_band():
    noise = np.random.default_rng(0).integers(0, 256, (2000, 28, 28)).astype(np.uint8)
    assert power_spectrum(noise) == pytest.approx(dict.fromkeys(BANDS, (256**2 - 1) / 12), rel=0.02)


def test_the_bands_together_hold_the_variance(garments):
    """Parseval: the mean over all frequencies of their power is the mean square around each image's mean."""
    count, power = frequencies(28), power_spectrum(garments)
    variance = garments.astype(float).var((1, 2)).mean()
    assert sum(power[band] * count[band] for band in BANDS) / 784 == pytest.approx(variance, rel=1e-9)


def test_blur_takes_the_fine_detail_and_sharpening_adds_to_it(garments):
    original, blurred, sharp = (power_spectrum(images) for images in (garments, blur(garments), sharpen(garments)))
    assert blurred["finest"] < 0.2 * original["finest"]
    assert blurred["coarse"] > 0.85 * original["coarse"]
    assert 1.05 < sharp["finest"] / original["finest"] < 1.1**2
    assert sharp["coarse"] == pytest.approx(original["coarse"], rel=0.03)


def test_blur_and_sharpen_equal_scipys_mean_filter(garments):
    mean = ndimage.uniform_filter(garments.astype(np.float64), (0, 3, 3), mode="nearest")
    assert np.abs(blur(garments) - mean).max() <= 0.5 + 1e-4
    expected = np.clip(1.1 * garments - 0.1 * mean, 0, 255)
    assert np.abs(sharpen(garments) - expected).max() <= 0.5 + 1e-4
    np.testing.assert_array_equal(sharpen(garments, 0), garments)


def test_zeros_are_counted_and_snapped():
    image = np.array([[[0, 1], [2, 3]]], np.uint8)
    assert zero_share(image) == 0.25
    snapped = snap_zeros(image)
    assert snapped.tolist() == [[[0, 0], [0, 3]]]
    assert snapped.dtype == np.uint8


@pytest.mark.parametrize("chunk", [7, 500])
def test_the_nearest_image_is_that_of_a_tree(garments, chunk):
    images, references = garments[:20], garments[20:]
    distance, index = cKDTree(references.reshape(40, -1).astype(float)).query(images.reshape(20, -1).astype(float))
    found = nearest_images(images, references, chunk)
    np.testing.assert_array_equal(found.places, index)
    np.testing.assert_allclose(found.distance, distance / 28, rtol=1e-12)


def test_a_copy_is_found_at_distance_zero(garments):
    found = nearest_images(garments[[5, 3]], garments)
    assert found.places.tolist() == [5, 3]
    assert found.distance.tolist() == [0, 0]
    brighter = np.where(garments[:1] < 250, garments[:1] + 5, garments[:1]).astype(np.uint8)
    assert nearest_images(brighter, garments[:1]).distance[0] == pytest.approx(5, abs=0.2)
