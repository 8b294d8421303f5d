"""The hierarchical VAE on pictures of 4x4, whose likelihood can be had by brute force from the prior."""

import dataclasses
import math

import pytest
import torch

from demos.data import DataSet, Examples
from demos.image_vae import (
    bound,
    build_image_vae,
    generate,
    importance_weighted,
    importance_weighted_log_prob,
    log_prob,
    make_batch,
    negative_bound,
    sample,
    split_code,
)
from demos.likelihood import (
    bits_per_dim,
    discretised_logistic_mixture_log_prob,
    mixture_sample,
    to_pixels,
    to_range,
)
from demos.random import normal_tensor
from demos.training.configs import ImageVaeConfig
from demos.training.families import FAMILIES, build_parts
from demos.training.presets import get_preset
from demos.vae import as_gaussian

SHAPE = (1, 4, 4)
CONFIG = ImageVaeConfig(latent_channels=(2, 1, 1), channels=(16, 16), embedding_dim=16, mixtures=2, free_bits=0.0)
LATENT_SIZE = 2 + 1 + 4


def parts_of(shape=SHAPE, config=CONFIG):
    """Networks that say something: fresh ones answer alike to every code and have the prior as posterior."""
    torch.manual_seed(0)
    parts = build_image_vae(config, DataSet(shape, 3, lambda split: None))
    for name, weight in parts["vae"].named_parameters():
        if not weight.any():
            torch.nn.init.normal_(weight, std=0.03 if "conv_out" in name else 0.2)
        if name.endswith("inputs.0.enter.weight"):
            torch.nn.init.normal_(weight)
    for posterior in parts["vae"].encoder.posteriors:  # rather too wide than too narrow: weights of samples stay tame
        posterior[-1].weight.data.chunk(2)[1].mul_(0.2)
        posterior[-1].bias.data.chunk(2)[1].fill_(0.2)
    return parts


def noise(*shape, seed=1):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def parts():
    return parts_of()


@pytest.fixture(scope="module")
def images(parts):
    """One picture of each class, drawn from the model."""
    y = torch.tensor([0, 1, 2])
    with torch.no_grad():
        parameters = decode(parts["vae"].decoder, noise(3, LATENT_SIZE, seed=3), y)
    return to_range(mixture_sample(parameters, torch.rand(3, *SHAPE, generator=torch.Generator().manual_seed(0)))), y


def decode(decoder, z, y):
    groups = split_code(z, decoder.shapes)
    return decoder(y, lambda group, h: groups[group])


def batch_of(parts, images, **changed):
    config = dataclasses.replace(CONFIG, **changed)
    batch = make_batch(Examples(*images, 3), config, 16, torch.Generator().manual_seed(0))
    return batch, negative_bound(parts, batch, config)


# --- The bound -----------------------------------------------------------------------------------------


@torch.no_grad()
def test_bound_stays_below_the_importance_weighted_estimate_and_that_below_the_likelihood(parts, images):
    """The likelihood is the mean of p(x|z) over codes from the prior: it knows nothing of encoder or posterior."""
    vae, draws = parts["vae"], 10_000
    x, y = (part[:, None].expand(-1, 200, *part.shape[1:]).flatten(0, 1) for part in images)  # 200 copies
    exact = []
    for one, label in zip(*images, strict=True):
        parameters = decode(vae.decoder, noise(draws, LATENT_SIZE, seed=2), label.expand(draws))
        told = discretised_logistic_mixture_log_prob(parameters, to_pixels(one).expand(draws, *SHAPE))
        exact.append(torch.logsumexp(told.flatten(1).sum(1), 0) - math.log(draws))
    many = noise(25, len(x), LATENT_SIZE)
    below = torch.stack([bound(vae, x, y, eps) for eps in many]).mean(0).view(3, 200).mean(1)
    by_copy = importance_weighted(vae, x, y, many).view(3, 200)
    whole = torch.logsumexp(by_copy, 1) - math.log(200)
    assert (below + 0.05 < by_copy.mean(1)).all()
    assert (by_copy.mean(1) < whole).all()
    torch.testing.assert_close(whole, torch.stack(exact), rtol=0, atol=0.06)


@torch.no_grad()
def test_the_tighter_bound_that_is_told_has_its_noise_from_the_number_of_the_image(parts, images):
    (x, y), config = images, CONFIG
    whole = importance_weighted_log_prob(parts, config, x, y, seed=5, first=2)
    one = importance_weighted_log_prob(parts, config, x[1:2], y[1:2], seed=5, first=3)
    torch.testing.assert_close(one, whole[1:2])
    bounds = torch.stack([log_prob(parts, config, x, y, seed) for seed in range(50)])
    assert (whole > bounds.mean(0) + 0.05).all()
    assert FAMILIES[config.kind].tighter is importance_weighted_log_prob


