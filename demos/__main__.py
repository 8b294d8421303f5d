"""`python -m demos train|release|sample|evaluate|compare|list`: the models of the course from the command line."""

import argparse
import sys
from pathlib import Path

from demos.errors import UserError


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demos", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    runs = argparse.ArgumentParser(add_help=False)
    runs.add_argument("--runs", type=Path, help="folder for training runs (default: the user's cache)")

    train = commands.add_parser("train", parents=[runs], help="train a preset, or go on where it stopped")
    train.add_argument("preset")
    train.add_argument("--smoke", action="store_true", help="a small version, under a minute")
    train.add_argument("--precision", choices=("bf16", "no"), help="override the preset's precision")
    train.add_argument("--save-every", type=float, default=120, metavar="S", help="seconds between checkpoints")
    train.add_argument("--grid-every", type=int, default=2000, metavar="N", help="steps between sample grids")
    train.set_defaults(function="train")

    release = commands.add_parser("release", parents=[runs], help="put a finished run's weights into demos/weights")
    release.add_argument("preset")
    release.set_defaults(function="release_run")

    sampling = argparse.ArgumentParser(add_help=False)
    sampling.add_argument("preset")
    sampling.add_argument("--run", action="store_true", help="take the newest checkpoint, not the released weights")
    sampling.add_argument("--smoke", action="store_true", help="the small version (with --run)")
    sampling.add_argument("--sampler", metavar="NAME", help="see demos/diffusion/samplers.py (without: its default)")
    sampling.add_argument("--schedule", default="flow", metavar="NAME", help="see demos/diffusion/noise.py")
    sampling.add_argument("--steps", type=int, metavar="N", help="sampler steps (without: as many as stand there)")
    sampling.add_argument("--guidance", type=float, default=1.0, metavar="S", help="1 (default) is plain conditional")

    sample = commands.add_parser("sample", parents=[runs, sampling], help="write a grid of generated images as PNG")
    sample.add_argument("--label", type=int, choices=range(10), help="one class only (default: a row for each)")
    sample.add_argument("--count", type=int, default=8, metavar="N", help="images a class (default: 8)")
    sample.add_argument("--seed", type=int, default=0)
    sample.add_argument("--out", type=Path, default=Path("samples.png"), metavar="FILE")
    sample.set_defaults(function="sample_images")

    evaluate = commands.add_parser(
        "evaluate", parents=[runs, sampling], help="measure the quality of a denoiser, and print it"
    )
    evaluate.add_argument("--samples", type=int, default=10_000, metavar="N", help="images a seed (default: 10000)")
    evaluate.add_argument("--seeds", type=int, default=3, metavar="N", help="sampling seeds (default: 3)")
    evaluate.set_defaults(function="evaluate_model")

    compare = commands.add_parser("compare", help="measure all released image models under one protocol")
    compare.add_argument(
        "--models",
        nargs="+",
        metavar="PRESET",
        help="these only, of denoisers PRESET:SAMPLER:STEPS as well (default: all released)",
    )
    compare.add_argument("--quick", action="store_true", help="few images of one seed: a first look, in minutes")
    compare.add_argument("--out", type=Path, default=Path("comparison.json"), metavar="FILE")
    compare.set_defaults(function="compare_models")

    commands.add_parser("list", help="the presets").set_defaults(function="list_presets")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one command; a `UserError` becomes one line on standard error and status 2."""
    arguments = _parser().parse_args(argv)
    try:
        from demos import commands  # late: torch takes seconds to load, and --help needs none of it

        getattr(commands, arguments.function)(arguments)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; run the same command to go on", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
