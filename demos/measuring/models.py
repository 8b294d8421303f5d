"""The released models of images, as whatever measures them calls them: labels in, bytes out; bytes in, bits out."""

import hashlib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from demos.data import to_bytes, to_model_range
from demos.diffusion.noise import SCHEDULES
from demos.diffusion.samplers import SAMPLERS
from demos.errors import UserError
from demos.likelihood import bits_per_dim
from demos.measuring.evaluate import Settings, sample
from demos.training.families import FAMILIES, Family, Parts
from demos.training.presets import PRESETS, get_preset
from demos.training.release import WEIGHTS, Released, load_released

FEW = 1000  # images for what takes a hundred times as long as a bound
LogProb = Callable[[Parts, Any, Tensor, Tensor, int, int], Tensor]


@dataclass
class Model:
    """A released model, and how it samples.

    Attributes:
        name: its preset's, with the sampler behind it where that is not the family's own.
        settings: of another sampler of a denoiser; None for the family's own way.
    """

    name: str
    released: Released
    settings: Settings | None = None
    family: Family = field(init=False)

    def __post_init__(self):
        self.family = FAMILIES[self.released.facts["kind"]]

    @property
    def nfe(self) -> int:
        """Network evaluations a sample costs."""
        return self.settings.nfe if self.settings else self.family.nfe

    @torch.no_grad()
    def make(self, labels: Tensor, seed: int, first: int = 0) -> np.ndarray:
        """Images as `generate` wants them, uint8 [B, height, width]."""
        if self.settings:
            return sample(self.released.net, labels, self.settings, seed, first)
        assert self.family.sample
        return to_bytes(self.family.sample(self.released.parts, self.released.config, labels, seed, first))

    def identity(self) -> str:
        """A hash of its weights and of two images: it changes with the weights, and with how samples are made."""
        drawn = self.make(torch.tensor([0, 1]), 0).tobytes()
        return hashlib.sha256(self.released.sha256.encode() + drawn).hexdigest()

    @torch.no_grad()
    def bits(self, images: np.ndarray, labels: Tensor, chunk: int = 100) -> dict:
        """Bits per dimension of real images given their labels, with the standard error of the mean, and their kind.

        Where the family knows a bound and a tighter one, the first `FEW` images are charged with both.
        """
        if not self.family.log_prob:
            return {"kind": self.family.likelihood}

        def charged(log_prob: LogProb, x: np.ndarray, y: Tensor) -> Tensor:
            parts, config = self.released.parts, self.released.config
            nats = [
                log_prob(parts, config, to_model_range(x[first : first + chunk]), y[first : first + chunk], 0, first)
                for first in range(0, len(x), chunk)
            ]
            return bits_per_dim(torch.cat(nats).double(), math.prod(x.shape[1:]))

        bits = charged(self.family.log_prob, images, labels)
        said = {"kind": self.family.likelihood, **_mean(bits)}
        if self.family.tighter:
            tighter = _mean(charged(self.family.tighter, images[:FEW], labels[:FEW]))
            # some images are dearer than others: the difference means something between bits of the same ones
            said["tighter"] = {**tighter, "bound_of_these": _mean(bits[:FEW])["bits_per_dim"]}
        return said


def _mean(bits: Tensor) -> dict:
    return {
        "bits_per_dim": round(bits.mean().item(), 4),
        "standard_error": round(bits.std().item() / math.sqrt(len(bits)), 4),
        "images": len(bits),
    }


def makes_images(name: str) -> bool:
    """Whether a preset makes images that can be compared."""
    preset = PRESETS[name]
    return preset.data == "fashion" and FAMILIES[preset.model.kind].sample is not None


def load_models(names: Iterable[str] | None) -> tuple[list[Model], list[str]]:
    """The models to compare, and the names of those that were left out because nobody has released them.

    Args:
        names: presets, each of which must be released, or PRESET:SAMPLER:STEPS for a denoiser; if not said, all that
            are released and with which no other's training begins.

    Raises:
        UserError: a name is unknown, is no model of images, is not released, or its sampler cannot be.
    """
    if names:
        return [_load_model(name) for name in dict.fromkeys(names)], []
    known = [name for name in filter(makes_images, PRESETS) if name not in {one.start for one in PRESETS.values()}]
    missing = [name for name in known if not (WEIGHTS / f"{name}.safetensors").is_file()]
    return [Model(name, load_released(name)) for name in known if name not in missing], missing


def _load_model(name: str) -> Model:
    preset, _, sampler = name.partition(":")
    if not makes_images(get_preset(preset).name):
        raise UserError(f"{preset} makes no images: compared are {', '.join(filter(makes_images, PRESETS))}.")
    settings = None
    if sampler:
        if PRESETS[preset].model.kind != "denoiser":
            raise UserError(f"{name}: {preset} is no denoiser, so there is no sampler to choose: say {preset} alone.")
        (sampler, _, steps), limit = sampler.partition(":"), SCHEDULES[Settings.schedule]().num_timesteps
        if sampler not in SAMPLERS or not steps.isdecimal() or not 1 <= int(steps) <= limit:
            raise UserError(
                f"{name} must be PRESET:SAMPLER:STEPS, with one of the samplers {', '.join(SAMPLERS)} "
                f"and 1 to {limit} steps."
            )
        settings = Settings(sampler, num_steps=int(steps))
    return Model(name, load_released(preset), settings)
