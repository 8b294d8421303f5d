"""Variational autoencoder (Kingma and Welling 2014, arXiv 1312.6114), and the plain autoencoder beside it.

The encoder answers with a distribution q(z|x), the decoder with p(x|z); what is maximised is the bound
log p(x) >= E_q log p(x|z) - KL(q(z|x) || N(0, I)). Without the KL term nothing keeps the codes together,
and a code drawn at random means nothing: that is the plain autoencoder.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn

from demos.data import DataSet, Examples
from demos.mlp import mlp
from demos.random import normal_tensor
from demos.training.configs import PointVaeConfig

LOG_STD_LIMITS = (-7.0, 2.0)  # of codes and points: neither delta functions nor overflow


class VaeBatch(NamedTuple):
    """One training batch."""

    x: Tensor  # [B, 2]
    eps: Tensor  # [B, latent_dim], the noise of the reparameterised code
    kl_weight: Tensor  # [B], the same for all


class Gaussian(NamedTuple):
    """A diagonal Gaussian: mean and logarithm of the standard deviation, both [B, ...]."""

    mean: Tensor
    log_std: Tensor

    def rsample(self, eps: Tensor) -> Tensor:
        """mean + std * eps: the sample as a differentiable function of both."""
        return self.mean + self.log_std.exp() * eps

    def log_prob(self, x: Tensor) -> Tensor:
        """Log-density in nats, [B]."""
        scaled = (x - self.mean) * (-self.log_std).exp()
        return -(scaled.square() / 2 + self.log_std + math.log(2 * math.pi) / 2).flatten(1).sum(1)

    def kl_terms(self) -> Tensor:
        """What every number adds to KL(self || N(0, I)), in nats, [B, ...]."""
        return (self.mean.square() + (2 * self.log_std).exp()) / 2 - self.log_std - 0.5

    def kl_to_standard(self) -> Tensor:
        """KL(self || N(0, I)) in nats, [B]."""
        return self.kl_terms().flatten(1).sum(1)


def as_gaussian(output: Tensor) -> Gaussian:
    """A network's answer, [B, 2 D, ...], as means and logarithms of standard deviations, in at least float32."""
    mean, log_std = (output.float() if output.dtype == torch.bfloat16 else output).chunk(2, dim=1)
    return Gaussian(mean, log_std.clamp(*LOG_STD_LIMITS))


def standard_log_prob(z: Tensor) -> Tensor:
    """log N(z; 0, I) in nats, [B]."""
    return Gaussian(torch.zeros_like(z), torch.zeros_like(z)).log_prob(z)


class PointVae(nn.Module):
    """Encoder and decoder of points, trained together by one loss."""

    def __init__(self, latent_dim: int, width: int, depth: int):
        super().__init__()
        self.latent_dim = latent_dim
        self.encoder = mlp(2, 2 * latent_dim, width, depth)
        self.decoder = mlp(latent_dim, 4, width, depth)

    def encode(self, x: Tensor) -> Gaussian:
        """q(z|x) of points [B, 2]."""
        return as_gaussian(self.encoder(x))

    def decode(self, z: Tensor) -> Gaussian:
        """p(x|z) of codes [B, latent_dim]."""
        return as_gaussian(self.decoder(z))


def build_point_vae(config: PointVaeConfig, data: DataSet) -> dict[str, nn.Module]:
    """The networks of a family; see `demos.training.families`."""
    return {"vae": PointVae(config.latent_dim, config.width, config.depth)}


def make_batch(
    examples: Examples, config: PointVaeConfig, batch_size: int, generator: torch.Generator, progress: float = 1.0
) -> VaeBatch:
    """Draw points and the noise of their codes.

    The weight of the KL term rises from 0: at full weight from the start, a decoder that has learned
    nothing yet makes it cheapest to say nothing in the code, and there training stays.
    """
    index = torch.randint(len(examples.x), (batch_size,), generator=generator)
    weight = config.kl_weight * min(1.0, progress / config.kl_warmup)
    return VaeBatch(
        examples.x[index],
        torch.randn((batch_size, config.latent_dim), generator=generator),
        torch.full((batch_size,), weight),
    )


# --8<-- [start:bound]
def bound(vae: PointVae, x: Tensor, eps: Tensor, kl_weight: Tensor | float = 1.0) -> Tensor:
    """The evidence lower bound on log p(x) in nats, [B], with one sample of the code."""
    q = vae.encode(x)
    return vae.decode(q.rsample(eps)).log_prob(x) - kl_weight * q.kl_to_standard()


# --8<-- [end:bound]


def importance_weighted(vae: PointVae, x: Tensor, eps: Tensor) -> Tensor:
    """The importance-weighted estimate of log p(x) (Burda et al. 2016, arXiv 1509.00519), [B].

    Never below the bound in expectation, and rising towards log p(x) with the number of samples.

    Args:
        eps: [K, B, latent_dim].
    """
    q = vae.encode(x)
    weights = []
    for one in eps:
        z = q.rsample(one)
        weights.append(vae.decode(z).log_prob(x) + standard_log_prob(z) - q.log_prob(z))
    return torch.logsumexp(torch.stack(weights), dim=0) - math.log(len(eps))


def negative_bound(parts: Mapping[str, nn.Module], batch: VaeBatch, config: PointVaeConfig) -> Tensor:
    """The loss: the mean negative bound, a scalar in nats."""
    return -bound(parts["vae"], batch.x, batch.eps, batch.kl_weight).mean()


def generate(parts: Mapping[str, nn.Module], z: Tensor, labels: Tensor) -> Tensor:
    """Decode the code, and let the noise behind it choose from the answer: [B, 2].

    Args:
        z: [B, latent_dim + 2], code and noise; where the noise is 0 the answer's mean comes out.
        labels: not read.
    """
    code, noise = z[:, :-2], z[:, -2:]
    return parts["vae"].decode(code).rsample(noise)


def sample(parts: Mapping[str, nn.Module], config: PointVaeConfig, labels: Tensor, seed: int, first: int = 0) -> Tensor:
    """Decode codes drawn from N(0, I), and draw from the answer: [B, 2]."""
    count = len(labels)
    z = [normal_tensor(seed, stream, (count, size), first) for stream, size in enumerate((config.latent_dim, 2))]
    return generate(parts, torch.cat(z, dim=1), labels)
