"""Released models: as files, how good they are, and how they are sampled."""

import sys
from pathlib import Path
from typing import Any

from site_tools.commands.command import ASSETS, Arguments, Command, Parser, preset_argument
from site_tools.models.manifest import DEFAULT_STORAGE, STORAGES, Manifest, storage_of


def _export(arguments: Arguments) -> None:
    from site_tools.models.export import export

    folder = ASSETS / "models"
    tell_files(export(arguments.name, folder, arguments.weights), folder)


def _export_arguments(parser: Parser) -> None:
    preset_argument(parser)
    parser.add_argument(
        "--weights", choices=STORAGES, help=f"how they are stored (without: as before, {DEFAULT_STORAGE} at first)"
    )


def tell_files(manifest: Manifest, folder: Path) -> None:
    """How large each file of a model is, as sent too, and what runs it."""
    from site_tools.models.graph_file import told
    from site_tools.site.packing import packed

    for graph in manifest.graphs.values():
        content, smaller = (folder / graph.file).read_bytes(), packed(folder / graph.file)
        print(told(graph, content, len(content if smaller is None else smaller)))


def _image_bar(total: int | None = None) -> Any:
    """How many images are made; calm where the output is a file: a line every half minute."""
    from tqdm import tqdm

    return tqdm(total=total, unit="image", mininterval=0.5 if sys.stderr.isatty() else 30)


def _threads(parser: Parser) -> None:
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="of ONNX Runtime")


def _sampled(parser: Parser, samples: int, seeds: int) -> None:
    """Of commands that sample a model."""
    preset_argument(parser)
    parser.add_argument("--samples", type=int, default=samples, metavar="N", help="images a seed")
    parser.add_argument("--seeds", type=int, default=seeds, metavar="N", help="sampling seeds")
    _threads(parser)


def _gate(arguments: Arguments) -> None:
    from demos.measuring.evaluate import Settings
    from site_tools.models.gate import gate, table

    settings = Settings(
        sampler=arguments.sampler or Settings.sampler,
        num_steps=arguments.steps or Settings.num_steps,
        num_samples=arguments.samples,
        seeds=tuple(range(arguments.seeds)),
    )
    total = 2 * settings.num_samples * len(settings.seeds)
    with _image_bar(total) as bar:
        rows = gate(arguments.name, settings, threads=arguments.threads, progress=bar.update)
    print(table(rows))
    if not all(row.passed for row in rows):
        raise SystemExit(1)


def _gate_arguments(parser: Parser) -> None:
    _sampled(parser, 2_000, 1)
    parser.add_argument("--sampler", help="instead of the default one")
    parser.add_argument("--steps", type=int, metavar="N", help="of the sampler")


def _measure(arguments: Arguments) -> None:
    from demos.measuring.evaluate import Settings
    from site_tools.models.measure import measure

    settings = Settings(num_samples=arguments.samples, seeds=tuple(range(arguments.seeds)))
    total = settings.num_samples * len(settings.seeds)
    with _image_bar(total) as bar:
        weights = storage_of(arguments.name, ASSETS / "models")
        print(measure(arguments.name, settings, weights=weights, threads=arguments.threads, progress=bar.update))


def _measure_arguments(parser: Parser) -> None:
    _sampled(parser, 10_000, 3)


def _choose_sampler(arguments: Arguments) -> None:
    from demos.measuring.sampler_choice import choice
    from site_tools.models.measure import choose_sampler

    weights = storage_of(arguments.name, ASSETS / "models")
    with _image_bar() as bar:
        record = choose_sampler(arguments.name, weights=weights, threads=arguments.threads, progress=bar.update)
    for row in (record["limit"], *record["rows"]):
        print(" ".join(f"{key} {value}" for key, value in row.items()))
    print("{} in {} steps".format(*choice(record)))


def _choose_sampler_arguments(parser: Parser) -> None:
    preset_argument(parser)
    _threads(parser)


def _timing(arguments: Arguments) -> None:
    from site_tools.models.timing import add_timing

    timed = add_timing(arguments.file, ASSETS / "models", arguments.threads)
    print(f"{arguments.file}: timed {', '.join(timed) or 'no model, for none of them is exported'}")


def _timing_arguments(parser: Parser) -> None:
    parser.add_argument("file", type=Path, metavar="COMPARISON.json")
    _threads(parser)


COMMANDS: dict[str, Command] = {
    "export": Command(
        _export, "one released model to ONNX, manifest and golden vectors", "train", arguments=_export_arguments
    ),
    "measure": Command(_measure, "the quality of a released model as it ships", "train", arguments=_measure_arguments),
    "gate": Command(
        _gate, "whether a released model may keep its weights in eight bits", "train", arguments=_gate_arguments
    ),
    "choose-sampler": Command(
        _choose_sampler,
        "the fewest network calls that a released denoiser needs",
        "train",
        arguments=_choose_sampler_arguments,
    ),
    "timing": Command(
        _timing, "add milliseconds in ONNX Runtime to a comparison", "train", arguments=_timing_arguments
    ),
}
