"""Try settings of a model with a likelihood: `python -m demos.training.sweep_likelihood PRESET [setting=value ...]`.

A trial is a tenth of the preset's steps, without the last 6,000 training examples; it is judged by the bits a
dimension of those, never by a number that is reported later (these are of the test set). Its lines go into
`sweeps/<preset>.json` beside this file. A trial that was stopped goes on where it stands.
"""

import argparse
import dataclasses
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from demos.data import DATA_SETS, Examples, cache_folder
from demos.errors import UserError
from demos.files import write_json
from demos.likelihood import bits_per_dim
from demos.training.presets import Preset, get_preset
from demos.training.train import Training

SWEEPS = Path(__file__).parent / "sweeps"
SHORTER = 10  # times than the preset's run
HELD_OUT = 6_000  # the last ones of the training set
MEASURED = 1_000  # of these


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


def trial_preset(preset: Preset, changes: dict[str, Any], shorter: int = SHORTER) -> Preset:
    """The preset with other settings and fewer steps, over which the average forgets faster."""
    for path, value in changes.items():
        preset = changed(preset, path, value)
    training = preset.training
    short = {
        "steps": training.steps // shorter,
        "ema_decay": max(0.9, round(1 - shorter * (1 - training.ema_decay), 6)),
        "warmup_steps": min(training.warmup_steps, training.steps // shorter // 10),
    }
    name = "-".join([preset.name, f"trial{shorter}", *(f"{path.split('.')[-1]}={changes[path]}" for path in changes)])
    return dataclasses.replace(preset, name=name, training=dataclasses.replace(training, **short))


@torch.no_grad()
def held_out_bits(training: Training, held_out: Examples) -> float:
    """Bits a dimension of examples that were not trained on, by the averaged weights.

    Raises:
        UserError: the family has no likelihood.
    """
    log_prob, parts = training.family.log_prob, training.ema_parts()
    if log_prob is None:
        raise UserError(f"The family of {training.preset.name} has no likelihood that could judge a trial.")
    x, y = held_out.x[:MEASURED], held_out.y[:MEASURED]
    nats = [
        log_prob(parts, training.preset.model, part, labels, 0, 250 * place)
        for place, (part, labels) in enumerate(zip(x.split(250), y.split(250), strict=True))
    ]
    return bits_per_dim(torch.cat(nats), x[0].numel()).mean().item()


def trial(preset: Preset, changes: dict[str, Any], runs: Path, minutes: float) -> Iterator[dict]:
    """Train one trial and yield its line four times on the way."""
    examples = DATA_SETS[preset.data].load("train")
    train = Examples(examples.x[:-HELD_OUT], examples.y[:-HELD_OUT], examples.num_classes)
    held_out = Examples(examples.x[-HELD_OUT:], examples.y[-HELD_OUT:], examples.num_classes)
    training, until = Training(preset, runs / preset.name), time.monotonic() + 60 * minutes
    for progress in training.steps(train):
        if progress.step % (preset.training.steps // 4) == 0:
            yield {
                "settings": changes,
                "steps": preset.training.steps,
                "step": progress.step,
                "seed": preset.training.seed,
                "seconds": round(training.elapsed_s),
                "result": round(held_out_bits(training, held_out), 4),
            }
        if time.monotonic() > until:
            break


def record(name: str, line: dict, folder: Path = SWEEPS) -> None:
    """Put a line into the preset's sweep, in place of an older one of the same trial and step."""
    path, same = folder / f"{name}.json", ("settings", "steps", "step", "seed")
    lines = json.loads(path.read_text(encoding="utf-8"))["trials"] if path.is_file() else []
    lines = [old for old in lines if any(old[key] != line[key] for key in same)] + [line]
    content = {
        "command": f"python -m demos.training.sweep_likelihood {name} [--shorter N] [path.to.setting=value ...]",
        "criterion": f"bits/dim of {MEASURED} of {HELD_OUT} examples held out from the training set, averaged weights",
        "trials": lines,
    }
    write_json(path, content)


def main() -> None:
    """Read the command line; values are JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("preset")
    parser.add_argument("settings", nargs="*", metavar="path.to.setting=value")
    parser.add_argument("--runs", type=Path, default=cache_folder() / "runs", help="folder of the trials' runs")
    parser.add_argument("--shorter", type=int, default=SHORTER, help="times than the preset's run (default 10)")
    parser.add_argument("--minutes", type=float, default=600.0, help="stop after this long; call again to go on")
    arguments = parser.parse_intermixed_args()
    changes = {path: json.loads(value) for path, _, value in (one.partition("=") for one in arguments.settings)}
    preset = trial_preset(get_preset(arguments.preset), changes, arguments.shorter)
    for line in trial(preset, changes, arguments.runs, arguments.minutes):
        record(arguments.preset, line)
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
