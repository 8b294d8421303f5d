"""Generative adversarial networks: a generator turns noise into samples, a discriminator tells them from data.

Two objectives. The classical non-saturating one (Goodfellow et al. 2014, arXiv 1406.2661, section 3)
asks "real or made?" of each sample alone; on separate modes it forgets some of them. The relativistic
one (Jolicoeur-Martineau 2018, arXiv 1807.00734) asks "which of these two is the real one?", and with a
penalty on the discriminator's slope at real and at made samples (R1 and R2; Huang et al. 2024,
arXiv 2501.05441) it converges without normalisation layers or other tricks.
"""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from demos.data import DataSet, Examples
from demos.mlp import mlp
from demos.random import normal_tensor
from demos.training.configs import PointGanConfig

leaky_relu = partial(nn.LeakyReLU, 0.2)


class GanBatch(NamedTuple):
    """One training batch; each network gets noise of its own."""

    x: Tensor  # [B, ...], real samples
    y: Tensor  # [B], their labels, which the made ones share
    z_discriminator: Tensor  # [B, latent_dim]
    z_generator: Tensor  # [B, latent_dim]


def make_batch(
    examples: Examples, config: PointGanConfig, batch_size: int, generator: torch.Generator, progress: float = 1.0
) -> GanBatch:
    """Draw real samples and two sets of noise."""
    index = torch.randint(len(examples.x), (batch_size,), generator=generator)
    z = torch.randn((2, batch_size, config.latent_dim), generator=generator)
    return GanBatch(examples.x[index], examples.y[index], z[0], z[1])


class PointGenerator(nn.Module):
    """z [B, latent_dim] -> x [B, 2]."""

    def __init__(self, latent_dim: int, width: int, depth: int):
        super().__init__()
        self.layers = mlp(latent_dim, 2, width, depth, leaky_relu)

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        return self.layers(z)


class PointDiscriminator(nn.Module):
    """x [B, 2] -> logit [B]; larger means "looks real"."""

    def __init__(self, width: int, depth: int):
        super().__init__()
        self.layers = mlp(2, 1, width, depth, leaky_relu)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return self.layers(x)[:, 0]


def slope_penalty(logit: Tensor, x: Tensor) -> Tensor:
    """Mean squared norm of d logit / d x, a scalar that can itself be differentiated."""
    (slope,) = torch.autograd.grad(logit.sum(), x, create_graph=True)
    return slope.flatten(1).square().sum(1).mean()


# --8<-- [start:relativistic]
def relativistic_discriminator_loss(
    generator: nn.Module, discriminator: nn.Module, batch: GanBatch, gamma: float
) -> Tensor:
    """softplus(D(made) - D(real)), with the slopes at both held small."""
    real = batch.x.detach().requires_grad_()
    made = generator(batch.z_discriminator, batch.y).detach().requires_grad_()
    real_logit, made_logit = discriminator(real, batch.y), discriminator(made, batch.y)
    penalty = slope_penalty(real_logit, real) + slope_penalty(made_logit, made)
    return F.softplus(made_logit - real_logit).mean() + gamma / 2 * penalty


def relativistic_generator_loss(generator: nn.Module, discriminator: nn.Module, batch: GanBatch) -> Tensor:
    """The same question with the answers exchanged: made samples should be taken for the real ones."""
    made_logit = discriminator(generator(batch.z_generator, batch.y), batch.y)
    return F.softplus(discriminator(batch.x, batch.y) - made_logit).mean()


# --8<-- [end:relativistic]
# --8<-- [start:classical]
def classical_discriminator_loss(generator: nn.Module, discriminator: nn.Module, batch: GanBatch) -> Tensor:
    """Cross-entropy of "real or made?", each sample alone."""
    made = generator(batch.z_discriminator, batch.y).detach()
    return F.softplus(-discriminator(batch.x, batch.y)).mean() + F.softplus(discriminator(made, batch.y)).mean()


def classical_generator_loss(generator: nn.Module, discriminator: nn.Module, batch: GanBatch) -> Tensor:
    """Non-saturating: -log D instead of log(1 - D), whose gradient dies while the generator is bad."""
    return F.softplus(-discriminator(generator(batch.z_generator, batch.y), batch.y)).mean()


# --8<-- [end:classical]


def build_point_gan(config: PointGanConfig, data: DataSet) -> dict[str, nn.Module]:
    """The networks of a family; see `demos.training.families`."""
    return {
        "generator": PointGenerator(config.latent_dim, config.width, config.depth),
        "discriminator": PointDiscriminator(config.width, config.depth),
    }


def discriminator_loss(parts: Mapping[str, nn.Module], batch: GanBatch, config: PointGanConfig) -> Tensor:
    """What the discriminator minimises, a scalar."""
    networks = parts["generator"], parts["discriminator"]
    if config.objective == "classical":
        return classical_discriminator_loss(*networks, batch)
    return relativistic_discriminator_loss(*networks, batch, config.gamma)


def generator_loss(parts: Mapping[str, nn.Module], batch: GanBatch, config: PointGanConfig) -> Tensor:
    """What the generator minimises, a scalar."""
    loss = classical_generator_loss if config.objective == "classical" else relativistic_generator_loss
    return loss(parts["generator"], parts["discriminator"], batch)


def generate(parts: Mapping[str, nn.Module], z: Tensor, labels: Tensor) -> Tensor:
    """The sample behind each z [B, latent_dim] of the given class [B]: [B, ...], in one call and without chance."""
    return parts["generator"](z, labels)


def sample(parts: Mapping[str, nn.Module], config: PointGanConfig, labels: Tensor, seed: int, first: int = 0) -> Tensor:
    """Noise through the generator, once: [B, ...]."""
    return generate(parts, normal_tensor(seed, 0, (len(labels), config.latent_dim), first), labels)
