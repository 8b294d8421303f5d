"""Hierarchical variational autoencoder of images, with a label (`demos.vae` is the plain one, of points).

The code has three groups: one for the whole picture (1x1), one at a quarter of its size, one at half. The decoder
goes from the coarse to the fine; before each group it has a prior for it, given the label and the groups before.
The posterior starts from that prior and says only how it differs: the residual posteriors of NVAE (Vahdat and
Kautz 2020, arXiv 2007.03898, section 3.2). Both are told here in the prior's own units, as noise w with

    p(w) = N(0, I),   q(w | x, groups before) = N(change of mean, change of scale),   z = mean + std * w,

so that the divergence of a group is that of q(w) from N(0, I), the code of a picture is one flat vector of
standard normal numbers, and drawing a new picture is drawing that vector. The likelihood is that of 8-bit pixels
(`demos.likelihood`): what is bounded is the probability of the file's bytes.
"""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from demos.data import DataSet, Examples
from demos.diffusion.networks import ResidualBlock
from demos.likelihood import discretised_logistic_mixture_log_prob, mixture_mean, to_pixels
from demos.random import normal_tensor
from demos.training.configs import ImageVaeConfig
from demos.vae import Gaussian, as_gaussian, standard_log_prob

IMPORTANCE_SAMPLES = 100  # codes of an image, for the tighter bound that is told
START_CHANNELS = 16  # of the coarse picture that the first group is unfolded to


class ImageVaeBatch(NamedTuple):
    """One training batch."""

    x: Tensor  # [B, C, H, W]
    y: Tensor  # [B], labels
    eps: Tensor  # [B, latent size], the noise of all groups of the code
    kl_weight: Tensor  # [B], the same for all


