"""What can be set about a model and its training: frozen dataclasses whose JSON travels with the weights.

Standard library only, so that a workflow can list what there is without loading torch.
"""

import dataclasses
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class NoiseDensity:
    """How often a denoiser is trained at which noise level; see `demos.diffusion.objective.draw_log_snr`.

    Attributes:
        logit_share: this share of a batch has logit(u) normal, the rest log_snr uniform.
        logit_mean, logit_std: of that normal distribution; a positive mean leans towards noise.
        uniform_limit: the uniform rest lies within +- this log_snr.
    """

    logit_share: float = 0.8
    logit_mean: float = 0.0
    logit_std: float = 1.0
    uniform_limit: float = 14.0


@dataclass(frozen=True)
class DenoiserConfig:
    """`demos.diffusion.networks.Denoiser` and its objective.

    Attributes:
        channels: at half and at a quarter of the image's size.
        label_dropout: the share of labels replaced by "unconditional".
        noise: which noise levels it is trained on.
    """

    kind: ClassVar[str] = "denoiser"

    channels: tuple[int, int] = (64, 96)
    embedding_dim: int = 96
    label_dropout: float = 0.1
    noise: NoiseDensity = NoiseDensity()


@dataclass(frozen=True)
class PointDenoiserConfig:
    """`demos.diffusion.point_network.PointDenoiser`: the same objective on points."""

    kind: ClassVar[str] = "point-denoiser"

    width: int = 128
    depth: int = 4
    label_dropout: float = 1.0  # models of points do not read labels
    noise: NoiseDensity = NoiseDensity(logit_share=0.9, logit_std=1.2, uniform_limit=10.0)


@dataclass(frozen=True)
class PointGanConfig:
    """`demos.gan`, on points.

    Attributes:
        latent_dim: numbers of noise behind a sample.
        objective: "relativistic" or "classical".
        gamma: weight of the slope penalties of the relativistic objective.
    """

    kind: ClassVar[str] = "point-gan"

    latent_dim: int = 2
    width: int = 128
    depth: int = 3
    objective: str = "relativistic"
    gamma: float = 0.1


@dataclass(frozen=True)
class ImageGanConfig:
    """`demos.image_gan`.

    Attributes:
        latent_dim: numbers of noise behind an image.
        label_dim, style_dim: of the class's embedding, and of what is made of both.
        start_channels: of the first map, at a quarter of the image's size.
        generator_channels: at a quarter and at half of the image's size.
        generator_blocks: residual blocks there.
        discriminator_channels: at half of the image's size, a quarter and so on.
        feature_dim: what the discriminator's answer is read from.
        gamma, final_gamma: weight of the slope penalties at the start and at the end of a run.
        max_shift: the discriminator sees images moved by up to this many pixels each way.
    """

    kind: ClassVar[str] = "image-gan"

    latent_dim: int = 64
    label_dim: int = 32
    style_dim: int = 128
    start_channels: int = 32
    generator_channels: tuple[int, int] = (80, 48)
    generator_blocks: tuple[int, int] = (1, 2)
    discriminator_channels: tuple[int, ...] = (32, 64, 96)
    feature_dim: int = 128
    gamma: float = 0.05
    final_gamma: float = 0.005
    max_shift: int = 2


@dataclass(frozen=True)
class PointVaeConfig:
    """`demos.vae`, on points.

    Attributes:
        kl_weight: final weight of the KL term; 0 makes a plain autoencoder.
        kl_warmup: the share of a run over which that weight rises from 0.
    """

    kind: ClassVar[str] = "point-vae"

    latent_dim: int = 2
    width: int = 256
    depth: int = 4
    kl_weight: float = 1.0
    kl_warmup: float = 0.2


@dataclass(frozen=True)
class ImageVaeConfig:
    """`demos.image_vae`.

    Attributes:
        latent_channels: numbers of the code at each place of 1x1, of a quarter and of half of the image's size.
        channels: of the networks at half and at a quarter of the image's size.
        mixtures: logistics behind a pixel.
        free_bits: nats a number of the code may cost before the KL term pushes it down, as a channel's mean.
        kl_weight: final weight of the KL term; 0 makes a plain autoencoder, whose code is no longer drawn.
        kl_warmup: the share of a run over which that weight rises from 0.
    """

    kind: ClassVar[str] = "image-vae"

    latent_channels: tuple[int, int, int] = (32, 8, 4)
    channels: tuple[int, int] = (64, 80)
    embedding_dim: int = 64
    mixtures: int = 5
    free_bits: float = 0.0
    kl_weight: float = 1.0
    kl_warmup: float = 0.2


