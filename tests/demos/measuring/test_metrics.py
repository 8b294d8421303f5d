"""Every metric against a known answer and against an independent implementation."""

import math

import numpy as np
import pytest
import scipy.linalg
import scipy.stats
import torch
from prdc import compute_prdc
from torchmetrics.image.fid import FrechetInceptionDistance

from demos.measuring.metrics import (
    class_entropy,
    class_frechet_distance,
    class_histogram_kl,
    frechet_distance,
    label_agreement,
    neighbour_metrics,
)


def normal(count, dim, seed):
    return torch.randn(count, dim, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def whitened(count, dim, seed):
    """Points whose mean is exactly 0 and whose covariance is exactly 1."""
    x = normal(count, dim, seed)
    x = x - x.mean(0)
    return x @ torch.linalg.inv(torch.linalg.cholesky(torch.cov(x.T))).T


@pytest.fixture
def correlated():
    """Two sets with different, ill-conditioned covariances."""
    scales = torch.logspace(-4, 1, 16, dtype=torch.float64)
    return normal(300, 16, 0) @ (normal(16, 16, 1) * scales), 1 + normal(400, 16, 2) @ (normal(16, 16, 3) * scales)


def test_distance_to_itself_is_zero(correlated):
    assert frechet_distance(correlated[0], correlated[0]) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(correlated[0], correlated[0].flip(0)) == pytest.approx(0, abs=1e-6)


def test_a_shift_counts_squared():
    x = whitened(100, 4, 0)
    assert frechet_distance(x, x + torch.tensor([3.0, 4.0, 0.0, 0.0])) == pytest.approx(25, rel=1e-9)


def test_a_scale_counts_as_difference_of_standard_deviations():
    x = whitened(100, 4, 0)
    assert frechet_distance(x, whitened(80, 4, 1) * 3) == pytest.approx(4 * (3 - 1) ** 2, rel=1e-9)
    assert frechet_distance(x, x * 0) == pytest.approx(4, rel=1e-9)


def test_distance_equals_scipys_matrix_square_root(correlated):
    first, second = (x.numpy() for x in correlated)
    cov_1, cov_2 = np.cov(first.T), np.cov(second.T)
    root = scipy.linalg.sqrtm(cov_1 @ cov_2).real
    expected = ((first.mean(0) - second.mean(0)) ** 2).sum() + np.trace(cov_1 + cov_2 - 2 * root)
    assert frechet_distance(*correlated) == pytest.approx(expected, rel=1e-6)
    assert frechet_distance(*correlated[::-1]) == pytest.approx(expected, rel=1e-6)


def test_distance_equals_torchmetrics(correlated):
    class Flatten(torch.nn.Module):
        num_features = 16

        def forward(self, images):
            return images.flatten(1)

    theirs = FrechetInceptionDistance(feature=Flatten(), normalize=True, input_img_size=(1, 4, 4)).set_dtype(
        torch.float64
    )
    for features, real in zip(correlated, (True, False), strict=True):
        theirs.update(features.view(-1, 1, 4, 4), real=real)
    assert frechet_distance(*correlated) == pytest.approx(theirs.compute().item(), rel=1e-6)


def test_fewer_points_than_dimensions_stay_real():
    assert math.isfinite(frechet_distance(normal(5, 32, 0), normal(7, 32, 1)))


def test_float32_features_are_measured_in_float64(correlated):
    first, second = (x.float() for x in correlated)
    assert frechet_distance(first, second) == frechet_distance(first.double(), second.double())


@pytest.mark.parametrize("chunk", [7, 64, 1000])
@pytest.mark.parametrize("k", [1, 5])
@pytest.mark.parametrize("shift", [0.0, 0.7, 30.0])
def test_neighbour_metrics_equal_prdc(chunk, k, shift):
    real, generated = normal(150, 3, 0), normal(130, 3, 1) * 0.8 + shift
    ours = neighbour_metrics(real, generated, k, chunk)
    expected = compute_prdc(real.numpy(), generated.numpy(), nearest_k=k)
    assert ours._asdict() == pytest.approx(expected, abs=1e-12)


def test_neighbour_metrics_by_hand():
    """On a line with k = 1: real radii are 1, 1, 8 and generated radii 0.5, 0.5, 7.5; a ball's edge is outside."""
    real = torch.tensor([[0.0], [1.0], [9.0]])
    generated = torch.tensor([[0.5], [1.0], [8.5]])
    result = neighbour_metrics(real, generated, k=1)
    assert result.precision == 1
    assert result.density == pytest.approx(4 / 3)  # 0.5 lies in two real balls, 1 and 8.5 in one each
    assert result.recall == pytest.approx(2 / 3)
    assert result.coverage == 1


def test_same_set_is_covered_and_far_set_is_not():
    x = normal(200, 4, 0)
    assert neighbour_metrics(x, x).coverage == 1
    assert neighbour_metrics(x, x + 100) == (0, 0, 0, 0)


def test_memorising_is_seen_by_coverage_only():
    x = normal(400, 8, 0)
    result = neighbour_metrics(x, x[:20].repeat(20, 1))
    assert result.precision == 1
    assert result.coverage < 0.3


def test_repeats_share_one_ball_and_count_each_elsewhere():
    """Recall is that of the distinct points; every repeat counts for precision and density, as in prdc."""
    real, few = normal(200, 3, 0), normal(30, 3, 1)
    times = torch.arange(30) % 4 + 1
    repeated = few.repeat_interleave(times, 0)[torch.randperm(int(times.sum()))]
    ours = neighbour_metrics(real, repeated)
    theirs = compute_prdc(real.numpy(), repeated.numpy(), nearest_k=5)
    for name in ("precision", "density", "coverage"):
        assert getattr(ours, name) == pytest.approx(theirs[name], abs=1e-12)
    assert ours.recall == pytest.approx(compute_prdc(real.numpy(), few.numpy(), nearest_k=5)["recall"], abs=1e-12)


def test_classes_that_trade_places_are_seen_by_class_alone():
    """Two classes 3 apart: exchanged, all points together are the same, and each class is 3^2 away."""
    x, labels = whitened(100, 4, 0), torch.arange(200) % 2
    both = torch.stack([x, x + torch.tensor([3.0, 0, 0, 0])], 1).flatten(0, 1)
    assert class_frechet_distance(both, labels, both, labels) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(both, both) == pytest.approx(0, abs=1e-9)
    assert class_frechet_distance(both, 1 - labels, both, labels) == pytest.approx(9, rel=1e-9)


def test_class_distance_is_the_mean_of_scipys(correlated):
    first, second = correlated
    labels = torch.arange(300) % 3, torch.arange(400) % 3
    expected = []
    for label in range(3):
        a, b = (x[y == label].numpy() for x, y in zip(correlated, labels, strict=True))
        root = scipy.linalg.sqrtm(np.cov(a.T) @ np.cov(b.T)).real
        expected.append(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(np.cov(a.T) + np.cov(b.T) - 2 * root))
    assert class_frechet_distance(first, labels[0], second, labels[1]) == pytest.approx(np.mean(expected), rel=1e-6)


def test_a_class_that_is_missing_is_told():
    x = normal(10, 2, 0)
    with pytest.raises(ValueError, match="class 1 has 1 and 5 members"):
        class_frechet_distance(x, torch.tensor([0] * 9 + [1]), x, torch.tensor([0] * 5 + [1] * 5))


def test_class_entropy_of_known_answers():
    assert class_entropy(torch.zeros(3, 10)) == pytest.approx(math.log(10))
    assert class_entropy(100 * torch.eye(10)) == pytest.approx(0, abs=1e-9)
    halves = torch.tensor([[0.5, 0.5], [0.25, 0.75]]).log()
    assert class_entropy(halves) == pytest.approx(scipy.stats.entropy([[0.5, 0.5], [0.25, 0.75]], axis=1).mean())


@pytest.mark.parametrize("k", [0, 3])
def test_impossible_k_is_refused(k):
    with pytest.raises(ValueError, match="k must be at least 1 and below"):
        neighbour_metrics(normal(3, 2, 0), normal(9, 2, 1), k)


def test_label_agreement_counts():
    logits = torch.eye(10)[torch.tensor([0, 1, 2, 3])]
    assert label_agreement(logits, torch.tensor([0, 1, 2, 9])) == 0.75


def test_class_kl_of_known_histograms():
    balanced = torch.eye(10).repeat(5, 1)
    assert class_histogram_kl(balanced) == pytest.approx(0, abs=1e-12)
    assert class_histogram_kl(torch.eye(10)[:9]) == pytest.approx(math.log(10 / 9))
    assert class_histogram_kl(torch.eye(10)[:1].repeat(50, 1)) == pytest.approx(math.log(10))
    half = torch.eye(10)[[0, 0, 0, 1]]
    assert class_histogram_kl(half) == pytest.approx(0.75 * math.log(7.5) + 0.25 * math.log(2.5))
