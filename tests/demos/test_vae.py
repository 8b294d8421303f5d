"""The VAE against a toy whose likelihood is known: linear decoder, Gaussian noise."""

import math

import pytest
import torch
from torch import nn

from demos.data import Examples
from demos.training.configs import PointVaeConfig
from demos.vae import Gaussian, PointVae, bound, importance_weighted, make_batch

NOISE = 0.5


class LinearGaussian(PointVae):
    """p(x|z) = N(A z, NOISE^2) with z of one number; q(z|x) is the true posterior, wider by `slack`."""

    def __init__(self, slack: float):
        nn.Module.__init__(self)
        self.direction = torch.tensor([1.2, -0.7], dtype=torch.float64)
        self.slack = slack

    def encode(self, x):
        precision = 1 + self.direction.square().sum() / NOISE**2
        mean = (x @ self.direction) / NOISE**2 / precision
        log_std = torch.full_like(mean, math.log(self.slack) - 0.5 * math.log(precision))
        return Gaussian(mean[:, None], log_std[:, None])

    def decode(self, z):
        mean = z * self.direction
        return Gaussian(mean, torch.full_like(mean, math.log(NOISE)))

    def exact(self, x):
        covariance = torch.outer(self.direction, self.direction) + NOISE**2 * torch.eye(2, dtype=torch.float64)
        return torch.distributions.MultivariateNormal(torch.zeros(2, dtype=torch.float64), covariance).log_prob(x)


@pytest.fixture(scope="module")
def x():
    return torch.randn(40, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def noise(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def test_bound_stays_below_the_importance_weighted_estimate_and_that_below_the_likelihood(x):
    toy = LinearGaussian(slack=1.6)
    many = noise(4000, len(x), 1)
    below = torch.stack([bound(toy, x, eps) for eps in many]).mean(0)
    groups = torch.stack([importance_weighted(toy, x, group) for group in many.split(10)]).mean(0)
    exact = toy.exact(x)
    assert (below < groups).all()
    assert (groups < exact + 0.01).all()
    # the gap of the bound is KL(q || posterior): one Gaussian 1.6 times as wide as the other
    gap = (1.6**2 - 1) / 2 - math.log(1.6)
    torch.testing.assert_close(exact - below, torch.full_like(exact, gap), rtol=0, atol=0.15)
    torch.testing.assert_close(importance_weighted(toy, x, many), exact, rtol=0, atol=0.02)


def test_with_the_true_posterior_every_sample_gives_the_likelihood(x):
    toy = LinearGaussian(slack=1.0)
    torch.testing.assert_close(importance_weighted(toy, x, noise(3, len(x), 1)), toy.exact(x))


def test_densities_and_divergence_are_those_of_torch(x):
    mean, log_std = noise(40, 2), 0.3 * noise(40, 2)
    ours, theirs = Gaussian(mean, log_std), torch.distributions.Normal(mean, log_std.exp())
    torch.testing.assert_close(ours.log_prob(x), theirs.log_prob(x).sum(1))
    standard = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    torch.testing.assert_close(ours.kl_to_standard(), torch.distributions.kl_divergence(theirs, standard).sum(1))


def test_the_weight_of_the_divergence_rises_from_nothing():
    examples = Examples(torch.zeros(5, 2), torch.zeros(5, dtype=torch.long), 1)
    config = PointVaeConfig(kl_weight=0.5, kl_warmup=0.2)

    def weight(progress):
        return make_batch(examples, config, 3, torch.Generator().manual_seed(0), progress).kl_weight.tolist()

    assert weight(0.0) == [0.0] * 3
    assert weight(0.1) == pytest.approx([0.25] * 3)
    assert weight(0.2) == weight(1.0) == [0.5] * 3
