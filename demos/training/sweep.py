"""Try settings of a model: `python -m demos.training.sweep PRESET [--shorter N] [path.to.setting=value ...]`.

A trial never sees the last examples of the training set, and is judged by them: by the bits a dimension of a model
with a likelihood, by the Frechet distance of what it makes where there is none; never by a number that is reported
later (these are of the test set). Its lines go into `sweeps/<preset>.json` beside this file. A trial that was
stopped goes on where it stands.
"""

import argparse
import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch

from demos.classifier import in_chunks
from demos.data import DATA_SETS, Examples, cache_folder, to_bytes, to_model_range
from demos.errors import UserError
from demos.files import write_bytes, write_json
from demos.likelihood import bits_per_dim
from demos.measuring.metrics import frechet_distance
from demos.pictures import image_grid, png
from demos.training.presets import Preset, get_preset
from demos.training.release import load_released
from demos.training.train import Training

SWEEPS = Path(__file__).parent / "sweeps"
SHARE = 10  # a trial takes a tenth of the preset's steps
HELD_OUT = 10_000  # the last ones of the training set
MEASURED, MADE, CHUNK = 1_000, 4_000, 250  # held-out examples whose bits are counted, samples for a distance


def changed(settings: Any, path: str, value: Any) -> Any:
    """A copy of a dataclass in which the setting at `path`, such as "training.optimizer.learning_rate", differs.

    Raises:
        UserError: there is no such setting.
    """
    name, _, rest = path.partition(".")
    if name not in {field.name for field in dataclasses.fields(settings)}:
        raise UserError(f"{type(settings).__name__} has no setting {name}: see demos/training/configs.py.")
    if rest:
        value = changed(getattr(settings, name), rest, value)
    return dataclasses.replace(settings, **{name: tuple(value) if isinstance(value, list) else value})


def trial_preset(preset: Preset, changes: dict[str, Any], shorter: int = 1) -> Preset:
    """The preset with other settings and a name of its own.

    Args:
        shorter: 1 keeps the run's schedules, so that a trial is its beginning; else a whole run so many times
            shorter, over which the average forgets faster.
    """
    for path, value in changes.items():
        preset = changed(preset, path, value)
    training = preset.training
    short = {
        "steps": training.steps // shorter,
        "ema_decay": max(0.9, round(1 - shorter * (1 - training.ema_decay), 6)),
        "warmup_steps": min(training.warmup_steps, training.steps // shorter // 10),
    }
    name = "-".join([preset.name, f"trial{shorter}", *(f"{path.split('.')[-1]}={changes[path]}" for path in changes)])
    if shorter > 1:
        training = dataclasses.replace(training, **short)
    return dataclasses.replace(preset, name=name, training=training)


@torch.no_grad()
def held_out_bits(training: Training, held_out: Examples) -> float:
    """Bits a dimension of examples that were not trained on, by the averaged weights."""
    parts, x, y = training.ema_parts(), held_out.x[:MEASURED], held_out.y[:MEASURED]
    nats = [
        training.family.log_prob(parts, training.preset.model, part, labels, 0, CHUNK * place)
        for place, (part, labels) in enumerate(zip(x.split(CHUNK), y.split(CHUNK), strict=True))
    ]
    return bits_per_dim(torch.cat(nats), x[0].numel()).mean().item()


@torch.no_grad()
def held_out_distance(training: Training, held_out: Examples) -> float:
    """FD-CNN between what the averaged weights make and what they never saw; leaves a grid in the run's folder."""
    features = load_released("fashion-features").net.features
    parts, config, classes = training.ema_parts(), training.preset.model, held_out.num_classes
    labels = torch.arange(MADE) % classes
    made = [
        to_bytes(training.family.sample(parts, config, part, 0, CHUNK * place))
        for place, part in enumerate(labels.split(CHUNK))
    ]
    rows = made[0][: 12 * classes].reshape(12, classes, *made[0].shape[1:]).swapaxes(0, 1)
    picture = image_grid(rows.reshape(-1, *made[0].shape[1:]), 12)
    write_bytes(training.run / f"samples-{training.step:07d}.png", png(picture))
    ours = torch.cat([in_chunks(features, to_model_range(part)) for part in made])
    return frechet_distance(ours, in_chunks(features, held_out.x))


def judge_of(training: Training) -> tuple[str, Callable[[Training, Examples], float]]:
    """By what a family's trials are judged: in words, and as a function. Less is better.

    Raises:
        UserError: the family neither has a likelihood nor makes images.
    """
    family, shape = training.family, DATA_SETS[training.preset.data].shape
    if family.log_prob is not None:
        return f"bits/dim of {MEASURED} examples held out from the training set, averaged weights", held_out_bits
    if family.sample is not None and len(shape) == 3:
        return f"FD-CNN of {MADE} samples against {HELD_OUT} images held out from the training set", held_out_distance
    raise UserError(f"{training.preset.name} has no likelihood and makes no images: nothing could judge a trial.")


def trial(preset: Preset, changes: dict[str, Any], last: int, runs: Path, minutes: float) -> Iterator[dict]:
    """Train one trial to its step `last` and yield its line, with what it is judged by, four times on the way."""
    examples = DATA_SETS[preset.data].load("train")
    train = Examples(examples.x[:-HELD_OUT], examples.y[:-HELD_OUT], examples.num_classes)
    held_out = Examples(examples.x[-HELD_OUT:], examples.y[-HELD_OUT:], examples.num_classes)
    training, until = Training(preset, runs / preset.name), time.monotonic() + 60 * minutes
    criterion, judge = judge_of(training)
    for progress in training.steps(train):
        if progress.step % max(1, last // 4) == 0:
            yield {
                "settings": changes,
                "steps": preset.training.steps,
                "step": progress.step,
                "seed": preset.training.seed,
                "seconds": round(training.elapsed_s),
                "criterion": criterion,
                "result": round(judge(training, held_out), 4),
            }
        if progress.step >= last or time.monotonic() > until:
            break


def record(name: str, line: dict, folder: Path = SWEEPS) -> None:
    """Put a line into the preset's sweep, in place of an older one of the same trial and step."""
    path, same = folder / f"{name}.json", ("settings", "steps", "step", "seed")
    lines = json.loads(path.read_text(encoding="utf-8"))["trials"] if path.is_file() else []
    criterion, line = line["criterion"], {key: value for key, value in line.items() if key != "criterion"}
    lines = [old for old in lines if any(old.get(key) != line[key] for key in same)] + [line]
    command = f"python -m demos.training.sweep {name} [--shorter N] [path.to.setting=value ...]"
    write_json(path, {"command": command, "criterion": criterion, "trials": lines})


def main() -> None:
    """Read the command line; values are JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("preset")
    parser.add_argument("settings", nargs="*", metavar="path.to.setting=value")
    parser.add_argument("--runs", type=Path, default=cache_folder() / "runs", help="folder of the trials' runs")
    parser.add_argument(
        "--shorter", type=int, default=1, help=f"a whole run N times shorter; 1: the first 1/{SHARE} of the run"
    )
    parser.add_argument("--minutes", type=float, default=600.0, help="stop after this long; call again to go on")
    arguments = parser.parse_intermixed_args()
    changes = {path: json.loads(value) for path, _, value in (one.partition("=") for one in arguments.settings)}
    preset = trial_preset(get_preset(arguments.preset), changes, arguments.shorter)
    last = preset.training.steps if arguments.shorter > 1 else preset.training.steps // SHARE
    for line in trial(preset, changes, last, arguments.runs, arguments.minutes):
        record(arguments.preset, line)
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