@dataclass(frozen=True)
class PointFlowConfig:
    """`demos.normalizing_flow`, on points."""

    kind: ClassVar[str] = "point-flow"

    layers: int = 12
    width: int = 128
    depth: int = 3


@dataclass(frozen=True)
class ImageFlowConfig:
    """`demos.image_flow`.

    Attributes:
        steps: of coupling on each scale, the finest first.
        width, blocks: channels and gated blocks of the networks inside couplings.
        context: channels of what a class looks like, read by all of them.
        dequantiser_steps: of the flow that draws the noise within a level; 0 draws it uniformly.
    """

    kind: ClassVar[str] = "image-flow"

    steps: tuple[int, ...] = (8, 8)
    width: int = 48
    blocks: int = 1
    context: int = 6
    dequantiser_steps: int = 4
    dequantiser_width: int = 32


@dataclass(frozen=True)
class AutoregressiveConfig:
    """`demos.autoregressive`.

    Attributes:
        width: channels of both stacks, an even number.
        dilations: of the layers; their sum is how far a pixel sees to each side.
        output: how a pixel's distribution is given, "softmax" or "mixture"; see `demos.autoregressive.OUTPUTS`.
    """

    kind: ClassVar[str] = "autoregressive"

    width: int = 64
    dilations: tuple[int, ...] = (1, 2, 4, 8, 1, 2, 4)
    output: str = "softmax"


@dataclass(frozen=True)
class PoolingClassifierConfig:
    """`demos.classifier.PoolingClassifier`."""

    kind: ClassVar[str] = "pooling-classifier"

    channels: tuple[int, ...] = (32, 64)
    feature_dim: int = 64


@dataclass(frozen=True)
class StridedClassifierConfig:
    """`demos.classifier.StridedClassifier`."""

    kind: ClassVar[str] = "strided-classifier"

    channels: tuple[int, ...] = (24, 48, 64, 96)


@dataclass(frozen=True)
class AutoencoderConfig:
    """`demos.autoencoder.ConvolutionalAutoencoder`.

    Attributes:
        channels: at half and at a quarter of the image's size.
        code_dim: numbers of the code.
    """

    kind: ClassVar[str] = "autoencoder"

    channels: tuple[int, int] = (16, 32)
    code_dim: int = 64


ModelConfig = (
    DenoiserConfig
    | PointDenoiserConfig
    | PointGanConfig
    | ImageGanConfig
    | PointVaeConfig
    | ImageVaeConfig
    | PointFlowConfig
    | ImageFlowConfig
    | AutoregressiveConfig
    | PoolingClassifierConfig
    | StridedClassifierConfig
    | AutoencoderConfig
)


@dataclass(frozen=True)
class OptimizerConfig:
    """AdamW and its learning rate over time.

    Attributes:
        learning_rate: reached after the run's warm-up and kept to half time; a half cosine then leads to
            `final_rate` times as much.
        betas: decay of the averages of gradient and squared gradient.
        clip_norm: gradients longer than this are shortened to it; 0 leaves them as they are.
    """

    learning_rate: float = 2e-3
    final_rate: float = 0.02
    betas: tuple[float, float] = (0.9, 0.99)
    weight_decay: float = 0.01
    clip_norm: float = 1.0


@dataclass(frozen=True)
class TrainingConfig:
    """One training run.

    Attributes:
        optimizer: of every part of the model that has none of its own.
        part_optimizers: part -> its own settings.
        precision: "bf16" (autocast) or "no" (float32).
    """

    steps: int
    batch_size: int = 128
    warmup_steps: int = 200
    ema_decay: float = 0.9998
    seed: int = 0
    precision: str = "bf16"
    optimizer: OptimizerConfig = OptimizerConfig()
    part_optimizers: dict[str, OptimizerConfig] = dataclasses.field(default_factory=dict)

    def optimizer_of(self, part: str) -> OptimizerConfig:
        """The settings of one part."""
        return self.part_optimizers.get(part, self.optimizer)
