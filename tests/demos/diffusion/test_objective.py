"""Training batches: what is asked, how noisy, and with which labels."""

import math

import pytest
import torch

from demos.data import Examples
from demos.diffusion.networks import UNCONDITIONAL
from demos.diffusion.objective import draw_log_snr, make_batch, velocity_loss
from demos.training.configs import DenoiserConfig, NoiseDensity

COUNT = 100_000


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def batch_of(data, batch_size, label_dropout, seed=0):
    return make_batch(data, DenoiserConfig(label_dropout=label_dropout), batch_size, generator(seed))


@pytest.fixture(scope="module")
def data():
    images = torch.rand(50, 1, 28, 28, generator=generator(7)) * 2 - 1
    return Examples(images, torch.arange(50) % 10, 10)


def test_target_is_the_velocity_of_the_flow_path(data):
    batch = batch_of(data, 32, 0.0)
    u = torch.sigmoid(-batch.log_snr / 2)[:, None, None, None]
    x0 = batch.x - u * batch.velocity
    nearest = torch.cdist(x0.flatten(1), data.x.flatten(1)).argmin(1)
    torch.testing.assert_close(x0, data.x[nearest], rtol=0, atol=1e-5)
    assert torch.equal(batch.y, data.y[nearest])
    eps = batch.x + (1 - u) * batch.velocity
    assert abs(eps.mean()) < 0.03
    assert abs(eps.std() - 1) < 0.03


@pytest.mark.parametrize("density", [NoiseDensity(), NoiseDensity(0.95, 0.4, 0.9, 8.0)])
def test_levels_follow_the_density_that_the_preset_names(density):
    log_snr = draw_log_snr(COUNT, density, generator())

    def below(value):
        """P(log_snr < value): logit(u) = -log_snr / 2 is normal, or log_snr is uniform."""
        deviation = (-value / 2 - density.logit_mean) / density.logit_std
        normal = (1 - math.erf(deviation / math.sqrt(2))) / 2
        uniform = min(max((value / density.uniform_limit + 1) / 2, 0), 1)
        return density.logit_share * normal + (1 - density.logit_share) * uniform

    for value in (-14, -8, -3, -1, 0, 1, 4, 8, 14):
        measured, expected = (log_snr < value).double().mean().item(), below(value)
        assert measured == pytest.approx(expected, abs=4 * math.sqrt(max(expected, 1e-5) / COUNT))


def test_labels_are_dropped_as_often_as_asked(data):
    small = Examples(torch.zeros(10, 1, 1, 1), torch.arange(10), 10)
    for dropout in (0.0, 0.1, 1.0):
        y = batch_of(small, COUNT, dropout).y
        dropped = (y == UNCONDITIONAL).double().mean().item()
        assert dropped == pytest.approx(dropout, abs=4 * math.sqrt(dropout * (1 - dropout) / COUNT))


def test_a_batch_is_a_function_of_its_generator(data):
    first, again, other = (batch_of(data, 8, 0.1, seed) for seed in (1, 1, 2))
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first.x, other.x)


def test_loss_is_the_mean_squared_error(data):
    batch = batch_of(data, 8, 0.1)
    assert velocity_loss(lambda x, log_snr, y: batch.velocity, batch).item() == 0
    assert velocity_loss(lambda x, log_snr, y: batch.velocity + 2, batch).item() == pytest.approx(4)
