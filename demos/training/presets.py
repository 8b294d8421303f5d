"""The one list of models that can be trained.

A preset is a frozen dataclass; its JSON form travels into checkpoints and manifests, so a model
always says what made it.
"""

import dataclasses
from dataclasses import dataclass

from demos.errors import UserError, nearest
from demos.training.configs import (
    AutoencoderConfig,
    AutoregressiveConfig,
    DenoiserConfig,
    ImageFlowConfig,
    ImageGanConfig,
    ImageVaeConfig,
    ModelConfig,
    NoiseDensity,
    OptimizerConfig,
    PointDenoiserConfig,
    PointFlowConfig,
    PointGanConfig,
    PointVaeConfig,
    PoolingClassifierConfig,
    StridedClassifierConfig,
    TrainingConfig,
)

SMOKE_SUFFIX = "-smoke"


@dataclass(frozen=True)
class Preset:
    """A model and how it is trained; the kind of `model` says what it learns, see `demos.training.families`.

    Attributes:
        data: name of a data set, see `demos.data.DATA_SETS`.
        start: name of the released weights that training begins with, "" for random ones.
    """

    name: str
    summary: str
    model: ModelConfig
    training: TrainingConfig
    data: str = "fashion"
    start: str = ""

    @property
    def train_command(self) -> str:
        """What trains it, for messages."""
        base = self.name.removesuffix(SMOKE_SUFFIX)
        return f"python -m demos train {base}" + (" --smoke" if base != self.name else "")

    def to_json(self) -> dict:
        """Plain dictionaries and lists, equal after a round trip through JSON."""
        return _plain(dataclasses.asdict(self))


def _plain(value):
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


POINT_OPTIMIZER = OptimizerConfig(final_rate=0.0)
FLOW_OPTIMIZER = OptimizerConfig(2e-3, final_rate=0.0, weight_decay=0.0)
VAE_OPTIMIZER = OptimizerConfig(learning_rate=1e-3, final_rate=0.0)
GAN_OPTIMIZER = OptimizerConfig(1e-3, final_rate=0.1, betas=(0.0, 0.99), weight_decay=0.0, clip_norm=0.0)


def _point_preset(family: str, data: str, model: ModelConfig, optimizer: OptimizerConfig = POINT_OPTIMIZER) -> Preset:
    return Preset(
        name=f"{data}-{family}",
        summary=f"{family} of the points of {data}",
        model=model,
        training=TrainingConfig(10_000, 256, ema_decay=0.999, precision="no", optimizer=optimizer),
        data=data,
    )


PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            name="fashion-diffusion-first",
            summary="the denoiser's first training, from random weights",
            model=DenoiserConfig(),
            training=TrainingConfig(steps=45_000),
        ),
        Preset(
            name="fashion-diffusion",
            summary="class-conditional denoiser for Fashion-MNIST, 28x28: its second training",
            # |log_snr| > 8 is nearly clean or nearly pure noise: the first run spent a tenth of its steps there
            model=DenoiserConfig(
                noise=NoiseDensity(logit_share=0.95, logit_mean=0.4, logit_std=0.9, uniform_limit=8.0)
            ),
            training=TrainingConfig(
                steps=25_000, warmup_steps=500, seed=3, optimizer=OptimizerConfig(learning_rate=1e-3, final_rate=0.0)
            ),
            start="fashion-diffusion-first",
        ),
        Preset(
            name="fashion-autoregressive",
            summary="gated PixelCNN, the yardstick of likelihood",
            model=AutoregressiveConfig(),
            training=TrainingConfig(
                steps=10_000, batch_size=32, ema_decay=0.999, seed=4, optimizer=OptimizerConfig(final_rate=0.0)
            ),
        ),
        Preset(
            name="fashion-features",
            summary="classifier whose 64 features measure FD-CNN",
            model=PoolingClassifierConfig(),
            training=TrainingConfig(steps=3000, ema_decay=0.998, seed=1),
        ),
        Preset(
            name="fashion-judge",
            summary="another classifier, which checks the labels of generated images",
            model=StridedClassifierConfig(),
            training=TrainingConfig(steps=6000, ema_decay=0.998, seed=2, optimizer=OptimizerConfig(learning_rate=4e-3)),
        ),
        Preset(
            name="fashion-vae",
            summary="hierarchical variational autoencoder of the images, given their class",
            model=ImageVaeConfig(),  # free bits were tried on the beginning of a run: sweeps/fashion-vae.json
            training=TrainingConfig(steps=9000, ema_decay=0.9995, optimizer=VAE_OPTIMIZER),
        ),
        Preset(
            name="fashion-autoencoder",
            summary="the same networks without the KL term: a plain autoencoder",
            model=ImageVaeConfig(kl_weight=0.0),
            training=TrainingConfig(steps=2250, ema_decay=0.998, optimizer=VAE_OPTIMIZER),
        ),
        Preset(
            name="fashion-gan",
            summary="class-conditional GAN for Fashion-MNIST, 28x28",
            model=ImageGanConfig(),
            training=TrainingConfig(
                steps=25_000,
                batch_size=64,
                warmup_steps=100,
                ema_decay=0.9995,
                seed=4,
                # the rate was tried on the beginning of a run: sweeps/fashion-gan.json
                optimizer=dataclasses.replace(GAN_OPTIMIZER, learning_rate=6e-4, final_rate=0.08),
            ),
        ),
        Preset(
            name="fashion-flow",
            summary="class-conditional normalizing flow for Fashion-MNIST, 28x28",
            model=ImageFlowConfig(),
            training=TrainingConfig(steps=18_000, batch_size=64, optimizer=FLOW_OPTIMIZER),
        ),
        Preset(
            name="fashion-code",
            summary="autoencoder whose code of 64 numbers measures FD-AE",
            model=AutoencoderConfig(),
            training=TrainingConfig(steps=2000, ema_decay=0.998, seed=4, optimizer=OptimizerConfig(final_rate=0.0)),
        ),
        _point_preset("gan", "ring", PointGanConfig(), GAN_OPTIMIZER),
        _point_preset("gan-classical", "ring", PointGanConfig(objective="classical"), GAN_OPTIMIZER),
        _point_preset("vae", "ring", PointVaeConfig()),
        _point_preset("autoencoder", "ring", PointVaeConfig(kl_weight=0.0)),
        _point_preset("flow", "ring", PointFlowConfig()),
        _point_preset("diffusion", "ring", PointDenoiserConfig()),
    )
}

SMOKE_MODELS: dict[str, dict] = {  # what is smaller in a smoke run
    "denoiser": {"channels": (32, 48), "embedding_dim": 48},
    "autoregressive": {"width": 16, "dilations": (1, 4), "output": "mixture"},
    "pooling-classifier": {"channels": (8, 16), "feature_dim": 16},
    "strided-classifier": {"channels": (8, 16, 24)},
    "autoencoder": {"channels": (8, 16), "code_dim": 16},
    "point-denoiser": {"width": 64},
    "point-gan": {"width": 64},
    "image-gan": {
        "latent_dim": 16,
        "label_dim": 8,
        "style_dim": 32,
        "start_channels": 8,
        "generator_channels": (16, 16),
        "generator_blocks": (1, 1),
        "discriminator_channels": (8, 16, 24),
        "feature_dim": 32,
    },
    "point-vae": {"width": 64},
    "image-vae": {"latent_channels": (8, 2, 1), "channels": (32, 32), "embedding_dim": 32, "mixtures": 3},
    "image-flow": {"steps": (2, 2), "width": 16, "dequantiser_steps": 2, "dequantiser_width": 16},
    "point-flow": {"width": 32, "layers": 8},
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
        model=dataclasses.replace(preset.model, **SMOKE_MODELS[preset.model.kind]),
        start="",
        training=dataclasses.replace(
            preset.training, steps=400, batch_size=64, warmup_steps=50, ema_decay=0.99, precision="no"
        ),
    )
