"""Which sampler makes samples, and in how many steps: what `python -m site_tools choose-sampler NAME` asks.

Few steps are enough when they make, under both extractors, nearly what many steps make of the same noise. The limit is
Heun's method with 63 calls. Chosen is the cheapest sampler within 15 % of the limit's distances; it is looked for from
the fewest calls upwards. So that nothing is chosen by a number that is reported later, the distances are to the last
images of the training set, and the noise is of a seed that no report uses. The lines go into
`demos/weights/PRESET.sampler.json`; images are kept in the cache folder, and a run that was killed goes on.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from torch import Tensor

from demos.data import cache_folder, in_chunks, load_fashion_mnist, to_model_range
from demos.diffusion.guidance import Network
from demos.diffusion.samplers import SAMPLERS
from demos.errors import UserError
from demos.files import write_json
from demos.measuring.evaluate import Settings, gather, generate, kept_folder, sample
from demos.measuring.metrics import frechet_distance
from demos.measuring.ruler import EXTRACTORS
from demos.training.release import load_released

LIMIT = ("heun", 32)
CANDIDATES = [("dpm-solver-2m", steps) for steps in range(12, 21)]
TOLERANCE = 1.15  # times the limit's distances
IMAGES, SEED = 10_000, 1_000_003


def within(row: dict, limit: dict) -> bool:
    """Whether a row's distances are within the tolerance of the limit's, under each extractor."""
    return all(row[f"fd_{name}"] <= TOLERANCE * limit[f"fd_{name}"] for name in EXTRACTORS)


def choice(record: dict) -> tuple[str, int]:
    """The sampler and its steps that a record decides for: the first of its rows within the tolerance.

    Raises:
        UserError: there is none.
    """
    for row in record["rows"]:
        if within(row, record["limit"]):
            return row["sampler"], row["num_steps"]
    raise UserError(
        f"None of {len(record['rows'])} samplers comes within {TOLERANCE} times the limit's distances: "
        "put others into CANDIDATES in demos/measuring/sampler_choice.py."
    )


class Judge:
    """The distances of a set of images to real ones that no reported number is measured with."""

    def __init__(self, images: int):
        self.features = {name: load_released(preset).net.features for name, preset in EXTRACTORS.items()}
        self.real = self._of(load_fashion_mnist("train")[0][-images:])

    def _of(self, images: np.ndarray) -> dict[str, Tensor]:
        return {name: in_chunks(features, to_model_range(images)) for name, features in self.features.items()}

    def __call__(self, images: np.ndarray) -> dict[str, float]:
        """Distances under each extractor, "fd_cnn" and the like, of uint8 [N, 28, 28]."""
        made = self._of(images)
        return {f"fd_{name}": round(frechet_distance(made[name], self.real[name]), 4) for name in made}


def rows(net: Network, identity: str, judge: Judge, images: int, progress: Callable[[int], None]) -> Iterator[dict]:
    """Limit and candidates in turn, each measured with so many images; ends with the first within the tolerance."""
    limit: dict = {}
    for sampler, num_steps in [LIMIT, *CANDIDATES]:
        settings = Settings(sampler, num_steps=num_steps)

        def make(labels: Tensor, seed: int, first: int, settings: Settings = settings) -> np.ndarray:
            return sample(net, labels, settings, seed, first)

        kept = kept_folder(cache_folder(), identity, settings)
        made = gather(generate(make, images, SEED, kept), progress)
        row = {"sampler": sampler, "num_steps": num_steps, "nfe": SAMPLERS[sampler].nfe(num_steps), **judge(made)}
        yield row
        limit = limit or row
        if row is not limit and within(row, limit):
            return


def choose(net: Network, facts: dict[str, str], out: Path, *, progress: Callable[[int], None]) -> dict:
    """Measure until the choice is made, and write the record after each row.

    Args:
        net: a denoiser's network.
        facts: what the record is to say of it; "model" changes with the network.
        progress: called with the number of images just made.

    Returns:
        The record: the facts, criterion, limit and rows, see `rows`.

    Raises:
        UserError: what measures is not released, or `out` cannot be written.
    """
    limit: dict = {}
    tried: list[dict] = []
    criterion = f"{IMAGES} images of seed {SEED} against the last {IMAGES} of the training set"
    record = {**facts, "criterion": criterion, "limit": limit, "rows": tried}
    for row in rows(net, facts["model"], Judge(IMAGES), IMAGES, progress):
        if limit:
            tried.append(row)
        else:
            limit.update(row)
        write_json(out, record)
    return record
