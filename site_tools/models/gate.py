"""Whether a model of images in eight bits is as good as the one in sixteen: the same seeds, both extractors.

From the same noise the two files draw almost the same images, so that what differs between their numbers is the
rounding and hardly chance. A model that passes may be exported with `--weights int8`.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from demos.data import cache_folder
from demos.diffusion.samplers import SAMPLERS
from demos.errors import UserError, nearest
from demos.measuring.evaluate import Make, Settings, balanced_labels, gather, generate, kept_folder
from demos.measuring.ruler import TEST_IMAGES, Ruler, summary
from demos.training.release import load_released
from site_tools.models.export import graph_bytes
from site_tools.models.kinds import exportable
from site_tools.models.manifest import STORAGES
from site_tools.models.onnx_file import OnnxNetwork

RELATIVE = {"fd_cnn": 0.03, "fd_ae": 0.03}  # of the number in sixteen bits
ABSOLUTE = {"coverage": 0.005, "recall": 0.005, "label_agreement": 0.005}
FEWEST = 200  # images: below that the neighbours and the classes of the ruler mean nothing


@dataclass(frozen=True)
class Row:
    """One number of both files, the mean over the seeds, and how far apart they may be.

    Attributes:
        name: as the ruler calls it.
        fp16, int8: of the two files.
        allowed: the largest difference, in the number's own unit.
    """

    name: str
    fp16: float
    int8: float
    allowed: float

    @property
    def passed(self) -> bool:
        """Better counts as different, too: the file is to be the same model. No number at all does not pass."""
        return abs(self.int8 - self.fp16) <= self.allowed


def rows(fp16: Mapping[str, float], int8: Mapping[str, float]) -> list[Row]:
    """The rows of the gate, from what the ruler said of both files."""
    allowed = {**{name: share * fp16[name] for name, share in RELATIVE.items()}, **ABSOLUTE}
    return [Row(name, fp16[name], int8[name], most) for name, most in allowed.items()]


def gate(name: str, settings: Settings, *, threads: int = 1, progress: Callable[[int], None]) -> list[Row]:
    """Sample both files and compare them; a killed comparison goes on where it stopped.

    Args:
        name: a released model of images.
        settings: how many are made; of a denoiser, also how.
        threads: of ONNX Runtime.
        progress: called with the number of images just made or found.

    Raises:
        UserError: it is no such model, there is no such sampler, or so many images cannot be compared.
    """
    if not FEWEST <= settings.num_samples <= TEST_IMAGES:
        raise UserError(f"{settings.num_samples} images cannot be compared: say {FEWEST} to {TEST_IMAGES}.")
    if settings.sampler not in SAMPLERS:
        raise UserError(f"there is no sampler {settings.sampler!r}; {nearest(settings.sampler, SAMPLERS)}")
    model = exportable(name, load_released(name))
    if model.make is None:
        raise UserError(f"{name} is of the kind {model.kind}: the gate compares models of images only.")
    ruler = Ruler(settings.num_samples)
    measured = {}
    for weights in STORAGES:
        content = graph_bytes(model, weights)
        make = model.make(OnnxNetwork(content, threads), settings)
        kept = kept_folder(cache_folder(), hashlib.sha256(content).hexdigest(), settings)
        measured[weights] = _measure(make, settings, ruler, kept, progress)
    return rows(**measured)


def _measure(
    make: Make, settings: Settings, ruler: Ruler, kept: Path, progress: Callable[[int], None]
) -> dict[str, float]:
    numbers = []
    for seed in settings.seeds:
        images = gather(generate(make, settings.num_samples, seed, kept), progress)
        numbers.append(ruler.measure(images, balanced_labels(len(images))))
    return summary(numbers)


def table(rows: list[Row]) -> str:
    """The rows for a terminal."""
    lines = [f"{'':16}{'fp16':>10}{'int8':>10}{'difference':>12}{'allowed':>10}"]
    for row in rows:
        verdict = "" if row.passed else "  too far apart"
        difference = row.int8 - row.fp16
        lines.append(f"{row.name:16}{row.fp16:10.4f}{row.int8:10.4f}{difference:+12.4f}{row.allowed:10.4f}{verdict}")
    return "\n".join(lines)
