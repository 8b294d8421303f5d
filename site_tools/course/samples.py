"""A few real images for pages and tests, so that neither needs the data set."""

import base64
import json
from pathlib import Path

import numpy as np

from demos.files import write_json
from site_tools.models.labels import FASHION_LABELS

PER_CLASS = 20


def write_samples(path: Path) -> None:
    """Write the first images of every class of the test split, class by class.

    The JSON holds "count", "labels" and "images": base64 of uint8 [count, 28, 28], 0 = black.
    """
    from demos.data import NUM_CLASSES, load_fashion_mnist  # needs torch, and reading does not

    images, labels = load_fashion_mnist("test")
    index = np.concatenate([np.flatnonzero(labels == label)[:PER_CLASS] for label in range(NUM_CLASSES)])
    write_json(
        path,
        {
            "source": "Fashion-MNIST test split (MIT licence), the first images of every class",
            "count": len(index),
            "labels": labels[index].tolist(),
            "images": base64.b64encode(images[index].tobytes()).decode("ascii"),
        },
        indent=None,
    )


def write_labels(path: Path) -> None:
    """Write the names of the classes for the web code, which has to show them before it reads any other file."""
    write_json(path, FASHION_LABELS)


def read_samples(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """What `write_samples` wrote: images uint8 [count, 28, 28] and labels [count]."""
    value = json.loads(path.read_text(encoding="utf-8"))
    images = np.frombuffer(base64.b64decode(value["images"]), np.uint8).reshape(value["count"], 28, 28)
    return images, np.array(value["labels"])
