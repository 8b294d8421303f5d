"""From the network to x0_hat: rescaling to the flow path, and the guidance scale."""

import math

import numpy as np
import pytest
import torch

from demos.diffusion.guidance import flow_log_snr, make_denoise
from demos.diffusion.networks import LOG_SNR_LIMIT, UNCONDITIONAL
from demos.diffusion.noise import SCHEDULES


class Recorder:
    """A stand-in for the network that answers with its label and keeps what it was asked."""

    def __init__(self):
        self.calls = []

    def __call__(self, x, log_snr, y):
        self.calls.append((x, log_snr, y))
        return y.to(x.dtype)[:, None, None, None].expand_as(x)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("t", [1, 17, 500, 999])
def test_a_perfect_velocity_gives_the_data_on_every_schedule(name, t):
    x0, eps = torch.randn(2, 3, 1, 28, 28, generator=torch.Generator().manual_seed(t), dtype=torch.float64)
    alpha, sigma = float(SCHEDULES[name]().alpha[t]), float(SCHEDULES[name]().sigma[t])

    def net(x, log_snr, y):
        u = torch.sigmoid(-log_snr / 2)[:, None, None, None]
        expected = (1 - u) * x0 + u * eps
        limit = abs(2 * math.log(alpha / sigma)) < LOG_SNR_LIMIT
        torch.testing.assert_close(x, expected, rtol=0, atol=1e-9 if limit else 1e-2)
        return eps - x0

    denoise = make_denoise(net, torch.zeros(3, dtype=torch.long))
    torch.testing.assert_close(denoise(alpha * x0 + sigma * eps, alpha, sigma), x0, rtol=0, atol=1e-9)


def test_log_snr_is_that_of_the_schedule_inside_the_limits():
    assert flow_log_snr(0.5, 0.5) == 0
    assert flow_log_snr(0.8, 0.2) == pytest.approx(2 * math.log(4))
    assert flow_log_snr(1, 0) == flow_log_snr(1, 1e-9) == LOG_SNR_LIMIT
    assert flow_log_snr(0, 1) == flow_log_snr(1e-9, 1) == -LOG_SNR_LIMIT
    schedule = SCHEDULES["linear"]()
    ours = [flow_log_snr(*pair) for pair in zip(schedule.alpha.tolist(), schedule.sigma.tolist(), strict=True)]
    np.testing.assert_allclose(ours, schedule.log_snr.clip(-LOG_SNR_LIMIT, LOG_SNR_LIMIT), rtol=1e-12)


def test_plain_conditional_is_one_call_on_the_batch():
    net, y = Recorder(), torch.tensor([3, 7])
    make_denoise(net, y)(torch.zeros(2, 1, 2, 2), 0.5, 0.5)
    ((x, log_snr, asked),) = net.calls
    assert x.shape == (2, 1, 2, 2)
    assert log_snr.tolist() == [0, 0]
    assert torch.equal(asked, y)


@pytest.mark.parametrize(("scale", "expected"), [(0.0, 10.0), (1.0, 3.0), (3.0, -11.0), (0.5, 6.5), (-1.0, 17.0)])
def test_scale_mixes_conditional_and_unconditional(scale, expected):
    """The stand-in's velocity is the label: 3 conditional, 10 unconditional."""
    x0_hat = make_denoise(Recorder(), torch.tensor([3]), scale)(torch.zeros(1, 1, 2, 2), 0.5, 0.5)
    torch.testing.assert_close(-x0_hat / 0.5, torch.full((1, 1, 2, 2), expected))


def test_guidance_asks_once_with_both_branches():
    net = Recorder()
    make_denoise(net, torch.tensor([3, 7]), 2.0)(torch.zeros(2, 1, 2, 2), 0.5, 0.5)
    ((x, log_snr, asked),) = net.calls
    assert (len(x), len(log_snr)) == (4, 4)
    assert asked.tolist() == [3, 7, UNCONDITIONAL, UNCONDITIONAL]


def test_the_papers_w_is_our_scale_minus_one():
    conditional, unconditional, w = 3.0, 10.0, 2.0
    x0_hat = make_denoise(Recorder(), torch.tensor([3]), w + 1)(torch.zeros(1, 1, 1, 1), 0.5, 0.5)
    assert -x0_hat.item() / 0.5 == pytest.approx((1 + w) * conditional - w * unconditional)