def code_shapes(config: ImageVaeConfig, shape: tuple[int, ...]) -> tuple[tuple[int, int, int], ...]:
    """Shapes of the groups of the code of images of a shape (C, H, W), the coarse one first."""
    first, middle, last = config.latent_channels
    height, width = shape[-2:]
    return (first, 1, 1), (middle, height // 4, width // 4), (last, height // 2, width // 2)


def split_code(flat: Tensor, shapes: tuple[tuple[int, int, int], ...]) -> list[Tensor]:
    """A flat code [B, latent size] -> its groups [B, *shape]."""
    parts = flat.split([math.prod(shape) for shape in shapes], dim=1)
    return [part.unflatten(1, shape) for part, shape in zip(parts, shapes, strict=True)]


class CodeInput(nn.Module):
    """Where a group of the code enters: its prior is told by what is known so far, z is added to that."""

    def __init__(self, channels: int, code_channels: int):
        super().__init__()
        self.prior = nn.Conv2d(channels, 2 * code_channels, 1)
        self.enter = nn.Conv2d(code_channels, channels, 1)
        nn.init.zeros_(self.prior.weight)  # N(0, I) at first
        nn.init.zeros_(self.prior.bias)

    def forward(self, h: Tensor, w: Tensor) -> Tensor:
        return h + self.enter(as_gaussian(self.prior(h)).rsample(w))


class Decoder(nn.Module):
    """From label and code to the mixture of every pixel, from the coarse to the fine."""

    def __init__(self, config: ImageVaeConfig, shape: tuple[int, ...], num_classes: int):
        super().__init__()
        (high, low), dim = config.channels, config.embedding_dim
        self.image_channels, self.shapes = shape[0], code_shapes(config, shape)
        self.label = nn.Embedding(num_classes, dim)
        self.inputs = nn.ModuleList(
            CodeInput(channels, group[0]) for channels, group in zip((dim, low, high), self.shapes, strict=True)
        )
        self.start = nn.Linear(dim, START_CHANNELS * math.prod(self.shapes[1][1:]))
        self.widen = nn.Conv2d(START_CHANNELS, low, 1)
        self.coarse = nn.ModuleList(ResidualBlock(low, low, dim) for _ in range(2))
        self.up = nn.Conv2d(low, high, 1)
        self.fine = nn.ModuleList(ResidualBlock(high, high, dim) for _ in range(2))
        self.norm_out = nn.GroupNorm(8, high)
        self.conv_out = nn.Conv2d(high, 4 * 3 * config.mixtures * self.image_channels, 3, padding=1)
        nn.init.normal_(self.conv_out.weight, std=0.01)
        with torch.no_grad():  # the components begin apart, or they would stay the same for ever
            logit, mean, log_scale = self.conv_out.bias.view(3, config.mixtures, -1)
            logit.zero_()
            mean.copy_(torch.linspace(-1, 1, config.mixtures)[:, None])
            log_scale.fill_(-2.0)

    @property
    def latent_size(self) -> int:
        """Numbers of a code."""
        return sum(math.prod(shape) for shape in self.shapes)

    # --8<-- [start:decoder]
    def forward(self, y: Tensor, answer: Callable[[int, Tensor], Tensor]) -> Tensor:
        """Labels [B] -> parameters of the mixtures, [B, 3 K C, H, W].

        Args:
            answer: (group, what is known before it) -> its part of the code, in the prior's units. To draw a
                picture it answers with noise; to learn from one, with what the encoder makes of it.
        """
        h = self.label(y)[:, :, None, None]
        h = self.inputs[0](h, answer(0, h))
        embedding = F.silu(h.flatten(1))
        h = self.widen(self.start(embedding).unflatten(1, (START_CHANNELS, *self.shapes[1][1:])))
        h = self.coarse[0](h, embedding)
        h = self.inputs[1](h, answer(1, h))
        h = self.coarse[1](h, embedding)
        h = F.interpolate(self.up(h), scale_factor=2.0, mode="nearest")
        h = self.fine[0](h, embedding)
        h = self.inputs[2](h, answer(2, h))
        h = self.fine[1](h, embedding)
        with torch.autocast(h.device.type, enabled=False):  # bfloat16 knows a pixel near -1 to half a level
            return F.pixel_shuffle(self.conv_out(F.silu(self.norm_out(h)).float()), 2)

    # --8<-- [end:decoder]


class Encoder(nn.Module):
    """What a picture says about each group, and the posterior of a group from that and what the decoder knows."""

    def __init__(self, config: ImageVaeConfig, shape: tuple[int, ...], num_classes: int):
        super().__init__()
        (high, low), dim, shapes = config.channels, config.embedding_dim, code_shapes(config, shape)
        self.label = nn.Embedding(num_classes, dim)
        self.conv_in = nn.Conv2d(4 * shape[0], high, 3, padding=1)
        self.fine = nn.ModuleList(ResidualBlock(high, high, dim) for _ in range(2))
        self.down = nn.Conv2d(high, low, 3, stride=2, padding=1)
        self.coarse = nn.ModuleList(ResidualBlock(low, low, dim) for _ in range(2))
        self.whole = nn.Conv2d(low, dim, shapes[1][1:])
        self.posteriors = nn.ModuleList(
            nn.Sequential(nn.Conv2d(2 * channels, channels, 1), nn.SiLU(), nn.Conv2d(channels, 2 * group[0], 1))
            for channels, group in zip((dim, low, high), shapes, strict=True)
        )
        for posterior in self.posteriors:  # at first the prior
            nn.init.zeros_(posterior[-1].weight)
            nn.init.zeros_(posterior[-1].bias)

    def forward(self, x: Tensor, y: Tensor) -> list[Tensor]:
        """Images [B, C, H, W] and labels [B] -> features of every group, the coarse one first."""
        embedding = self.label(y)
        fine = self.conv_in(F.pixel_unshuffle(x, 2))
        for block in self.fine:
            fine = block(fine, embedding)
        coarse = self.down(fine)
        for block in self.coarse:
            coarse = block(coarse, embedding)
        return [self.whole(F.silu(coarse)), coarse, fine]

    def posterior(self, group: int, feature: Tensor, h: Tensor) -> Gaussian:
        """q(w) of one group in the prior's units, [B, *shape]."""
        return as_gaussian(self.posteriors[group](F.silu(torch.cat([h, feature], dim=1))))


class Pass(NamedTuple):
    """What one way through encoder and decoder says."""

    parameters: Tensor  # [B, 3 K C, H, W], of the mixtures
    posteriors: list[Gaussian]  # of each group
    codes: list[Tensor]  # [B, *shape], drawn from them


class ImageVae(nn.Module):
    """Encoder and decoder of images, trained together by one loss; only the decoder is needed to draw."""

    def __init__(self, config: ImageVaeConfig, shape: tuple[int, ...], num_classes: int):
        super().__init__()
        self.encoder = Encoder(config, shape, num_classes)
        self.decoder = Decoder(config, shape, num_classes)

    def forward(self, features: list[Tensor], y: Tensor, eps: Tensor) -> Pass:
        """Draw a code of the pictures that the encoder has seen, group by group, and decode it.

        Args:
            features: what the encoder says of x.
            eps: [B, latent size].
        """
        noise = split_code(eps, self.decoder.shapes)
        posteriors, codes = [], []

        def answer(group: int, h: Tensor) -> Tensor:
            posteriors.append(self.encoder.posterior(group, features[group], h))
            codes.append(posteriors[-1].rsample(noise[group]))
            return codes[-1]

        return Pass(self.decoder(y, answer), posteriors, codes)


def build_image_vae(config: ImageVaeConfig, data: DataSet) -> dict[str, nn.Module]:
    """The networks of a family; see `demos.training.families`."""
    return {"vae": ImageVae(config, data.shape, data.num_classes)}


def make_batch(
    examples: Examples, config: ImageVaeConfig, batch_size: int, generator: torch.Generator, progress: float = 1.0
) -> ImageVaeBatch:
    """Draw images and the noise of their codes; a plain autoencoder's code is the mean, without noise.

    The weight of the KL term rises from 0, as in `demos.vae.make_batch`.
    """
    index = torch.randint(len(examples.x), (batch_size,), generator=generator)
    size = sum(math.prod(shape) for shape in code_shapes(config, examples.x.shape[1:]))
    eps = torch.randn((batch_size, size), generator=generator)
    weight = config.kl_weight * min(1.0, progress / config.kl_warmup)
    return ImageVaeBatch(
        examples.x[index],
        examples.y[index],
        eps if config.kl_weight else torch.zeros_like(eps),
        torch.full((batch_size,), weight),
    )


def _log_likelihood(x: Tensor, parameters: Tensor) -> Tensor:
    """log p(x|z) in nats, [B]."""
    return discretised_logistic_mixture_log_prob(parameters, to_pixels(x)).flatten(1).sum(1)


# --8<-- [start:bound]
def bound(vae: ImageVae, x: Tensor, y: Tensor, eps: Tensor) -> Tensor:
    """The evidence lower bound on log p(x|y) in nats, [B], with one sample of the code."""
    made = vae(vae.encoder(x, y), y, eps)
    return _log_likelihood(x, made.parameters) - sum(q.kl_to_standard() for q in made.posteriors)


# --8<-- [end:bound]


def importance_weighted(vae: ImageVae, x: Tensor, y: Tensor, eps: Tensor) -> Tensor:
    """The importance-weighted estimate of log p(x|y) in nats, [B]; see `demos.vae.importance_weighted`.

    Args:
        eps: [K, B, latent size].
    """
    features, weights = vae.encoder(x, y), []
    for one in eps:
        made = vae(features, y, one)
        groups = zip(made.posteriors, made.codes, strict=True)
        ratio = sum(standard_log_prob(w) - q.log_prob(w) for q, w in groups)
        weights.append(_log_likelihood(x, made.parameters) + ratio)
    return torch.logsumexp(torch.stack(weights), dim=0) - math.log(len(eps))


def _charged(q: Gaussian, free_bits: float) -> Tensor:
    """What a group is charged for in training: a channel's mean divergence, but no less than what is free."""
    channels = q.kl_terms().mean(0).flatten(1)  # [channels, places]
    return channels.sum(1).clamp(min=free_bits * channels.shape[1]).sum()


def negative_bound(parts: Mapping[str, nn.Module], batch: ImageVaeBatch, config: ImageVaeConfig) -> Tensor:
    """The loss: the mean negative bound in bits a pixel, a scalar; the KL term weighed, and free below `free_bits`."""
    vae = parts["vae"]
    made = vae(vae.encoder(batch.x, batch.y), batch.y, batch.eps)
    divergence = sum(_charged(q, config.free_bits) for q in made.posteriors)
    nats = _log_likelihood(batch.x, made.parameters).mean() - batch.kl_weight.mean() * divergence
    return -nats / (batch.x[0].numel() * math.log(2))


def log_prob(
    parts: Mapping[str, nn.Module], config: ImageVaeConfig, x: Tensor, y: Tensor, seed: int, first: int = 0
) -> Tensor:
    """`bound`, with the noise of a seed."""
    vae = parts["vae"]
    return bound(vae, x, y, normal_tensor(seed, 0, (len(x), vae.decoder.latent_size), first))


def importance_weighted_log_prob(
    parts: Mapping[str, nn.Module], config: ImageVaeConfig, x: Tensor, y: Tensor, seed: int, first: int = 0
) -> Tensor:
    """`importance_weighted` with `IMPORTANCE_SAMPLES` codes of each image and the noise of a seed."""
    vae = parts["vae"]
    shape = len(x), vae.decoder.latent_size
    eps = [normal_tensor(seed, stream, shape, first) for stream in range(IMPORTANCE_SAMPLES)]
    return importance_weighted(vae, x, y, torch.stack(eps))


def generate(parts: Mapping[str, nn.Module], z: Tensor, labels: Tensor) -> Tensor:
    """The picture of a code: the mean of every pixel's mixture, [B, C, H, W] in the model range.

    Args:
        z: [B, latent size], standard normal numbers.
    """
    decoder = parts["vae"].decoder
    groups = split_code(z, decoder.shapes)
    return mixture_mean(decoder(labels, lambda group, h: groups[group]), decoder.image_channels)


def sample(parts: Mapping[str, nn.Module], config: ImageVaeConfig, labels: Tensor, seed: int, first: int = 0) -> Tensor:
    """Codes drawn from N(0, I), as pictures."""
    return generate(parts, normal_tensor(seed, 0, (len(labels), parts["vae"].decoder.latent_size), first), labels)
