"""What the commands of `python -m demos` do; `demos.__main__` only reads their arguments."""

import argparse
import dataclasses
import json
import sys
from collections.abc import Mapping

import torch
from PIL import Image
from tqdm import tqdm

from demos.data import DATA_SETS, NUM_CLASSES, cache_folder, to_bytes
from demos.diffusion.noise import SCHEDULES
from demos.diffusion.samplers import DEFAULT_SAMPLER, DEFAULT_STEPS, SAMPLERS
from demos.errors import UserError
from demos.files import write_bytes
from demos.measuring.compare import QUICK, Plan, command_line, compare
from demos.measuring.comparison import read_comparison
from demos.measuring.evaluate import Settings, evaluate, kept_folder, sample
from demos.measuring.models import load_models
from demos.measuring.ruler import STEP, TEST_IMAGES, Ruler
from demos.pictures import image_grid, png, point_cloud
from demos.training.checkpoint import prepare_folder
from demos.training.presets import PRESETS, get_preset
from demos.training.release import Released, load_released, load_run, release, run_folder
from demos.training.train import Training


def _progress_bar(total: int, unit: str, **options) -> tqdm:
    """Calm where the output is a file: a line every half minute."""
    return tqdm(total=total, unit=unit, mininterval=0.5 if sys.stderr.isatty() else 30, **options)


@torch.no_grad()
def _preview(training: Training) -> Image.Image:
    """What the averaged model makes now: eight images of each class, or a cloud of points."""
    preset, points = training.preset, len(DATA_SETS[training.preset.data].shape) == 1
    classes = DATA_SETS[preset.data].num_classes
    labels = torch.arange(classes).repeat_interleave(4000 // classes if points else 8)
    made = training.family.sample(training.ema_parts(), preset.model, labels, 0, 0)
    return point_cloud(made.numpy()) if points else image_grid(to_bytes(made), columns=8)


def train(arguments: argparse.Namespace) -> None:
    """Train a preset to its last step, from where its run stands."""
    preset = get_preset(arguments.preset, smoke=arguments.smoke)
    folder, data = run_folder(preset, arguments.runs), DATA_SETS[preset.data]
    prepare_folder(folder)
    examples = data.load("train")
    training = Training(preset, folder, precision=arguments.precision)
    makes, is_main = training.family.sample is not None, training.accelerator.is_main_process

    def save_preview() -> None:
        if makes and is_main:
            write_bytes(folder / f"samples-{training.step:07d}.png", png(_preview(training)))

    averages: dict[str, float] = {}
    first = training.step
    with _progress_bar(preset.training.steps, "step", initial=training.step, disable=not is_main) as bar:
        for progress in training.steps(examples, save_every_s=arguments.save_every):
            for part, loss in progress.losses.items():
                averages[part] = 0.99 * averages.get(part, loss) + 0.01 * loss
            told = {part if len(averages) > 1 else "loss": f"{value:.4f}" for part, value in averages.items()}
            speed = (progress.step - first) * preset.training.batch_size / max(bar.format_dict["elapsed"], 1e-9)
            bar.set_postfix({**told, "examples/s": f"{speed:.0f}"}, refresh=False)
            bar.update()
            if progress.step % arguments.grid_every == 0:
                save_preview()
    save_preview()
    if is_main:
        held_out = training.family.held_out
        measured = f"; {held_out(training.ema_parts(), data.load('test'))}" if held_out else ""
        print(f"{preset.name}: trained to step {training.step}{measured}; run folder {folder}")


def release_run(arguments: argparse.Namespace) -> None:
    """Copy a finished run's averaged weights into the repository."""
    print(release(get_preset(arguments.preset), arguments.runs))


def _network(arguments: argparse.Namespace) -> Released:
    preset = get_preset(arguments.preset, smoke=arguments.smoke)
    if preset.model.kind != "denoiser":
        raise UserError(f"{preset.name} is no image denoiser: only those can be sampled and evaluated.")
    return load_run(preset, arguments.runs) if arguments.run else load_released(preset.name)


def _known(option: str, name: str, registry: Mapping[str, object]) -> str:
    if name not in registry:
        raise UserError(f"--{option} must be one of {', '.join(registry)}, got {name}.")
    return name


def _settings(arguments: argparse.Namespace, **more) -> Settings:
    how = {
        "sampler": _known("sampler", arguments.sampler or DEFAULT_SAMPLER, SAMPLERS),
        "schedule": _known("schedule", arguments.schedule, SCHEDULES),
        "guidance_scale": arguments.guidance,
    }
    steps = DEFAULT_STEPS if arguments.steps is None else arguments.steps
    limit = SCHEDULES[arguments.schedule]().num_timesteps
    if not 1 <= steps <= limit:
        raise UserError(f"--steps must lie between 1 and {limit}, got {steps}.")
    return Settings(num_steps=steps, **how, **more)


@torch.no_grad()
def sample_images(arguments: argparse.Namespace) -> None:
    """Draw a grid, one row a class, and write it as PNG with its settings inside."""
    if arguments.count < 1:
        raise UserError(f"--count must be at least 1, got {arguments.count}.")
    released, settings = _network(arguments), _settings(arguments, num_samples=arguments.count, seeds=(arguments.seed,))
    classes = range(NUM_CLASSES) if arguments.label is None else [arguments.label]
    labels = torch.tensor(classes).repeat_interleave(arguments.count)
    facts = {"preset": released.facts["preset"]["name"], "step": released.facts["step"], **dataclasses.asdict(settings)}
    picture = image_grid(sample(released.net, labels, settings, arguments.seed), arguments.count)
    write_bytes(arguments.out, png(picture, settings=json.dumps(facts)))
    print(arguments.out)


def evaluate_model(arguments: argparse.Namespace) -> None:
    """Measure a network and print the numbers as JSON.

    What the pages quote is measured on the file that ships, by `python -m site_tools measure`, and kept beside the
    weights; this writes nothing.
    """
    if arguments.seeds < 1:
        raise UserError(f"--seeds must be at least 1, got {arguments.seeds}.")
    if arguments.samples not in range(STEP, TEST_IMAGES + 1, STEP):
        raise UserError(f"--samples must be a multiple of {STEP} up to {TEST_IMAGES}, got {arguments.samples}.")
    released = _network(arguments)
    seeds = tuple(range(arguments.seeds))
    settings = _settings(arguments, num_samples=arguments.samples, seeds=seeds)
    ruler = Ruler(arguments.samples)
    with _progress_bar(arguments.samples * len(seeds), "image") as bar:
        kept = kept_folder(cache_folder(), released.sha256, settings)
        result = evaluate(released.net, settings, ruler, kept=kept, progress=bar.update)
    result = {"weights": released.sha256, "step": released.facts["step"], **result}
    print(json.dumps(result, indent=1))


def compare_models(arguments: argparse.Namespace) -> None:
    """Measure all released image models, or those named, and print the leading numbers."""
    models, missing = load_models(arguments.models)
    if missing:
        print(f"left out, for they are not released: {', '.join(missing)}", file=sys.stderr)
    plan = QUICK if arguments.quick else Plan()
    with _progress_bar(sum(plan.total(model.nfe) for model in models), "image") as bar:
        out = compare(models, plan, arguments.out, command=command_line(), progress=bar.update)
    print(f"{read_comparison(out).table()}\n{out}")


def list_presets(arguments: argparse.Namespace) -> None:
    """One line a preset."""
    for preset in PRESETS.values():
        print(f"{preset.name:20}{preset.training.steps:>8} steps  {preset.summary}")
