"""The released models of images, as whatever measures them calls them: labels in, bytes out; bytes in, bits out."""

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from demos.data import to_bytes, to_model_range
from demos.errors import UserError
from demos.likelihood import bits_per_dim
from demos.training.families import FAMILIES, Family
from demos.training.presets import PRESETS, get_preset
from demos.training.release import WEIGHTS, Released, load_released


@dataclass
class Model:
    """A released model under its preset's name."""

    name: str
    released: Released
    family: Family = field(init=False)

    def __post_init__(self):
        self.family = FAMILIES[self.released.facts["kind"]]

    @torch.no_grad()
    def make(self, labels: Tensor, seed: int, first: int = 0) -> np.ndarray:
        """Images as `generate` wants them, uint8 [B, height, width]."""
        assert self.family.sample
        return to_bytes(self.family.sample(self.released.parts, self.released.config, labels, seed, first))

    def identity(self) -> str:
        """A hash of its weights and of two images: it changes with the weights, and with how samples are made."""
        drawn = self.make(torch.tensor([0, 1]), 0).tobytes()
        return hashlib.sha256(self.released.sha256.encode() + drawn).hexdigest()

    @torch.no_grad()
    def bits(self, images: np.ndarray, labels: Tensor, chunk: int = 100) -> dict:
        """Bits per dimension of real images given their labels, with the standard error of the mean, and their kind."""
        if not self.family.log_prob:
            return {"kind": self.family.likelihood}
        nats = [
            self.family.log_prob(
                self.released.parts,
                self.released.config,
                to_model_range(images[first : first + chunk]),
                labels[first : first + chunk],
                0,
                first,
            )
            for first in range(0, len(images), chunk)
        ]
        bits = bits_per_dim(torch.cat(nats).double(), math.prod(images.shape[1:]))
        return {
            "kind": self.family.likelihood,
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
        names: presets, each of which must be released; all that are, if not said.

    Raises:
        UserError: a name is unknown, is no model of images, or is not released.
    """
    for name in names or ():
        if not makes_images(get_preset(name).name):
            raise UserError(f"{name} makes no images: compared are {', '.join(filter(makes_images, PRESETS))}.")
    wanted = list(dict.fromkeys(names or filter(makes_images, PRESETS)))
    missing = [] if names else [name for name in wanted if not (WEIGHTS / f"{name}.safetensors").is_file()]
    return [Model(name, load_released(name)) for name in wanted if name not in missing], missing
