"""Training batches: what is asked, how noisy, and with which labels."""

import math

import pytest
import torch

from demos.diffusion import LOGIT_NORMAL_SHARE, draw_log_snr, make_batch, velocity_loss
from demos.networks import LOG_SNR_LIMIT, UNCONDITIONAL

COUNT = 100_000


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def data():
    images = torch.rand(50, 1, 28, 28, generator=generator(7)) * 2 - 1
    return images, torch.arange(50) % 10


def test_target_is_the_velocity_of_the_flow_path(data):
    batch = make_batch(*data, 32, 0.0, generator())
    u = torch.sigmoid(-batch.log_snr / 2)[:, None, None, None]
    x0 = batch.x - u * batch.velocity
    nearest = torch.cdist(x0.flatten(1), data[0].flatten(1)).argmin(1)
    torch.testing.assert_close(x0, data[0][nearest], rtol=0, atol=1e-5)
    assert torch.equal(batch.y, data[1][nearest])
    eps = batch.x + (1 - u) * batch.velocity
    assert abs(eps.mean()) < 0.03
    assert abs(eps.std() - 1) < 0.03


def test_levels_are_four_fifths_logit_normal_and_one_fifth_uniform():
    log_snr = draw_log_snr(COUNT, generator())
    assert log_snr.abs().max() <= LOG_SNR_LIMIT

    def share(low, high):
        """P(low < log_snr < high) by the mixture: log_snr / 2 is standard normal, or log_snr is uniform."""
        normal = (math.erf(high / 2 / math.sqrt(2)) - math.erf(low / 2 / math.sqrt(2))) / 2
        return LOGIT_NORMAL_SHARE * normal + (1 - LOGIT_NORMAL_SHARE) * (high - low) / (2 * LOG_SNR_LIMIT)

    for low, high in ((-14, -8), (-8, -2), (-2, 0), (0, 1), (1, 6), (6, 14)):
        measured = ((log_snr > low) & (log_snr < high)).double().mean().item()
        expected = share(low, high)
        assert measured == pytest.approx(expected, abs=4 * math.sqrt(expected / COUNT))


def test_labels_are_dropped_as_often_as_asked(data):
    small = (torch.zeros(10, 1, 1, 1), torch.arange(10))
    for dropout in (0.0, 0.1, 1.0):
        y = make_batch(*small, COUNT, dropout, generator()).y
        dropped = (y == UNCONDITIONAL).double().mean().item()
        assert dropped == pytest.approx(dropout, abs=4 * math.sqrt(dropout * (1 - dropout) / COUNT))


def test_a_batch_is_a_function_of_its_generator(data):
    first, again, other = (make_batch(*data, 8, 0.1, generator(seed)) for seed in (1, 1, 2))
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first.x, other.x)


def test_loss_is_the_mean_squared_error(data):
    batch = make_batch(*data, 8, 0.1, generator())
    assert velocity_loss(lambda x, log_snr, y: batch.velocity, batch).item() == 0
    assert velocity_loss(lambda x, log_snr, y: batch.velocity + 2, batch).item() == pytest.approx(4)
