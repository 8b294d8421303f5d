"""`python -m demos train|list`: the models of the course from the command line."""

import argparse
import sys
from pathlib import Path

from demos.errors import UserError


def _train(arguments: argparse.Namespace) -> None:
    import torch
    from PIL import Image
    from tqdm import tqdm

    from demos.data import NUM_CLASSES, cache_folder, load_fashion_mnist, to_bytes, to_model_range
    from demos.guidance import make_denoise
    from demos.noise import flow_schedule
    from demos.presets import get_preset
    from demos.random import normal_images
    from demos.samplers import ddim, run
    from demos.train import Training

    preset = get_preset(arguments.preset, smoke=arguments.smoke)
    folder = (arguments.runs or cache_folder() / "runs") / preset.name
    training = Training(preset, folder, precision=arguments.precision)
    images, labels = load_fashion_mnist("train")
    images, labels = to_model_range(images), torch.tensor(labels, dtype=torch.long)

    def save_grid() -> None:
        y = torch.arange(NUM_CLASSES).repeat_interleave(8)
        start = normal_images(0, 0, len(y))
        x = to_bytes(run(ddim(make_denoise(training.ema_network(), y), flow_schedule(), start, 20)).x)
        grid = x.reshape(NUM_CLASSES, 8, 28, 28).swapaxes(1, 2).reshape(NUM_CLASSES * 28, 8 * 28)
        Image.fromarray(grid).save(folder / f"samples-{training.step:07d}.png")

    bar = tqdm(total=preset.training.steps, initial=training.step, unit="step", mininterval=2 if sys.stderr.isatty() else 30)
    average = None
    for progress in training.steps(images, labels, save_every_s=arguments.save_every):
        average = progress.loss if average is None else 0.99 * average + 0.01 * progress.loss
        bar.set_postfix(
            {"loss": f"{average:.4f}", "images/s": f"{(bar.format_dict['rate'] or 0) * preset.training.batch_size:.0f}"},
            refresh=False,
        )
        bar.update()
        if progress.step % arguments.grid_every == 0:
            save_grid()
    bar.close()
    save_grid()
    print(f"{preset.name}: trained to step {training.step}; run folder {folder}")


def _list(arguments: argparse.Namespace) -> None:
    from demos.presets import PRESETS

    for preset in PRESETS.values():
        print(f"{preset.name:24}{preset.training.steps:>8} steps  {preset.summary}")


def main(argv: list[str] | None = None) -> int:
    """Run one command; a `UserError` becomes one line on standard error and status 2."""
    parser = argparse.ArgumentParser(prog="python -m demos", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    train = commands.add_parser("train", help="train a preset, or go on where it stopped")
    train.add_argument("preset")
    train.add_argument("--smoke", action="store_true", help="a small version, under a minute")
    train.add_argument("--runs", type=Path, help="folder for training runs (default: the user's cache)")
    train.add_argument("--precision", choices=("bf16", "no"), help="override the preset's precision")
    train.add_argument("--save-every", type=float, default=120, metavar="S", help="seconds between checkpoints")
    train.add_argument("--grid-every", type=int, default=2000, metavar="N", help="steps between sample grids")
    train.set_defaults(function=_train)

    commands.add_parser("list", help="the presets").set_defaults(function=_list)

    arguments = parser.parse_args(argv)
    try:
        arguments.function(arguments)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; run the same command to go on", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
