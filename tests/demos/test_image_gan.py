"""The GAN of images: what its networks make and see, and that both kinds of image are moved alike."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from demos import gan, image_gan
from demos.data import DATA_SETS, DataSet, Examples, to_bytes
from demos.image_gan import BACKGROUND, ImageDiscriminator, build_image_gan, make_batch, translate
from demos.training.presets import get_preset

CONFIG = get_preset("fashion-gan", smoke=True).model


def draw(*shape, seed=0, dtype=torch.float32):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def build(shape=(1, 28, 28), num_classes=10):
    """Networks in which no weight is left at zero, so that nothing is right only by initialisation."""
    torch.manual_seed(0)
    parts = build_image_gan(CONFIG, DataSet(shape, num_classes, None))
    for net in parts.values():
        for parameter in net.parameters():
            if parameter.dim() > 1 and not parameter.any():
                torch.nn.init.normal_(parameter, std=0.1)
    return parts


@torch.no_grad()
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 24)])
def test_shapes_come_from_the_data(shape):
    parts, y = build(shape, 4), torch.tensor([0, 3, 1])
    x = gan.generate(parts, draw(3, CONFIG.latent_dim), y)
    assert x.shape == (3, *shape)
    assert parts["discriminator"](x, y).shape == (3,)


@torch.no_grad()
def test_images_lie_in_the_range_and_reach_both_ends_of_it_in_bytes():
    parts, y = build(), torch.arange(10)
    net, z = parts["generator"], draw(10, CONFIG.latent_dim)
    assert gan.generate(parts, 5 * z, y).abs().max() <= 1
    torch.nn.init.zeros_(net.out.weight)
    made = []
    for level in (-3.2, 3.2):
        torch.nn.init.constant_(net.out.bias, level)
        made.append(np.unique(to_bytes(gan.generate(parts, z, y))).tolist())
    assert made == [[0], [255]]


@torch.no_grad()
def test_every_class_matters_to_both():
    parts, y = build(), torch.arange(10)
    x = gan.generate(parts, draw(1, CONFIG.latent_dim).expand(10, -1), y)
    assert (torch.cdist(x.flatten(1), x.flatten(1)) + torch.eye(10)).min() > 1e-2
    logit = parts["discriminator"](x[:1].expand(10, -1, -1, -1), y)
    assert logit.unique().numel() == 10


def test_budget_of_what_is_sent():
    net = build_image_gan(get_preset("fashion-gan").model, DATA_SETS["fashion"])["generator"]
    assert sum(parameter.numel() for parameter in net.parameters()) <= 600_000


def test_translation_moves_each_image_by_its_own_shift_and_lets_background_in():
    x = draw(25, 2, 6, 5)
    shift = torch.cartesian_prod(torch.arange(-2, 3), torch.arange(-2, 3))
    for one, (down, right), moved in zip(x, shift.tolist(), translate(x, shift), strict=True):
        framed = torch.nn.functional.pad(one, (2, 2, 2, 2), value=BACKGROUND)
        torch.testing.assert_close(moved, framed[:, 2 - down : 8 - down, 2 - right : 7 - right])


def test_translation_passes_the_slope_of_what_stays_in_sight():
    x = draw(1, 1, 4, 4).requires_grad_()
    translate(x, torch.tensor([[1, -2]])).sum().backward()
    assert x.grad.sum() == 3 * 2
    assert x.grad[0, 0, :3, 2:].eq(1).all()


def test_real_and_made_images_are_moved_by_the_same_drawn_shifts(monkeypatch):
    """Where the generator makes the very images that are real, the discriminator is shown one batch twice."""
    examples = Examples(draw(40, 1, 28, 28), torch.zeros(40, dtype=torch.long), 10)
    batch = make_batch(examples, CONFIG, 16, torch.Generator().manual_seed(3))
    index = torch.randint(40, (16,), generator=torch.Generator().manual_seed(3))
    assert batch.shift.unique().tolist() == [-2, -1, 0, 1, 2]
    shown = []

    def discriminator(x, y):
        shown.append(x)
        return x.square().sum((1, 2, 3))

    parts = {"generator": lambda z, y: examples.x[index], "discriminator": discriminator}
    image_gan.discriminator_loss(parts, batch, CONFIG)
    image_gan.generator_loss(parts, batch, CONFIG)
    assert len(shown) == 4
    assert all(torch.equal(one, shown[0]) for one in shown)
    assert not torch.equal(shown[0], examples.x[index])


def test_slope_penalty_is_the_slope_by_finite_differences():
    config = dataclasses.replace(CONFIG, discriminator_channels=(4, 6), feature_dim=5)
    torch.manual_seed(0)
    net = ImageDiscriminator((1, 8, 8), 3, config).double()
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=0.4)
    x, y = draw(2, 1, 8, 8, dtype=torch.float64).requires_grad_(), torch.tensor([0, 2])
    penalty = gan.slope_penalty(net(x, y), x)
    with torch.no_grad():
        step = 1e-6 * torch.eye(64, dtype=torch.float64).view(64, 1, 1, 8, 8)
        rise = torch.stack([net(x + one, y) - net(x - one, y) for one in step]) / 2e-6  # [64, 2]
    torch.testing.assert_close(penalty, rise.square().sum(0).mean(), rtol=1e-5, atol=0)
    slopes = torch.autograd.grad(penalty, [net.inlet.weight, net.special.weight])  # twice differentiable
    assert all(slope.abs().max() > 0 for slope in slopes)


def test_the_discriminators_loss_does_not_reach_the_generator():
    parts = build()
    examples = Examples(draw(20, 1, 28, 28).clamp(-1, 1), torch.arange(20) % 10, 10)
    batch = make_batch(examples, CONFIG, 8, torch.Generator().manual_seed(0))
    for loss, reached in (
        (image_gan.discriminator_loss, {"discriminator"}),
        (image_gan.generator_loss, {"generator", "discriminator"}),  # through the one to the other
    ):
        for part, net in parts.items():
            slopes = torch.autograd.grad(loss(parts, batch, CONFIG), list(net.parameters()), allow_unused=True)
            assert all((slope is not None) == (part in reached) for slope in slopes)


def test_gamma_falls_over_the_run():
    config = SimpleNamespace(latent_dim=2, max_shift=0, gamma=0.05, final_gamma=0.0005)
    examples = Examples(draw(3, 1, 4, 4), torch.zeros(3, dtype=torch.long), 1)

    def gamma(progress):
        return make_batch(examples, config, 2, torch.Generator().manual_seed(0), progress).gamma.tolist()

    assert gamma(0.0) == pytest.approx([0.05] * 2)
    assert gamma(0.5) == pytest.approx([0.005] * 2)
    assert gamma(1.0) == pytest.approx([0.0005] * 2)
