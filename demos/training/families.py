"""What each kind of model is: its networks, what a step draws, what each network minimises, how samples are made.

`demos.training.train` is one loop for all of them; a new family is one module, one configuration and one row here.
"""

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from demos import autoencoder, autoregressive, classifier, gan, image_flow, image_gan, image_vae, normalizing_flow, vae
from demos.data import DATA_SETS, IMAGE_SIZE, DataSet, Examples
from demos.diffusion import objective, point_network, sampling
from demos.diffusion.networks import Denoiser
from demos.training import configs
from demos.training.presets import Preset

Parts = Mapping[str, nn.Module]
Batch = tuple  # a NamedTuple of tensors whose first axis is the batch


@dataclass(frozen=True)
class Generator:
    """How a family makes samples in one call, out of nothing but noise: what travels to a browser.

    Attributes:
        generate: (networks, z [B, latent size], labels [B]) -> samples [B, *shape], without chance.
        latent_size: (networks, config) -> numbers in a z, each of them standard normal.
        reads_labels: whether the labels matter.
    """

    generate: Callable[[Parts, Tensor, Tensor], Tensor]
    latent_size: Callable[[Parts, Any], int]
    reads_labels: bool = True


@dataclass(frozen=True)
class Family:
    """One kind of model.

    Attributes:
        config: its dataclass in `demos.training.configs`.
        build: (config, data set) -> its networks by name, with fresh random weights.
        draw: (examples, config, batch size, generator, progress) -> one batch: all randomness of a step, and what
            changes over a run; `progress` is the share of the run that is done.
        losses: network -> (networks, batch, config) -> scalar, a pure function; a step takes them in this order and
            differentiates each with respect to that network alone.
        sample: (networks, config, labels [B], seed, first) -> samples [B, *shape] in the data's range; sample number
            first + i depends on seed and number alone. None for what does not generate.
        generator: the same in one call, where there is one; None for what generates step by step, or not at all.
        nfe: network evaluations a sample costs.
        likelihood: what `log_prob` is: "exact", a lower "bound", or "none" where there is none.
        log_prob: (networks, config, x [B, *shape] in the data's range, labels [B], seed, first) -> nats, [B]: of
            points their log-density, of images the logarithm of their bytes' probability given the label. What a
            bound draws for example number first + i depends on seed and number alone, as in `sample`.
        tighter: the same as a bound nearer to the likelihood, where a family has one; it takes many times as long.
        held_out: (networks, examples it was not trained on) -> what is told of them at the end of a run, in words;
            of what does not generate, whose samples tell enough.
    """

    config: type
    build: Callable[[Any, DataSet], dict[str, nn.Module]]
    draw: Callable[[Examples, Any, int, torch.Generator, float], Batch]
    losses: Mapping[str, Callable[[Parts, Batch, Any], Tensor]]
    sample: Callable[[Parts, Any, Tensor, int, int], Tensor] | None = None
    generator: Generator | None = dataclasses.field(default=None, kw_only=True)
    nfe: int = 0
    likelihood: Literal["exact", "bound", "none"] = "none"
    log_prob: Callable[[Parts, Any, Tensor, Tensor, int, int], Tensor] | None = None
    tighter: Callable[[Parts, Any, Tensor, Tensor, int, int], Tensor] | None = dataclasses.field(
        default=None, kw_only=True
    )
    held_out: Callable[[Parts, Examples], str] | None = None

    @property
    def kind(self) -> str:
        """The name under which its weights know it."""
        return self.config.kind

    def config_from_json(self, values: dict) -> Any:
        """The inverse of `dataclasses.asdict` and JSON; a setting that is missing has its default."""
        made = {}
        for field in dataclasses.fields(self.config):
            if field.name in values:
                value, default = values[field.name], field.default
                if dataclasses.is_dataclass(default):
                    value = type(default)(**value)
                made[field.name] = tuple(value) if isinstance(value, list) else value
        return self.config(**made)


