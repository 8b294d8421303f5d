"""Bytes as real numbers: the logit's Jacobian, the way back, and a bound that never exceeds the known probability."""

import math

import pytest
import torch

from demos.data import load_fashion_mnist, to_bytes
from demos.dequantisation import LOGIT_MEAN, LOGIT_STD, Dequantiser, to_picture, to_real

SHAPE = (1, 4, 4)


def stirred(steps, width=8):
    torch.manual_seed(0)
    net = Dequantiser(SHAPE, width, steps)
    with torch.no_grad():
        for value in net.parameters():
            value += 0.05 * torch.randn_like(value)
    return net.double()


def test_the_slope_of_the_logit_is_autograds():
    levels = torch.tensor([0.0, 1.0, 2.0, 100.0, 254.0, 255.0], dtype=torch.float64).repeat_interleave(9)[:, None]
    u = torch.tensor([1e-6, 1e-3, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999, 1 - 1e-6], dtype=torch.float64).repeat(6)[:, None]
    u.requires_grad_()
    y, log_det = to_real(levels, torch.special.ndtri(u))
    torch.testing.assert_close(y, (torch.logit((levels + u) / 256) - LOGIT_MEAN) / LOGIT_STD)
    (slope,) = torch.autograd.grad(y.sum(), u)
    torch.testing.assert_close(log_det, slope[:, 0].log())


@pytest.mark.parametrize("h", [-12.0, -3.0, 0.0, 3.0, 12.0])
def test_float32_keeps_level_and_finite_slope_far_out(h):
    levels = torch.arange(256.0)[:, None, None, None]
    noise = torch.full_like(levels, h).requires_grad_()
    y, log_det = to_real(levels, noise)
    assert y.isfinite().all()
    assert log_det.isfinite().all()
    assert torch.autograd.grad((y.sum() + log_det.sum()), noise)[0].isfinite().all()
    if abs(h) <= 3:  # farther out a level's edge is nearer than float32 can tell
        assert (to_bytes(to_picture(y.detach())).ravel() == levels.ravel().numpy()).all()
    assert y[0].item() < y[1].item()
    assert y[254].item() < y[255].item()


def test_real_pixels_have_mean_zero_and_variance_one():
    images, _ = load_fashion_mnist("train")
    levels = torch.from_numpy(images[:2000].copy()).float()
    y, _ = to_real(levels, torch.randn(levels.shape, generator=torch.Generator().manual_seed(0)))
    assert abs(y.mean().item()) < 0.05
    assert abs(y.std().item() - 1) < 0.05


@pytest.mark.parametrize("net", [Dequantiser(SHAPE, 8, 0), Dequantiser(SHAPE, 8, 3)], ids=["no steps", "fresh"])
def test_without_learning_the_noise_is_uniform(net):
    noise = torch.randn(5, *SHAPE)
    h, log_q = net(torch.zeros_like(noise), noise)
    torch.testing.assert_close(h.square().sum(), noise.square().sum())  # turned at most: normal as before
    torch.testing.assert_close(log_q, torch.zeros(5), rtol=0, atol=1e-5)


def test_the_density_of_the_noise_is_that_of_its_map():
    net, generator = stirred(2), torch.Generator().manual_seed(1)
    noise = torch.randn(1, *SHAPE, generator=generator, dtype=torch.float64)
    levels = torch.randint(256, (1, *SHAPE), generator=generator).double()
    _, log_q = net(levels, noise)
    assert abs(log_q.item()) > 0.1

    def u(flat):
        return torch.special.ndtr(net(levels, flat.view_as(noise))[0]).flatten()

    slope = torch.linalg.slogdet(torch.autograd.functional.jacobian(u, noise.flatten())).logabsdet
    normal = -(noise.square() / 2 + math.log(2 * math.pi) / 2).sum()
    torch.testing.assert_close(log_q.squeeze(), normal - slope)


@pytest.mark.parametrize("steps", [0, 2])
def test_the_bound_stays_below_a_probability_that_is_known(steps):
    """Of a standard normal y a byte has the probability of its interval; importance weights must average to it."""
    net, count = stirred(steps), 20_000
    levels = torch.tensor([0, 1, 2, 5, 9, 20, 40, 70, 90, 128, 150, 180, 200, 230, 254, 255]).double().view(1, *SHAPE)
    edges = (torch.logit(torch.stack([levels, levels + 1]) / 256) - LOGIT_MEAN) / LOGIT_STD
    lower, upper = torch.special.ndtr(edges)
    known = (upper - lower).log().sum().item()
    noise = torch.randn(count, *SHAPE, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    with torch.no_grad():
        many = levels.expand(count, *SHAPE)
        h, log_q = net(many, noise)
        y, log_det = to_real(many, h)
    weights = -(y.square() / 2 + math.log(2 * math.pi) / 2).flatten(1).sum(1) + log_det - log_q
    bound, error = weights.mean().item(), weights.std().item() / math.sqrt(count)
    assert bound + 4 * error < known
    assert torch.logsumexp(weights, 0).item() - math.log(count) == pytest.approx(known, abs=0.1)
