"""The comparison of all image models under one protocol; what it writes is told in `demos.measuring.comparison`.

10 000 images of each of three seeds against the 10 000 test images, and the first 1000 of the first seed against the
first 1000, which is all that is made of a model that takes hundreds of network calls an image. Whatever
is finished is kept in the cache folder (chunks of samples, yardsticks, whole models), so that the
same command goes on where it was killed.
"""

import base64
import datetime
import hashlib
import importlib.metadata
import json
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch

from demos.data import NUM_CLASSES, cache_folder
from demos.files import write_json
from demos.measuring.comparison import PROTOCOL
from demos.measuring.compression import code_lengths
from demos.measuring.cost import milliseconds, parameters, training_cost
from demos.measuring.evaluate import balanced_labels, gather, generate
from demos.measuring.models import Model
from demos.measuring.pixels import nearest_images, sharpen, snap_zeros
from demos.measuring.ruler import PARTS, TEST_IMAGES, Ruler, summary
from demos.pictures import image_grid, png
from demos.training.checkpoint import processor

MANY_CALLS = 200  # a model that takes more of them an image is measured on few images of one seed
SHOWN = 40  # samples that are kept as a picture, and whose nearest real images are named
FLATTERY = {  # changes that better some numbers and that no model has learnt; never a headline
    "sharpened": sharpen,
    "zeros_snapped": snap_zeros,
    "both": lambda images: snap_zeros(sharpen(images)),
}


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Attributes:
        images: of each seed.
        few: the first so many of the first seed are measured once more by themselves.
        seeds: sampling seeds.
        parts: of the training set, for the yardsticks.
    """

    images: int = TEST_IMAGES
    few: int = 1000
    seeds: tuple[int, ...] = (0, 1, 2)
    parts: int = PARTS

    def sizes(self, nfe: int) -> dict[int, tuple[int, ...]]:
        """Number of images -> of which seeds, for a model that takes so many network calls an image."""
        few = {self.few: self.seeds[:1]}
        return few if nfe > MANY_CALLS else {self.images: self.seeds, **(few if self.few < self.images else {})}

    def total(self, nfe: int) -> int:
        """How many images are made for it."""
        return max(count * len(seeds) for count, seeds in self.sizes(nfe).items())


QUICK = Plan(images=200, few=200, seeds=(0,), parts=1)


def kept_path(*what) -> Path:
    """Where something that depends on nothing but `what` is kept, without the suffix."""
    key = hashlib.sha256(json.dumps([PROTOCOL, *what], sort_keys=True).encode()).hexdigest()[:16]
    return cache_folder() / "comparison" / key


def _kept(make: Callable[[], dict], *what) -> dict:
    """What was made before from the same things, or is made now."""
    path = kept_path(*what).with_suffix(".json")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        made = make()
        write_json(path, made)
        return made


def measure_model(model: Model, plan: Plan, ruler: Ruler, progress: Callable[[int], None]) -> dict:
    """Everything that the comparison says of one model."""
    released = model.released
    samples = kept_path("samples", model.identity())
    one = torch.zeros(1, dtype=torch.long)
    quality: dict[str, dict] = {}
    first: np.ndarray | None = None  # the images of the first seed
    unchanged: dict[str, float] = {}  # their numbers, beside which those of changed ones stand
    for count, seeds in sorted(plan.sizes(model.nfe).items(), reverse=True):
        numbers = []
        for seed in seeds:
            if first is not None and seed == plan.seeds[0]:
                images = first[:count]
            else:
                images = gather(generate(model.make, count, seed, samples), progress)
            first = images if first is None else first
            measured = ruler.measure(images, balanced_labels(count))
            unchanged = unchanged or measured
            numbers.append({**measured, **ruler.copying(images)})
        quality[str(count)] = {"seeds": len(seeds), **summary(numbers)}
    assert first is not None
    labels = balanced_labels(len(first))
    real = min(plan.images, len(ruler.test))
    return {
        "kind": model.family.kind,
        "weights": released.sha256,
        "parameters": parameters(released.parts, lambda: model.make(one, 0)),
        "training": training_cost(released),
        "nfe": model.nfe,
        "milliseconds": {"torch": milliseconds(lambda: model.make(one, 0))},
        "likelihood": model.bits(ruler.test[:real], ruler.test_labels[:real]),
        "quality": quality,
        "flattered": {
            "unchanged": {"images": len(first), **summary([unchanged])},
            **{
                name: {"images": len(first), **summary([ruler.measure(change(first), labels)])}
                for name, change in FLATTERY.items()
            },
        },
        "shown": base64.b64encode(png(image_grid(first[:SHOWN], NUM_CLASSES))).decode(),
        "nearest": {
            split: {"index": found.places.tolist(), "distance": found.distance.round(2).tolist()}
            for split, found in (
                ("train", nearest_images(first[:SHOWN], ruler.train)),
                ("test", nearest_images(first[:SHOWN], ruler.test)),
            )
        },
    }


def versions() -> dict[str, str]:
    """Of Python and of the libraries that the numbers may depend on; what is not installed is not named."""
    found = {"python": platform.python_version()}
    for library in ("torch", "numpy", "onnxruntime"):
        try:
            found[library] = importlib.metadata.version(library)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def compare(
    models: list[Model], plan: Plan, out: Path, *, command: str, progress: Callable[[int], None] = lambda images: None
) -> Path:
    """Measure the models one after another, and write what is known after each.

    Args:
        out: the JSON; replaced as a whole each time.
        command: how it was asked for.
        progress: called with the number of images just made or found.

    Raises:
        UserError: what measures is not released, or `out` cannot be written.
    """
    ruler = Ruler(plan.images)
    counts = sorted({plan.images, plan.few}, reverse=True)
    how = [asdict(plan), ruler.facts(), versions(), processor(), torch.get_num_threads()]
    result = {
        "protocol": PROTOCOL,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "command": command,
        "versions": versions(),
        "processor": processor(),
        "threads": torch.get_num_threads(),
        "complete": False,
        **ruler.facts(),
        "yardsticks": {
            str(count): _kept(partial(_yardsticks, ruler, count, plan), "yardsticks", count, *how) for count in counts
        },
        "code_lengths": _kept(partial(_code_lengths, ruler), "code lengths", *how),
        "models": {},
    }
    for model in models:
        write_json(out, result)
        what = "model", model.identity(), *how
        if kept_path(*what).with_suffix(".json").is_file():
            progress(plan.total(model.nfe))
        result["models"][model.name] = _kept(partial(measure_model, model, plan, ruler, progress), *what)
    result["complete"] = True
    write_json(out, result)
    return out


def _code_lengths(ruler: Ruler) -> dict:
    return {name: round(bits, 4) for name, bits in code_lengths(ruler.train, ruler.test).items()}


def _yardsticks(ruler: Ruler, count: int, plan: Plan) -> dict:
    distance = nearest_images(ruler.test[:count], ruler.train).distance
    real = {**ruler.real_numbers(count), "nearest_train": round(float(np.median(distance)), 6)}
    return {**ruler.yardsticks(count, plan.parts), "test": real}


def command_line() -> str:
    """How this program was called, as it would be typed."""
    return " ".join(["python -m demos", *sys.argv[1:]])
