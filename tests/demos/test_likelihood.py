"""The likelihood of pixels: a probability over 256 values, scipy's logistic, and never below an entropy."""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from demos.data import to_bytes
from demos.likelihood import (
    bits_per_dim,
    discretised_logistic_mixture_log_prob,
    mixture_mean,
    mixture_sample,
    split_parameters,
    to_pixels,
    to_range,
)


def uniform(*shape, seed=0):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def mixture(logit, mean, log_scale):
    """Parameters [1, 3 K, 1, 1] of one pixel."""
    return torch.tensor([*logit, *mean, *log_scale], dtype=torch.float64).view(1, -1, 1, 1)


def probabilities(parameters, channels=1):
    """Of all 256 values of the first pixel's first channel."""
    values = torch.arange(256).view(-1, 1, 1, 1).expand(-1, channels, 1, 1)
    return discretised_logistic_mixture_log_prob(parameters.expand(256, -1, -1, -1), values)[:, 0, 0, 0].exp()


SETTINGS = {
    "broad": mixture([0.3, -1.0], [-0.4, 0.5], [-1.5, -2.0]),
    "far broader than the range": mixture([0.0], [0.2], [4.0]),
    "narrower than a bin": mixture([0.0, 1.0], [-0.31, 0.77], [-7.0, -20.0]),
    "black ground": mixture([2.0, -2.0], [-3.0, 0.1], [-5.0, -3.0]),
    "beyond white": mixture([0.0], [40.0], [-6.0]),
    "one hopeless component": mixture([-60.0, 0.0], [1e3, 0.0], [-7.0, -3.0]),
}


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_the_256_probabilities_sum_to_one(name, dtype):
    total = probabilities(SETTINGS[name].to(dtype)).sum().item()
    assert total == pytest.approx(1, abs=1e-12 if dtype == torch.float64 else 2e-4)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_bin_is_a_difference_of_the_distribution_function_of_scipy(name):
    weight, mean, log_scale = (part[0, :, 0, 0, 0].numpy() for part in split_parameters(SETTINGS[name]))
    edges = np.concatenate([[-np.inf], (np.arange(255) + 0.5) / 127.5 - 1, [np.inf]])
    cdf = stats.logistic.cdf(edges[:, None], loc=mean, scale=np.exp(log_scale)) @ np.exp(weight)
    np.testing.assert_allclose(probabilities(SETTINGS[name]).numpy(), np.diff(cdf), rtol=1e-9, atol=1e-15)


def test_the_tails_keep_their_logarithm_where_the_difference_would_be_zero():
    told = discretised_logistic_mixture_log_prob(mixture([0.0], [-0.9], [-6.0]).float(), torch.full((1, 1, 1, 1), 200))
    lower = stats.logistic.logsf(199.5 / 127.5 - 1, loc=-0.9, scale=math.exp(-6))
    width = 2 / 255 * math.exp(6)
    assert told.item() == pytest.approx(lower + math.log(-math.expm1(-width)), rel=1e-5)


def test_slopes_are_finite_everywhere():
    parameters = torch.cat([part.float() for part in SETTINGS.values() if part.shape[1] == 6]).requires_grad_()
    for value in (0, 1, 128, 254, 255):
        pixels = torch.full((len(parameters), 1, 1, 1), value)
        (slope,) = torch.autograd.grad(discretised_logistic_mixture_log_prob(parameters, pixels).sum(), parameters)
        assert slope.isfinite().all()


def test_channels_have_mixtures_of_their_own():
    parameters = torch.randn(2, 3 * 4 * 3, 5, 5, generator=torch.Generator().manual_seed(0))
    pixels = (256 * uniform(2, 3, 5, 5)).floor().to(torch.uint8)
    whole = discretised_logistic_mixture_log_prob(parameters, pixels)
    assert whole.shape == (2, 3, 5, 5)
    for channel in range(3):
        alone = parameters.view(2, 3, 4, 3, 5, 5)[:, :, :, channel].reshape(2, 12, 5, 5)
        one = discretised_logistic_mixture_log_prob(alone, pixels[:, channel : channel + 1])
        torch.testing.assert_close(whole[:, channel : channel + 1], one)
    assert mixture_mean(parameters, 3).shape == mixture_sample(parameters, uniform(2, 3, 5, 5)).shape == pixels.shape
    with pytest.raises(ValueError, match="3 x K x 5 channels of parameters, got 36"):
        split_parameters(parameters, 5)


