"""The denoiser keeps its contract at every noise level, trained or not."""

import pytest
import torch

from demos.diffusion.networks import DATA_STD, LOG_SNR_LIMIT, UNCONDITIONAL, Denoiser


def random_net(seed=0) -> Denoiser:
    """Small, and with no weight left at zero, so that nothing is right only by initialisation."""
    torch.manual_seed(seed)
    net = Denoiser(channels=(8, 16), embedding_dim=16).eval()
    for parameter in net.parameters():
        if parameter.dim() > 1:
            torch.nn.init.normal_(parameter, std=0.2)
    return net


@pytest.fixture(scope="module")
def net():
    return random_net()


def images(count, seed=0):
    return torch.randn(count, 1, 28, 28, generator=torch.Generator().manual_seed(seed))


@torch.no_grad()
def test_velocity_has_the_shape_of_the_image_for_any_batch(net):
    for count in (1, 2, 16):
        assert net(images(count), torch.zeros(count), torch.zeros(count, dtype=torch.long)).shape == (count, 1, 28, 28)


@torch.no_grad()
def test_finite_for_every_noise_level_and_label(net):
    log_snr = torch.tensor([-torch.inf, -1e6, -20.0, -14, -10, -1, 0, 1, 9, 14, 20, 1e6, torch.inf])
    for y in range(UNCONDITIONAL + 1):
        velocity = net(images(len(log_snr)), log_snr, torch.full((len(log_snr),), y))
        assert velocity.isfinite().all()
        assert velocity.abs().max() < 100


@torch.no_grad()
def test_log_snr_is_clamped(net):
    x, y = images(1), torch.tensor([4])
    for limit in (-LOG_SNR_LIMIT, LOG_SNR_LIMIT):
        torch.testing.assert_close(net(x, torch.tensor([3 * limit]), y), net(x, torch.tensor([limit]), y))


@torch.no_grad()
@pytest.mark.parametrize("seed", [0, 1])
def test_without_noise_the_guess_is_the_image(seed):
    x = images(4).clamp(-1, 1)
    log_snr = torch.full((4,), LOG_SNR_LIMIT)
    u = torch.sigmoid(-log_snr / 2)[:, None, None, None]
    x0_hat = x - u * random_net(seed)(x, log_snr, torch.arange(4))
    torch.testing.assert_close(x0_hat, x, rtol=0, atol=0.02)


@torch.no_grad()
def test_without_signal_the_guess_does_not_copy_the_noise():
    """A fresh network outputs F = 0, so x0_hat = 0 up to the last trace of signal at log_snr = -14."""
    torch.manual_seed(0)
    net, x = Denoiser(channels=(8, 16), embedding_dim=16), images(4)
    log_snr = torch.full((4,), -LOG_SNR_LIMIT)
    u = torch.sigmoid(-log_snr / 2)[:, None, None, None]
    x0_hat = x - u * net(x, log_snr, torch.arange(4))
    torch.testing.assert_close(x0_hat, torch.zeros_like(x), rtol=0, atol=5e-3)


@torch.no_grad()
@pytest.mark.parametrize("log_snr", [-14.0, -2.0, 0.0, 3.0, 14.0])
def test_preconditioning_starts_from_the_best_linear_guess(log_snr):
    """Where F = 0, no other multiple of x guesses the velocity of white data better."""
    generator = torch.Generator().manual_seed(1)
    x0 = DATA_STD * torch.randn(64, 1, 28, 28, generator=generator)
    eps = torch.randn(64, 1, 28, 28, generator=generator)
    level = torch.full((64,), log_snr)
    u = torch.sigmoid(-level / 2)[:, None, None, None]
    x, velocity = (1 - u) * x0 + u * eps, eps - x0
    torch.manual_seed(0)
    guess = Denoiser(channels=(8, 16), embedding_dim=16)(x, level, torch.zeros(64, dtype=torch.long))
    best = (x * velocity).sum() / x.square().sum()
    torch.testing.assert_close((guess / x).median(), best, rtol=0, atol=0.02)


@torch.no_grad()
def test_every_label_and_the_unconditional_one_matter(net):
    x, count = images(1), UNCONDITIONAL + 1
    velocity = net(x.expand(count, -1, -1, -1), torch.zeros(count), torch.arange(count)).flatten(1)
    distance = torch.cdist(velocity, velocity) + torch.eye(count)
    assert distance.min() > 1e-3


@torch.no_grad()
def test_an_image_does_not_depend_on_its_batch(net):
    x, log_snr, y = images(5), torch.linspace(-14, 14, 5), torch.arange(5)
    alone = torch.cat([net(x[i : i + 1], log_snr[i : i + 1], y[i : i + 1]) for i in range(5)])
    torch.testing.assert_close(net(x, log_snr, y), alone, rtol=1e-4, atol=1e-5)
