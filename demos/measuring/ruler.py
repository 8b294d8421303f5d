"""The networks and real images with which any set of images is measured, and the yardsticks made of real images alone.

Two extractors of different kind, fixed before any generator was measured with them, give each distance twice.
The yardsticks are measured as if they had been generated: the floor (training images, which no
generator can be expected to beat), the memoriser (for 10 000 images 500 of training, each repeated 20 times),
and the floor's images blurred.
"""

from statistics import fmean, stdev

import numpy as np
import torch
from torch import Tensor

from demos.data import NUM_CLASSES, in_chunks, load_fashion_mnist, to_model_range
from demos.measuring.metrics import (
    class_entropy,
    class_frechet_distance,
    class_histogram_kl,
    frechet_distance,
    label_agreement,
    neighbour_metrics,
)
from demos.measuring.pixels import blur, nearest_images, power_spectrum, zero_share
from demos.training.release import load_released

EXTRACTORS = {"cnn": "fashion-features", "ae": "fashion-code"}  # distance -> whose features; balls are the first's
JUDGE = "fashion-judge"
NEIGHBOURS = 5
REPEATS = 20
STEP = REPEATS * NUM_CLASSES  # sets come in multiples of this, so that few images repeated have every class
TEST_IMAGES = 10_000
PARTS = 3  # of the training set, for a standard deviation of the yardsticks


class Ruler:
    """What measures a set of images; a set of N is compared with the first N test images."""

    def __init__(self, num_images: int = TEST_IMAGES):
        """Load the released networks and the data, and the features of the test images.

        Args:
            num_images: the largest set that will be measured.
        """
        self.extractors = {name: load_released(preset) for name, preset in EXTRACTORS.items()}
        self.judge = load_released(JUDGE)
        self.train, train_labels = load_fashion_mnist("train")
        self.test, test_labels = load_fashion_mnist("test")
        self.train_labels, self.test_labels = (
            torch.tensor(labels, dtype=torch.long) for labels in (train_labels, test_labels)
        )
        self.real = {name: self._features(name, self.test[:num_images]) for name in self.extractors}

    def _features(self, extractor: str, images: np.ndarray) -> Tensor:
        return in_chunks(self.extractors[extractor].net.features, to_model_range(images))

    def _judged(self, images: np.ndarray) -> Tensor:
        return in_chunks(self.judge.net, to_model_range(images))

    def facts(self) -> dict[str, str | int]:
        """What the numbers depend on: the hashes of the networks, and the settings of the protocol."""
        return {
            "extractor": self.extractors["cnn"].sha256,
            "autoencoder": self.extractors["ae"].sha256,
            "judge": self.judge.sha256,
            "neighbours": NEIGHBOURS,
        }

    def measure(self, images: np.ndarray, labels: Tensor) -> dict[str, float]:
        """All numbers of one set of images.

        Args:
            images: uint8 [N, 28, 28].
            labels: int64 [N], the classes they were asked to have.
        """
        count, half = len(images), len(images) // 2
        made = {name: self._features(name, images) for name in self.extractors}
        real = {name: features[:count] for name, features in self.real.items()}
        test_labels, logits = self.test_labels[:count], self._judged(images)
        power, real_power = power_spectrum(images), power_spectrum(self.test[:count])
        neighbours = neighbour_metrics(real["cnn"][:half], made["cnn"][:half], NEIGHBOURS)
        return {
            **{f"fd_{name}": frechet_distance(made[name], real[name]) for name in made},
            **{
                f"class_fd_{name}": class_frechet_distance(made[name], labels, real[name], test_labels) for name in made
            },
            **neighbours._asdict(),
            "label_agreement": label_agreement(logits, labels),
            "class_kl": class_histogram_kl(logits),
            "class_entropy": class_entropy(logits),
            **{f"power_{band}": value / real_power[band] for band, value in power.items()},
            "zeros": zero_share(images),
        }

    def copying(self, images: np.ndarray) -> dict[str, float]:
        """Whether the images are nearer to what the model was trained on than chance has it.

        Where a model knows the distribution and not its examples, each of the M training and T test images is as
        likely to be nearest to a generated one, so T / (M + T) of them have a test image there.

        Returns:
            memorisation: 0 where that is so, 1 where the nearest is always a training image; nearest_train and
            nearest_test: the median distances, in grey levels, see `demos.measuring.pixels.nearest_images`.
        """
        train, test = (nearest_images(images, split).distance for split in (self.train, self.test))
        expected = len(self.test) / (len(self.train) + len(self.test))
        return {
            "memorisation": 1 - (test < train).mean().item() / expected,
            "nearest_train": float(np.median(train)),
            "nearest_test": float(np.median(test)),
        }

    def yardsticks(self, count: int, parts: int = PARTS) -> dict[str, dict[str, float]]:
        """What real images alone score, each from disjoint parts of the training set.

        Args:
            count: images of a set, a multiple of `STEP`.

        Returns:
            floor, repeated, blurred: see `summary`.
        """
        blocks = [np.arange(part * count, (part + 1) * count) for part in range(parts)]
        few = [np.tile(self._balanced(part, count // STEP), REPEATS) for part in range(parts)]
        measured = {
            "floor": [self.measure(self.train[index], self.train_labels[index]) for index in blocks],
            "repeated": [self.measure(self.train[index], self.train_labels[index]) for index in few],
            "blurred": [self.measure(blur(self.train[index]), self.train_labels[index]) for index in blocks],
        }
        return {name: summary(numbers) for name, numbers in measured.items()}

    def _balanced(self, part: int, count: int) -> np.ndarray:
        """Indices of training images: the part-th `count` of each class."""
        block = slice(part * count, (part + 1) * count)
        return np.concatenate([np.flatnonzero(self.train_labels == label)[block] for label in range(NUM_CLASSES)])

    def real_numbers(self, count: int) -> dict[str, float]:
        """What is known of the first `count` test images: how often the judge is right, and its doubt."""
        logits = self._judged(self.test[:count])
        return {
            "label_agreement": label_agreement(logits, self.test_labels[:count]),
            "class_entropy": class_entropy(logits),
            "zeros": zero_share(self.test[:count]),
        }


def summary(measured: list[dict[str, float]]) -> dict[str, float]:
    """Mean of each number, and its standard deviation under the name with _sd, where there are several."""
    result = {}
    for key in measured[0]:
        values = [one[key] for one in measured]
        result[key] = round(fmean(values), 6)
        if len(values) > 1:
            result[f"{key}_sd"] = round(stdev(values), 6)
    return result
