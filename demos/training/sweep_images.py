"""Try settings of an image model: `python -m demos.training.sweep_images PRESET [path.to.setting=value ...]`.

A trial is the first tenth of the preset's run, without the last 10,000 training images; it is judged on the way by
the Frechet distance of what it makes to those, never by a distance to the test set.
Its lines go into `sweeps/<preset>.json` beside this file. A trial that was stopped goes on where it stands.
"""

import argparse
import dataclasses
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from demos.classifier import in_chunks
from demos.data import DATA_SETS, Examples, cache_folder, to_bytes, to_model_range
from demos.files import write_bytes, write_json
from demos.measuring.metrics import frechet_distance
from demos.pictures import image_grid, png
from demos.training.presets import Preset, get_preset
from demos.training.release import load_released
from demos.training.train import Training

SWEEPS = Path(__file__).parent / "sweeps"
EVERY = 250  # steps between two measurements
HELD_OUT = 10_000  # the last ones of the training set
MADE = 4_000


def changed(settings: Any, path: str, value: Any) -> Any:
    """A copy of a dataclass in which the setting at `path`, such as "training.optimizer.learning_rate", differs."""
    name, _, rest = path.partition(".")
    if rest:
        value = changed(getattr(settings, name), rest, value)
    return dataclasses.replace(settings, **{name: tuple(value) if isinstance(value, list) else value})


def trial_preset(preset: Preset, changes: dict[str, Any]) -> Preset:
    """The preset with other settings and a name of its own."""
    for path, value in changes.items():
        preset = changed(preset, path, value)
    name = "-".join([preset.name, "trial", *(f"{path.split('.')[-1]}={value}" for path, value in changes.items())])
    return dataclasses.replace(preset, name=name)


@torch.no_grad()
def held_out_distance(training: Training, held_out: Examples) -> float:
    """FD-CNN between what the averaged weights make and what they never saw; leaves a grid in the run's folder."""
    features = load_released("fashion-features").net.features
    parts, config = training.ema_parts(), training.preset.model
    labels = torch.arange(MADE) % held_out.num_classes
    made = [
        to_bytes(training.family.sample(parts, config, part, 0, 500 * place))
        for place, part in enumerate(labels.split(500))
    ]
    rows = made[0][: 12 * held_out.num_classes].reshape(12, held_out.num_classes, *made[0].shape[1:]).swapaxes(0, 1)
    picture = image_grid(rows.reshape(-1, *made[0].shape[1:]), 12)
    write_bytes(training.run / f"samples-{training.step:07d}.png", png(picture))
    ours = torch.cat([in_chunks(features, to_model_range(part)) for part in made])
    return frechet_distance(ours, in_chunks(features, held_out.x))


def trial(name: str, changes: dict[str, Any], runs: Path, minutes: float) -> Iterator[dict]:
    """Train one trial and yield its lines."""
    preset = trial_preset(get_preset(name), changes)
    examples = DATA_SETS[preset.data].load("train")
    train = Examples(examples.x[:-HELD_OUT], examples.y[:-HELD_OUT], examples.num_classes)
    held_out = Examples(examples.x[-HELD_OUT:], examples.y[-HELD_OUT:], examples.num_classes)
    training, until = Training(preset, runs / preset.name), time.monotonic() + 60 * minutes
    for progress in training.steps(train):
        if progress.step % EVERY == 0:
            yield {
                "settings": changes,
                "step": progress.step,
                "seed": preset.training.seed,
                "result": round(held_out_distance(training, held_out), 2),
            }
        if progress.step >= preset.training.steps // 10 or time.monotonic() > until:
            break


def record(name: str, line: dict) -> None:
    """Put a line into the preset's sweep, in place of an older one of the same trial and step."""
    path, same = SWEEPS / f"{name}.json", ("settings", "step", "seed")
    lines = json.loads(path.read_text(encoding="utf-8"))["trials"] if path.is_file() else []
    lines = [old for old in lines if any(old[key] != line[key] for key in same)] + [line]
    content = {
        "command": f"python -m demos.training.sweep_images {name} [path.to.setting=value ...]",
        "criterion": f"FD-CNN of {MADE} samples against {HELD_OUT} images held out from the training set",
        "trials": lines,
    }
    write_json(path, content)


def main() -> None:
    """Read the command line; values are JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("preset")
    parser.add_argument("settings", nargs="*", metavar="path.to.setting=value")
    parser.add_argument("--runs", type=Path, default=cache_folder() / "runs", help="folder of the trials' runs")
    parser.add_argument("--minutes", type=float, default=600.0, help="stop after this long; call again to go on")
    arguments = parser.parse_intermixed_args()
    changes = {path: json.loads(value) for path, _, value in (one.partition("=") for one in arguments.settings)}
    for line in trial(arguments.preset, changes, arguments.runs, arguments.minutes):
        record(arguments.preset, line)
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
