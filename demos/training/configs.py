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
class PointFlowConfig:
    """`demos.normalizing_flow`, on points."""

    kind: ClassVar[str] = "point-flow"

    layers: int = 12
    width: int = 128
    depth: int = 3


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
    | PointVaeConfig
    | PointFlowConfig
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
