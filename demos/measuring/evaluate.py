"""The protocol behind every quality number: what is sampled and what it is compared with.

10 000 generated images, the same number of each class, rounded to 8 bits as a screen shows them, against the
10 000 test images; three sampling seeds give mean and standard deviation. Beside them stand the
yardsticks of `demos.measuring.ruler`. A denoiser's network is any callable `net(x, log_snr, y) -> velocity`,
so that the very file the browser runs can be measured.
"""

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from demos.data import DATA_SETS, to_bytes
from demos.diffusion.guidance import Network, make_denoise
from demos.diffusion.noise import SCHEDULES
from demos.diffusion.samplers import DEFAULT_SAMPLER, DEFAULT_STEPS, SAMPLERS, run
from demos.files import write_bytes
from demos.measuring.ruler import TEST_IMAGES, Ruler, summary
from demos.random import normal_tensor

IMAGES = DATA_SETS["fashion"]
Make = Callable[[Tensor, int, int], np.ndarray]


@dataclass(frozen=True)
class Settings:
    """How images are sampled and how many.

    Attributes:
        sampler, schedule: names in `demos.diffusion.samplers.SAMPLERS` and `demos.diffusion.noise.SCHEDULES`.
        num_steps: sampler steps.
        guidance_scale: 1 is plain conditional.
        num_samples: images per seed; for precision and the like, half of them.
        seeds: sampling seeds.
    """

    sampler: str = DEFAULT_SAMPLER
    schedule: str = "flow"
    num_steps: int = DEFAULT_STEPS
    guidance_scale: float = 1.0
    num_samples: int = TEST_IMAGES
    seeds: tuple[int, ...] = (0, 1, 2)

    @property
    def nfe(self) -> int:
        """Network evaluations an image; guidance doubles them."""
        return SAMPLERS[self.sampler].nfe(self.num_steps) * (1 if self.guidance_scale == 1 else 2)


def sample(net: Network, labels: Tensor, settings: Settings, seed: int, first: int = 0) -> np.ndarray:
    """Images number first, first + 1, ... of a seed, uint8 [B, 28, 28].

    Args:
        labels: int64 [B].
        first: number of the first image; an image depends on seed and number, not on its batch.
    """

    def noise(stream: int) -> Tensor:
        return normal_tensor(seed, stream, (len(labels), *IMAGES.shape), first)

    states = SAMPLERS[settings.sampler](
        make_denoise(net, labels, settings.guidance_scale),
        SCHEDULES[settings.schedule](),
        noise(0),
        settings.num_steps,
        step_noise=noise,
    )
    return to_bytes(run(states).x)


def balanced_labels(count: int) -> Tensor:
    """0, 1, ..., 9, 0, 1, ...: int64 [count]."""
    return torch.arange(count) % IMAGES.num_classes


def generate(make: Make, count: int, seed: int, kept: Path | None = None, chunk: int = 250) -> Iterator[np.ndarray]:
    """Sample `count` class-balanced images, yielding uint8 [chunk, 28, 28] as they come.

    Args:
        make: (labels [B], seed, first) -> uint8 [B, 28, 28]: images number first, first + 1, ... of a seed.
        kept: folder of chunks already made, so that a killed measurement goes on where it stopped.
    """
    labels = balanced_labels(count)
    for first in range(0, count, chunk):
        path = kept / f"seed-{seed}-{first:06d}.bin" if kept else None
        part = labels[first : first + chunk]
        shape = len(part), *IMAGES.shape[1:]
        if path and path.is_file() and path.stat().st_size == math.prod(shape):
            yield np.fromfile(path, np.uint8).reshape(shape)
            continue
        images = make(part, seed, first)
        if path:
            write_bytes(path, images.tobytes())
        yield images


def gather(chunks: Iterable[np.ndarray], progress: Callable[[int], None]) -> np.ndarray:
    """All chunks as one array; `progress` is told the number of images of each."""
    parts = []
    for part in chunks:
        parts.append(part)
        progress(len(part))
    return np.concatenate(parts)


def kept_folder(cache: Path, identity: str, settings: Settings) -> Path:
    """Where the images of one network under one set of sampling settings are kept.

    Args:
        identity: anything that changes with the weights, such as the file's SHA-256.
    """
    how = {key: value for key, value in asdict(settings).items() if key not in ("seeds", "num_samples")}
    key = hashlib.sha256(json.dumps([identity, how], sort_keys=True).encode()).hexdigest()[:16]
    return cache / "samples" / key


def evaluate(
    net: Network,
    settings: Settings,
    ruler: Ruler,
    *,
    kept: Path | None = None,
    progress: Callable[[int], None] = lambda images: None,
) -> dict:
    """Sample and measure.

    Args:
        kept: see `generate`.
        progress: called with the number of images just made.

    Returns:
        JSON-ready: the settings, and the numbers with their standard deviations over the sampling seeds, beside
        the yardsticks ("floor_...", "repeated_...", "real_label_agreement").
    """

    def make(labels: Tensor, seed: int, first: int) -> np.ndarray:
        return sample(net, labels, settings, seed, first)

    measured, count = [], settings.num_samples
    for seed in settings.seeds:
        images = gather(generate(make, count, seed, kept), progress)
        measured.append(ruler.measure(images, balanced_labels(count)))
    yardsticks = ruler.yardsticks(count)
    return {
        **asdict(settings),
        "seeds": list(settings.seeds),
        "nfe": settings.nfe,
        "neighbour_samples": count // 2,
        **ruler.facts(),
        **summary(measured),
        **{f"{name}_{key}": value for name, numbers in yardsticks.items() for key, value in numbers.items()},
        **{f"real_{key}": value for key, value in ruler.real_numbers(count).items()},
    }
