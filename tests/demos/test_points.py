"""The point sets: what they promise about where points lie."""

import numpy as np
import pytest

from demos.points import POINT_SETS, RING_STD, draw_points, mode_shares, ring_modes


@pytest.mark.parametrize("name", POINT_SETS)
def test_points_are_a_function_of_the_seed_and_lie_in_view(name):
    x, label = draw_points(name, 2000, 0)
    again, _ = draw_points(name, 2000, 0)
    other, _ = draw_points(name, 2000, 1)
    assert np.array_equal(x, again)
    assert not np.array_equal(x, other)
    assert x.dtype == np.float32
    assert x.shape == (2000, 2)
    assert np.abs(x).max() < 3.2
    assert set(label.tolist()) == set(range(POINT_SETS[name][0]))


def test_the_ring_scores_what_theory_says_and_a_forgotten_mode_shows():
    x, label = draw_points("ring", 40_000, 3)
    near, modes = mode_shares(x)
    assert near == pytest.approx(1 - np.exp(-4.5), abs=0.003)  # a Rayleigh variable below 3
    np.testing.assert_allclose(modes, near / 8, atol=0.01)
    assert mode_shares(x[label != 2])[1][2] == 0
    between = (ring_modes()[0] + ring_modes()[1]) / 2
    assert mode_shares(np.tile(between, (10, 1)))[0] == 0
    assert mode_shares(ring_modes() + [2.9 * RING_STD, 0])[0] == 1