FAMILIES = {
    family.kind: family
    for family in (
        Family(
            configs.DenoiserConfig,
            lambda config, data: {"net": Denoiser(config.channels, config.embedding_dim)},
            objective.make_batch,
            {"net": lambda parts, batch, config: objective.velocity_loss(parts["net"], batch)},
            sampling.sample_images,
            sampling.IMAGE_NFE,
        ),
        Family(
            configs.PointDenoiserConfig,
            lambda config, data: {"net": point_network.PointDenoiser(config.width, config.depth, data.num_classes)},
            objective.make_batch,
            {"net": lambda parts, batch, config: objective.velocity_loss(parts["net"], batch)},
            sampling.sample_points,
            sampling.POINT_NFE,
        ),
        Family(
            configs.PointGanConfig,
            gan.build_point_gan,
            gan.make_batch,
            {"discriminator": gan.discriminator_loss, "generator": gan.generator_loss},
            gan.sample,
            1,
            generator=Generator(gan.generate, lambda parts, config: config.latent_dim, reads_labels=False),
        ),
        Family(
            configs.ImageGanConfig,
            image_gan.build_image_gan,
            image_gan.make_batch,
            {"discriminator": image_gan.discriminator_loss, "generator": image_gan.generator_loss},
            gan.sample,
            1,
            generator=Generator(gan.generate, lambda parts, config: config.latent_dim),
        ),
        Family(
            configs.PointVaeConfig,
            vae.build_point_vae,
            vae.make_batch,
            {"vae": vae.negative_bound},
            vae.sample,
            1,
            generator=Generator(vae.generate, lambda parts, config: config.latent_dim + 2, reads_labels=False),
        ),
        Family(
            configs.ImageVaeConfig,
            image_vae.build_image_vae,
            image_vae.make_batch,
            {"vae": image_vae.negative_bound},
            image_vae.sample,
            1,
            "bound",
            image_vae.log_prob,
            tighter=image_vae.importance_weighted_log_prob,
            generator=Generator(image_vae.generate, lambda parts, config: parts["vae"].decoder.latent_size),
        ),
        Family(
            configs.PointFlowConfig,
            normalizing_flow.build_point_flow,
            normalizing_flow.make_batch,
            {"flow": normalizing_flow.negative_log_likelihood},
            normalizing_flow.sample,
            1,
            "exact",
            lambda parts, config, x, labels, seed, first: normalizing_flow.log_prob(parts, config, x),
            generator=Generator(normalizing_flow.generate, lambda parts, config: 2, reads_labels=False),
        ),
        Family(
            configs.ImageFlowConfig,
            image_flow.build_image_flow,
            image_flow.make_batch,
            {"flow": image_flow.negative_bound},
            image_flow.sample,
            1,
            "bound",
            image_flow.log_prob,
            generator=Generator(image_flow.generate, lambda parts, config: math.prod(parts["flow"].shape)),
        ),
        Family(
            configs.AutoregressiveConfig,
            autoregressive.build,
            autoregressive.make_batch,
            {"net": autoregressive.negative_log_likelihood},
            autoregressive.sample,
            IMAGE_SIZE**2,
            "exact",
            autoregressive.log_prob,
        ),
        Family(
            configs.PoolingClassifierConfig,
            lambda config, data: {"net": classifier.PoolingClassifier(data, config.channels, config.feature_dim)},
            classifier.draw_labelled,
            {"net": lambda parts, batch, config: classifier.label_loss(parts["net"], batch)},
            held_out=classifier.held_out,
        ),
        Family(
            configs.StridedClassifierConfig,
            lambda config, data: {"net": classifier.StridedClassifier(data, config.channels)},
            classifier.draw_labelled,
            {"net": lambda parts, batch, config: classifier.label_loss(parts["net"], batch)},
            held_out=classifier.held_out,
        ),
        Family(
            configs.AutoencoderConfig,
            autoencoder.build_autoencoder,
            autoencoder.draw_images,
            {"net": autoencoder.reconstruction_loss},
            held_out=autoencoder.held_out,
        ),
    )
}


def family_of(preset: Preset) -> Family:
    """The preset's family."""
    return FAMILIES[preset.model.kind]


def build_parts(preset: Preset) -> dict[str, nn.Module]:
    """The preset's networks with fresh random weights."""
    return family_of(preset).build(preset.model, DATA_SETS[preset.data])