@torch.no_grad()
def test_divergence_is_that_of_posterior_and_prior_of_the_code_itself(parts, images):
    """In units of the prior the code is noise; here it is z, and torch knows the rest."""
    vae, (x, y) = parts["vae"], images
    features, known = vae.encoder(x, y), []
    made = vae(features, y, noise(3, LATENT_SIZE))

    def answer(group, h):
        known.append(h)
        return made.codes[group]

    vae.decoder(y, answer)
    for group, (h, q) in enumerate(zip(known, made.posteriors, strict=True)):
        prior = as_gaussian(vae.decoder.inputs[group].prior(h))
        p_z = torch.distributions.Normal(prior.mean, prior.log_std.exp())
        q_z = torch.distributions.Normal(prior.rsample(q.mean), (prior.log_std + q.log_std).exp())
        expected = torch.distributions.kl_divergence(q_z, p_z).flatten(1).sum(1)
        assert expected.min() > 1e-3
        torch.testing.assert_close(q.kl_to_standard(), expected, rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_the_reported_bound_is_the_loss_without_free_bits(parts, images):
    batch, loss = batch_of(parts, images)
    told = bits_per_dim(bound(parts["vae"], batch.x, batch.y, batch.eps), 16).mean()
    torch.testing.assert_close(loss, told)
    free_batch, free = batch_of(parts, images, free_bits=5.0)
    torch.testing.assert_close(free - loss, (5.0 * LATENT_SIZE - divergence(parts, batch)) / (16 * math.log(2)))
    told_by_row = [
        log_prob(parts, config, *images, seed=4) for config in (CONFIG, dataclasses.replace(CONFIG, free_bits=5.0))
    ]
    assert torch.equal(*told_by_row)


def divergence(parts, batch):
    vae = parts["vae"]
    made = vae(vae.encoder(batch.x, batch.y), batch.y, batch.eps)
    return sum(q.kl_to_standard() for q in made.posteriors).mean()


def test_what_costs_less_than_is_free_is_not_pushed_down(parts, images):
    def slopes(kl_weight, free_bits):
        batch, _ = batch_of(parts, images)
        batch = batch._replace(kl_weight=torch.full((16,), kl_weight))
        loss = negative_bound(parts, batch, dataclasses.replace(CONFIG, free_bits=free_bits))
        return torch.cat([s.flatten() for s in torch.autograd.grad(loss, [*parts["vae"].parameters()])])

    assert torch.equal(slopes(1.0, 5.0), slopes(0.0, 5.0))
    assert not torch.allclose(slopes(1.0, 0.0), slopes(0.0, 0.0))


@torch.no_grad()
def test_a_plain_autoencoder_draws_no_code_and_pays_for_none(parts, images):
    batch, loss = batch_of(parts, images, kl_weight=0.0)
    assert not batch.eps.any()
    assert not batch.kl_weight.any()
    batch_with, _ = batch_of(parts, images)
    assert batch_with.eps.std() == pytest.approx(1, abs=0.2)
    told = bits_per_dim(bound(parts["vae"], batch.x, batch.y, batch.eps), 16).mean()
    torch.testing.assert_close(loss, told - divergence(parts, batch) / (16 * math.log(2)))


# --- Pictures ------------------------------------------------------------------------------------------


@torch.no_grad()
def test_labels_and_every_group_of_the_code_matter(parts, images):
    vae, (x, y) = parts["vae"], images
    eps = noise(3, LATENT_SIZE)
    assert ((bound(vae, x, y, eps) - bound(vae, x, y.roll(1), eps)).abs() > 1e-3).all()
    drawn = generate(parts, eps, y)
    assert ((drawn - generate(parts, eps, y.roll(1))).flatten(1).abs().max(1).values > 1e-3).all()
    for number in range(LATENT_SIZE):
        other = eps.clone()
        other[:, number] += 1
        assert ((drawn - generate(parts, other, y)).flatten(1).abs().max(1).values > 1e-5).all()


@torch.no_grad()
def test_a_sample_is_the_picture_of_its_own_noise(parts):
    labels = torch.tensor([0, 1, 2, 0])
    drawn = sample(parts, CONFIG, labels, seed=3, first=7)
    torch.testing.assert_close(drawn, generate(parts, normal_tensor(3, 0, (4, LATENT_SIZE), 7), labels))
    assert (drawn.abs() <= 1).all()


@torch.no_grad()
def test_shapes_are_those_of_the_data():
    parts, eps = parts_of((3, 8, 12)), noise(2, 2 + 2 * 3 + 4 * 6)
    x, y = to_range(torch.randint(0, 256, (2, 3, 8, 12))), torch.tensor([0, 2])
    assert generate(parts, eps, y).shape == x.shape
    assert bound(parts["vae"], x, y, eps).shape == (2,)
    assert make_batch(Examples(x, y, 3), CONFIG, 5, torch.Generator()).eps.shape == (5, eps.shape[1])


def test_pictures_can_be_exported_for_any_number_at_once(parts):
    class Drawn(torch.nn.Module):
        vae = parts["vae"]

        def forward(self, z, y):
            return generate({"vae": self.vae}, z, y)

    batch, net = torch.export.Dim("B", min=1, max=64), Drawn().eval()
    example = noise(2, LATENT_SIZE), torch.tensor([1, 2])
    program = torch.export.export(net, example, dynamic_shapes=({0: batch}, {0: batch})).module()
    other = noise(5, LATENT_SIZE), torch.tensor([0, 1, 2, 1, 0])
    torch.testing.assert_close(program(*other), net(*other))


def test_what_is_sent_to_browsers_is_small():
    decoder = build_parts(get_preset("fashion-vae"))["vae"].decoder
    assert sum(weight.numel() for weight in decoder.parameters()) <= 600_000
