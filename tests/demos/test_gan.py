"""The GAN's two objectives: what their best discriminator says is known."""

import math

import pytest
import torch
from torch import nn

from demos.gan import (
    GanBatch,
    PointDiscriminator,
    classical_discriminator_loss,
    classical_generator_loss,
    relativistic_discriminator_loss,
    relativistic_generator_loss,
    slope_penalty,
)


class Shift(nn.Module):
    """A generator that cannot learn: N(shift, 1) in two dimensions."""

    def __init__(self, shift):
        super().__init__()
        self.shift = shift

    def forward(self, z, y):
        return z + torch.tensor([self.shift, 0.0])


def batches(count, size):
    for seed in range(count):
        draw = torch.randn(3, size, 2, generator=torch.Generator().manual_seed(seed))
        yield GanBatch(draw[0], torch.zeros(size, dtype=torch.long), draw[1], draw[2])


def test_the_classical_discriminator_learns_the_density_ratio():
    """D* = p / (p + q): its logit is log p - log q, for N(0, 1) against N(1, 1) the line 1/2 - x."""
    torch.manual_seed(0)
    discriminator, made = PointDiscriminator(32, 2), Shift(1.0)
    optimizer = torch.optim.Adam(discriminator.parameters(), 3e-3)
    for batch in batches(600, 512):
        optimizer.zero_grad()
        classical_discriminator_loss(made, discriminator, batch).backward()
        optimizer.step()
    x = torch.stack([torch.linspace(-1, 2, 7), torch.zeros(7)], dim=1)
    with torch.no_grad():
        torch.testing.assert_close(discriminator(x, None), 0.5 - x[:, 0], rtol=0, atol=0.35)


def test_a_discriminator_that_says_nothing_costs_what_a_coin_costs():
    (batch,) = batches(1, 64)

    class Silent(nn.Module):
        def forward(self, x, y):
            return 0 * x.sum(1)

    made = Shift(1.0)
    assert classical_discriminator_loss(made, Silent(), batch).item() == pytest.approx(2 * math.log(2))
    assert classical_generator_loss(made, Silent(), batch).item() == pytest.approx(math.log(2))
    assert relativistic_discriminator_loss(made, Silent(), batch, 1.0).item() == pytest.approx(math.log(2))
    assert relativistic_generator_loss(made, Silent(), batch).item() == pytest.approx(math.log(2))


def test_slope_penalty_of_a_known_function():
    x = torch.randn(10, 2, requires_grad=True)
    assert slope_penalty(3 * x[:, 0] + 4 * x[:, 1], x).item() == pytest.approx(25)
    torch.testing.assert_close(slope_penalty(x.square().sum(1), x), 4 * x.square().sum(1).mean())


def test_the_generator_loss_pulls_made_samples_towards_the_real_ones():
    (batch,) = batches(1, 256)

    class Towards(nn.Module):  # "real" lies to the left
        def forward(self, x, y):
            return -x[:, 0]

    for loss in (classical_generator_loss, relativistic_generator_loss):
        made = Shift(1.0)
        made.shift = nn.Parameter(torch.tensor(1.0))
        made.forward = lambda z, y, made=made: z + torch.stack([made.shift, torch.tensor(0.0)])
        loss(made, Towards(), batch).backward()
        assert made.shift.grad > 0  # moving left lowers it