def test_half_precision_is_widened_first():
    parameters = torch.randn(1, 6, 2, 2, generator=torch.Generator().manual_seed(0)).bfloat16()
    told = discretised_logistic_mixture_log_prob(parameters, torch.full((1, 1, 2, 2), 7))
    assert told.dtype == torch.float32
    torch.testing.assert_close(
        told, discretised_logistic_mixture_log_prob(parameters.float(), torch.full((1, 1, 2, 2), 7))
    )


@pytest.mark.parametrize("name", SETTINGS)
def test_samples_follow_the_probabilities(name):
    count = 40_000
    noise = (torch.randperm(count, generator=torch.Generator().manual_seed(0)).double() + 0.5) / count
    drawn = mixture_sample(SETTINGS[name].expand(count, -1, -1, -1), noise.view(-1, 1, 1, 1))
    share = torch.bincount(drawn.long().flatten(), minlength=256) / count
    assert (share.cumsum(0) - probabilities(SETTINGS[name]).cumsum(0)).abs().max() < 2e-3


@pytest.mark.parametrize("name", SETTINGS)
def test_the_mean_is_that_of_the_bins(name):
    expected = (probabilities(SETTINGS[name]) * torch.arange(256)).sum().item()
    assert (mixture_mean(SETTINGS[name]).item() + 1) * 127.5 == pytest.approx(expected, abs=0.5)


def test_the_mean_asks_for_the_weights_differences_alone():
    parameters = torch.randn(2, 12, 3, 3, generator=torch.Generator().manual_seed(1))
    shifted = torch.cat([parameters[:, :4] + 500, parameters[:, 4:]], dim=1)  # whose exponential is infinite
    torch.testing.assert_close(mixture_mean(shifted), mixture_mean(parameters), rtol=0, atol=2e-4)


def test_pixels_are_the_bytes_that_are_shown_and_come_back():
    values = torch.arange(256)
    assert torch.equal(to_pixels(to_range(values)).long(), values)
    x = 3 * uniform(1, 1, 20, 20) - 1.5
    assert np.array_equal(to_pixels(x)[:, 0].numpy(), to_bytes(x))


def test_bits_of_a_source_approach_its_entropy_from_above():
    """A mixture fitted to one part of a source's pixels, asked about another: half black, the rest a broad bell."""
    bell = stats.norm.pdf(np.arange(256), 150, 30)
    source = 0.5 * bell / bell.sum() + 0.5 * (np.arange(256) == 0)
    entropy = -(source[source > 0] * np.log2(source[source > 0])).sum()
    pixels = torch.from_numpy(np.random.default_rng(0).choice(256, (2, 16, 1, 24, 24), p=source))
    parameters = torch.tensor([0.0, 0.0, 0.0, -2.0, 0.0, 0.3, -2.0, -2.0, -2.0], requires_grad=True)
    optimizer = torch.optim.Adam([parameters], lr=0.05)
    for _ in range(300):
        optimizer.zero_grad()
        loss = -discretised_logistic_mixture_log_prob(spread(parameters), pixels[0]).mean()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        nats = discretised_logistic_mixture_log_prob(spread(parameters), pixels[1]).flatten(1).sum(1)
        told = bits_per_dim(nats, 24 * 24).mean().item()
        expected = -(torch.from_numpy(source) * probabilities(parameters.view(1, -1, 1, 1)).log2()).sum().item()
    assert entropy <= expected < 1.01 * entropy
    assert told == pytest.approx(entropy, rel=0.02)


def spread(parameters):
    return parameters.view(1, -1, 1, 1).expand(16, -1, 24, 24)


def test_eight_bits_for_a_model_that_knows_nothing():
    uniform_bins = torch.full((3,), -784 * math.log(256))
    assert bits_per_dim(uniform_bins, 784).tolist() == pytest.approx([8.0] * 3)
