"""The one list of models that can be trained.

A preset is a frozen dataclass; its JSON form travels into checkpoints and manifests, so a model
always says what made it.
"""

import dataclasses
from dataclasses import dataclass
from typing import ClassVar

from demos.errors import UserError, nearest


@dataclass(frozen=True)
class DenoiserConfig:
    """Arguments of `demos.diffusion.networks.Denoiser`."""

    kind: ClassVar[str] = "denoiser"

    channels: tuple[int, int] = (64, 96)
    embedding_dim: int = 96


@dataclass(frozen=True)
class PoolingClassifierConfig:
    """Arguments of `demos.classifier.PoolingClassifier`."""

    kind: ClassVar[str] = "pooling-classifier"

    channels: tuple[int, ...] = (32, 64)
    feature_dim: int = 64


@dataclass(frozen=True)
class StridedClassifierConfig:
    """Arguments of `demos.classifier.StridedClassifier`."""

    kind: ClassVar[str] = "strided-classifier"

    channels: tuple[int, ...] = (24, 48, 64, 96)


SMOKE_SUFFIX = "-smoke"
NetworkConfig = DenoiserConfig | PoolingClassifierConfig | StridedClassifierConfig


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
class TrainingConfig:
    """One training run.

    Attributes:
        learning_rate: reached after `warmup_steps` and kept to half time; a half cosine then leads to
            `final_rate` times as much.
        precision: "bf16" (autocast) or "no" (float32).
        label_dropout, noise: concern denoisers.
    """

    steps: int
    batch_size: int = 128
    learning_rate: float = 2e-3
    final_rate: float = 0.02
    warmup_steps: int = 200
    ema_decay: float = 0.9998
    label_dropout: float = 0.1
    noise: NoiseDensity = NoiseDensity()
    seed: int = 0
    precision: str = "bf16"


@dataclass(frozen=True)
class Preset:
    """A model and how it is trained; the kind of `network` says what it learns, see `demos.training.families`.

    Attributes:
        start: name of the released weights that training begins with, "" for random ones.
    """

    name: str
    summary: str
    network: NetworkConfig
    training: TrainingConfig
    start: str = ""

    @property
    def train_command(self) -> str:
        """What trains it, for messages."""
        base = self.name.removesuffix(SMOKE_SUFFIX)
        return f"python -m demos train {base}" + (" --smoke" if base != self.name else "")

    def to_json(self) -> dict:
        """Plain dictionaries and lists, equal after a round trip through JSON."""
        return _plain(dataclasses.asdict(self))

    def made(self, facts: dict) -> bool:
        """Whether a run or weights with this preset JSON come from this preset.

        Settings that did not exist when they were made count as having had today's default.
        """
        training = {**_plain(dataclasses.asdict(TrainingConfig(self.training.steps))), **facts["training"]}
        return {"start": "", **facts, "training": training} == self.to_json()


def _plain(value):
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            name="fashion-diffusion",
            summary="class-conditional denoiser for Fashion-MNIST, 28x28",
            network=DenoiserConfig(),
            training=TrainingConfig(steps=45_000),
        ),
        Preset(
            name="fashion-diffusion-tuned",
            summary="the same denoiser, trained on where most of the picture is decided",
            network=DenoiserConfig(),
            # |log_snr| > 8 is nearly clean or nearly pure noise: the first run spent a tenth of its steps there
            training=TrainingConfig(
                steps=25_000,
                learning_rate=1e-3,
                final_rate=0.0,
                warmup_steps=500,
                noise=NoiseDensity(logit_share=0.95, logit_mean=0.4, logit_std=0.9, uniform_limit=8.0),
                seed=3,
            ),
            start="fashion-diffusion",
        ),
        Preset(
            name="fashion-features",
            summary="classifier whose 64 features measure FD-CNN",
            network=PoolingClassifierConfig(),
            training=TrainingConfig(steps=3000, ema_decay=0.998, label_dropout=0.0, seed=1),
        ),
        Preset(
            name="fashion-judge",
            summary="another classifier, which checks the labels of generated images",
            network=StridedClassifierConfig(),
            training=TrainingConfig(steps=6000, learning_rate=4e-3, ema_decay=0.998, label_dropout=0.0, seed=2),
        ),
    )
}

SMOKE_NETWORKS: dict[str, NetworkConfig] = {
    "denoiser": DenoiserConfig(channels=(32, 48), embedding_dim=48),
    "pooling-classifier": PoolingClassifierConfig(channels=(8, 16), feature_dim=16),
    "strided-classifier": StridedClassifierConfig(channels=(8, 16, 24)),
}


def get_preset(name: str, *, smoke: bool = False) -> Preset:
    """Look a preset up.

    Args:
        smoke: the same thing in small, trained in under a minute: for tests and first steps.

    Raises:
        UserError: no such preset.
    """
    if name not in PRESETS:
        raise UserError(f'There is no preset "{name}"; {nearest(name, PRESETS)}')
    preset = PRESETS[name]
    if not smoke:
        return preset
    return dataclasses.replace(
        preset,
        name=name + SMOKE_SUFFIX,
        network=SMOKE_NETWORKS[preset.network.kind],
        start="",
        training=dataclasses.replace(
            preset.training, steps=400, batch_size=64, warmup_steps=50, ema_decay=0.99, precision="no"
        ),
    )
