"""The data sets: Fashion-MNIST (Xiao, Rasul and Vollgraf 2017, arXiv 1708.07747; MIT licence), and points.

The four files come from the Debian package `dataset-fashion-mnist` where it is installed, else from
the authors' repository through pooch. Either way the unpacked bytes are checked against a pinned
SHA-256, because the packages compress the same bytes differently.
"""

import gzip
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import platformdirs
import torch

from demos.errors import UserError
from demos.points import POINT_SETS, draw_points

CLASS_NAMES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
NUM_CLASSES = len(CLASS_NAMES)
IMAGE_SIZE = 28

DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")
SOURCE_URL = "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/"

# file name -> (MD5 of the authors' .gz, SHA-256 of the unpacked content)
CHECKSUMS = {
    "train-images-idx3-ubyte.gz": (
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    ),
    "train-labels-idx1-ubyte.gz": (
        "25c81989df183df01b3e8a0aad5dffbe",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    ),
    "t10k-images-idx3-ubyte.gz": (
        "bef4ecab320f06d8554ea6380940ec79",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    ),
    "t10k-labels-idx1-ubyte.gz": (
        "bb300cfdad3c16e7a12a480ee83cd310",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
}


def cache_folder() -> Path:
    """Where downloads and training runs live; `DEMOS_CACHE` overrides the user's cache folder."""
    return Path(os.environ.get("DEMOS_CACHE") or platformdirs.user_cache_path("live-generative-models"))


def _find(name: str) -> Path:
    """The compressed file `name`: $FASHION_MNIST, then Debian's package, then a download."""
    if folder := os.environ.get("FASHION_MNIST"):
        if not (Path(folder) / name).is_file():
            raise UserError(f"FASHION_MNIST points at {folder}, which holds no {name}: unset it or put the file there.")
        return Path(folder) / name
    if (DEBIAN_FOLDER / name).is_file():
        return DEBIAN_FOLDER / name
    import pooch  # imported late: whoever has the Debian package needs no downloader

    try:
        path = pooch.retrieve(
            SOURCE_URL + name, known_hash=f"md5:{CHECKSUMS[name][0]}", path=cache_folder() / "data", fname=name
        )
    except Exception as error:  # pooch passes on whatever requests, urllib3 or the disk raise
        raise UserError(
            f"Fashion-MNIST could not be downloaded ({error}): install Debian's dataset-fashion-mnist, "
            f"or set FASHION_MNIST to a folder that holds {name}."
        ) from error
    return Path(path)


def _read(name: str) -> bytes:
    path = _find(name)
    try:
        content = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, gzip.zlib.error) as error:
        raise UserError(f"{path} is damaged ({error}): delete it and run the command again.") from error
    if hashlib.sha256(content).hexdigest() != CHECKSUMS[name][1]:
        raise UserError(f"{path} has the wrong SHA-256, so it is not Fashion-MNIST: delete it and try again.")
    return content


def load_fashion_mnist(split: str = "train") -> tuple[np.ndarray, np.ndarray]:
    """The images and labels of one split, as published.

    Args:
        split: "train" (60 000 images) or "test" (10 000 images).

    Returns:
        images: uint8 [N, 28, 28], 0 = black ground, 255 = white.
        labels: uint8 [N], 0..9, named by `CLASS_NAMES`.

    Raises:
        UserError: a file is missing and cannot be fetched, is damaged, or is not Fashion-MNIST.
    """
    prefix = {"train": "train", "test": "t10k"}[split]
    images = np.frombuffer(_read(f"{prefix}-images-idx3-ubyte.gz"), np.uint8, offset=16)
    labels = np.frombuffer(_read(f"{prefix}-labels-idx1-ubyte.gz"), np.uint8, offset=8)
    return images.reshape(-1, IMAGE_SIZE, IMAGE_SIZE), labels


def to_model_range(images: np.ndarray) -> torch.Tensor:
    """uint8 [N, 28, 28] -> float32 [N, 1, 28, 28] in [-1, 1]."""
    return torch.from_numpy(images.astype(np.float32) / 127.5 - 1.0)[:, None]


def to_bytes(x: torch.Tensor) -> np.ndarray:
    """Model range [N, 1, 28, 28] -> uint8 [N, 28, 28]: clipped, and rounded to 8 bits as a screen would."""
    return ((x.float().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)[:, 0].cpu().numpy()


@torch.no_grad()
def in_chunks(function, x: torch.Tensor, size: int = 500) -> torch.Tensor:
    """`function` over many examples a chunk at a time, so that memory stays small: [N, ...] -> [N, ...]."""
    return torch.cat([function(chunk) for chunk in x.split(size)])


class Examples(NamedTuple):
    """The examples of one split, ready to train on."""

    x: torch.Tensor  # float32 [N, ...]
    y: torch.Tensor  # int64 [N], labels 0..num_classes - 1
    num_classes: int


@dataclass(frozen=True)
class DataSet:
    """What models learn.

    Attributes:
        shape: of one example, such as (1, 28, 28) or (2,).
        num_classes: how many labels there are.
        read: split ("train" or "test") -> examples float32 [N, *shape] and labels int64 [N].
    """

    shape: tuple[int, ...]
    num_classes: int
    read: Callable[[str], tuple[torch.Tensor, torch.Tensor]]

    def load(self, split: str) -> Examples:
        """One split, "train" or "test"."""
        return Examples(*self.read(split), self.num_classes)


def _fashion(split: str) -> tuple[torch.Tensor, torch.Tensor]:
    images, labels = load_fashion_mnist(split)
    return to_model_range(images), torch.tensor(labels, dtype=torch.long)


def _points(name: str, split: str) -> tuple[torch.Tensor, torch.Tensor]:
    count, seed = {"train": (60_000, 0), "test": (10_000, 1)}[split]
    x, labels = draw_points(name, count, seed)
    return torch.from_numpy(x), torch.from_numpy(labels)


DATA_SETS = {
    "fashion": DataSet((1, IMAGE_SIZE, IMAGE_SIZE), NUM_CLASSES, _fashion),
    **{name: DataSet((2,), num_classes, partial(_points, name)) for name, (num_classes, _) in POINT_SETS.items()},
}
