"""The protocol behind every quality number of a denoiser: what is sampled and what it is compared with.

10 000 generated images, the same number of each class, rounded to 8 bits as a screen shows them, against the
10 000 test images; three sampling seeds give mean and standard deviation. Beside them stand two
yardsticks made of real images alone: the floor (10 000 training images, which no generator can
be expected to beat) and the memoriser (500 training images, each repeated 20 times), each from three
disjoint parts of the training set. The network is any callable `net(x, log_snr, y) -> velocity`, so
that the very file the browser runs can be measured.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, stdev

import numpy as np
import torch
from torch import Tensor

from demos.classifier import in_chunks
from demos.data import NUM_CLASSES, load_fashion_mnist, to_bytes, to_model_range
from demos.diffusion.guidance import Network, make_denoise
from demos.diffusion.noise import SCHEDULES
from demos.diffusion.samplers import DEFAULT_SAMPLER, DEFAULT_STEPS, SAMPLERS, run
from demos.files import write_bytes
from demos.measuring.metrics import class_histogram_kl, frechet_distance, label_agreement, neighbour_metrics
from demos.random import normal_images
from demos.training.release import Released

NEIGHBOURS = 5
REPEATED_IMAGES = 500
TEST_IMAGES = 10_000


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
    count = len(labels)
    states = SAMPLERS[settings.sampler](
        make_denoise(net, labels, settings.guidance_scale),
        SCHEDULES[settings.schedule](),
        normal_images(seed, 0, count, first),
        settings.num_steps,
        step_noise=lambda k: normal_images(seed, k, count, first),
    )
    return to_bytes(run(states).x)


def balanced_labels(count: int) -> Tensor:
    """0, 1, ..., 9, 0, 1, ...: int64 [count]."""
    return torch.arange(count) % NUM_CLASSES


def generate(
    net: Network, settings: Settings, seed: int, kept: Path | None = None, chunk: int = 250
) -> Iterator[np.ndarray]:
    """Sample `settings.num_samples` class-balanced images, yielding uint8 [chunk, 28, 28] as they come.

    Args:
        kept: folder of chunks already made, so that a killed measurement goes on where it stopped.
    """
    labels = balanced_labels(settings.num_samples)
    for first in range(0, settings.num_samples, chunk):
        path = kept / f"seed-{seed}-{first:06d}.bin" if kept else None
        part = labels[first : first + chunk]
        if path and path.is_file() and path.stat().st_size == len(part) * 28 * 28:
            yield np.fromfile(path, np.uint8).reshape(-1, 28, 28)
            continue
        images = sample(net, part, settings, seed, first)
        if path:
            write_bytes(path, images.tobytes())
        yield images


def kept_folder(cache: Path, identity: str, settings: Settings) -> Path:
    """Where the images of one network under one set of sampling settings are kept.

    Args:
        identity: anything that changes with the weights, such as the file's SHA-256.
    """
    how = {key: value for key, value in asdict(settings).items() if key not in ("seeds", "num_samples")}
    key = hashlib.sha256(json.dumps([identity, how], sort_keys=True).encode()).hexdigest()[:16]
    return cache / "samples" / key


class Ruler:
    """The two classifiers and the test images, with which any set of images is measured."""

    def __init__(self, extractor: Released, judge: Released, num_images: int = TEST_IMAGES):
        """Load the data and the test set's features.

        Args:
            extractor: `fashion-features`.
            judge: `fashion-judge`.
            num_images: size of the test set used and of every set compared with it, a multiple of 500.
        """
        self.extractor, self.judge, self.num_images = extractor, judge, num_images
        test, test_labels = load_fashion_mnist("test")
        self.test = self._features(test[:num_images])
        self.test_labels = torch.tensor(test_labels[:num_images], dtype=torch.long)
        self.test_logits = in_chunks(judge.net, to_model_range(test[:num_images]))
        self.train, self.train_labels = load_fashion_mnist("train")

    def _features(self, images: np.ndarray) -> Tensor:
        return in_chunks(self.extractor.net.features, to_model_range(images))

    def measure(self, images: np.ndarray, labels: Tensor) -> dict[str, float]:
        """All numbers of one set of images.

        Args:
            images: uint8 [N, 28, 28].
            labels: int64 [N], the classes they were asked to have.
        """
        features, half = self._features(images), self.num_images // 2
        logits = in_chunks(self.judge.net, to_model_range(images))
        return {
            "fd_cnn": frechet_distance(features, self.test),
            **neighbour_metrics(self.test[:half], features[:half], NEIGHBOURS)._asdict(),
            "label_agreement": label_agreement(logits, labels),
            "class_kl": class_histogram_kl(logits),
        }

    def floor(self, part: int) -> dict[str, float]:
        """Real training images, the part-th such set, measured as if they had been generated."""
        block = slice(part * self.num_images, (part + 1) * self.num_images)
        return self.measure(self.train[block], torch.tensor(self.train_labels[block], dtype=torch.long))

    def repeated(self, part: int) -> dict[str, float]:
        """What memorising 500 training images and nothing else would score."""
        block = np.arange(part * REPEATED_IMAGES, (part + 1) * REPEATED_IMAGES)
        index = np.tile(block, self.num_images // REPEATED_IMAGES)
        return self.measure(self.train[index], torch.tensor(self.train_labels[index], dtype=torch.long))

    def yardsticks(self, parts: int = 3) -> dict[str, float]:
        """The floor and the memoriser with standard deviations, and how often the judge is right on test images."""
        return {
            **_summary([self.floor(part) for part in range(parts)], "floor_"),
            **_summary([self.repeated(part) for part in range(parts)], "repeated_"),
            "real_label_agreement": label_agreement(self.test_logits, self.test_labels),
        }


def _summary(measured: list[dict[str, float]], prefix: str = "") -> dict[str, float]:
    """Mean of each number, and its standard deviation under the name with _sd."""
    result = {}
    for key in measured[0]:
        values = [one[key] for one in measured]
        result[prefix + key] = round(fmean(values), 6)
        result[f"{prefix}{key}_sd"] = round(stdev(values), 6) if len(values) > 1 else 0.0
    return result


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
    measured = []
    for seed in settings.seeds:
        chunks = []
        for images in generate(net, settings, seed, kept):
            chunks.append(images)
            progress(len(images))
        measured.append(ruler.measure(np.concatenate(chunks), balanced_labels(settings.num_samples)))
    return {
        **asdict(settings),
        "seeds": list(settings.seeds),
        "nfe": settings.nfe,
        "neighbours": NEIGHBOURS,
        "neighbour_samples": ruler.num_images // 2,
        "extractor": ruler.extractor.sha256,
        "judge": ruler.judge.sha256,
        **_summary(measured),
        **ruler.yardsticks(),
    }
