"""`python -m site_tools COMMAND`: set up, serve, build and check the course."""

import argparse
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from demos.errors import UserError
from site_tools.messages import annotate, one_line
from site_tools.models.manifest import ANY_LANGUAGE, DEFAULT_STORAGE, STORAGES, Manifest, storage_of
from site_tools.setup import environment

Arguments = argparse.Namespace
ASSETS = Path("docs/assets")
LECTURES = Path("docs/lectures")


# Every command imports what it needs when it runs: `setup` must work before anything is installed,
# and building the site never needs torch.


def _setup(_: Arguments) -> None:
    environment.ensure_bundle()


def _web(_: Arguments) -> None:
    environment.ensure_bundle()


def _kernels(_: Arguments) -> None:
    from site_tools.setup.kernels import WASM, compile_kernels

    compile_kernels()
    print(f"{WASM.relative_to(environment.ROOT).as_posix()}: {WASM.stat().st_size} bytes")


def _serve(arguments: Arguments) -> None:
    from site_tools.site.serve import serve

    serve(address=arguments.address, browser=arguments.open)


def _site(arguments: Arguments) -> None:
    if arguments.offline:
        os.environ["OFFLINE"] = "true"
    from site_tools.site.serve import site

    site(folder=arguments.folder)


def _import(arguments: Arguments) -> None:
    from site_tools.notes.importing import import_note

    report = import_note(
        arguments.note,
        to=arguments.to,
        language=arguments.language,
        force=arguments.force,
        strict=arguments.strict,
    )
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # the page is written: its report must not fail at a Chinese name
    print(report)
    if report.missing or report.refused:
        raise SystemExit(1)


def _check(_: Arguments) -> None:
    from site_tools.setup.checks import check

    check()


def _test(_: Arguments) -> None:
    from site_tools.setup.checks import test

    test(slow=False)


def _test_slow(_: Arguments) -> None:
    from site_tools.setup.checks import test

    environment.ensure_packages("kernels")  # one of them compiles the kernels again and compares
    test(slow=True)


def _bench(arguments: Arguments) -> None:
    from site_tools.setup.checks import bench

    bench(
        *(["--only", arguments.only] if arguments.only else []),
        *(["--json", str(arguments.json)] if arguments.json else []),
    )


def _wheel(_: Arguments) -> None:
    from site_tools.setup.checks import wheel

    wheel()


def _pipeline(arguments: Arguments) -> None:
    from site_tools.setup.checks import pipeline

    pipeline(arguments.target)


def _export(arguments: Arguments) -> None:
    from site_tools.models.export import export

    folder = ASSETS / "models"
    _tell_files(export(arguments.name, folder, arguments.weights), folder)


def _tell_files(manifest: Manifest, folder: Path) -> None:
    """How large each file of a model is, as sent too, and what runs it."""
    from site_tools.models.graph_file import told
    from site_tools.site.packing import packed

    for graph in manifest.graphs.values():
        content, smaller = (folder / graph.file).read_bytes(), packed(folder / graph.file)
        print(told(graph, content, len(content if smaller is None else smaller)))


def _add_model(arguments: Arguments) -> None:
    try:
        from site_tools.models.add_model import Wishes, add_model
    except ModuleNotFoundError as error:
        raise UserError(
            f"add-model needs {error.name}: `pip install 'live-generative-models[models]'` installs it."
        ) from None

    wishes = Wishes(
        arguments.kind,
        arguments.name,
        dict(arguments.labels),
        tuple(arguments.range),
        dict(arguments.role),
        arguments.image,
        arguments.credit,
        arguments.licence,
    )
    manifest, changes = add_model(arguments.model, wishes, arguments.assets)
    _tell_files(manifest, arguments.assets / "models")
    for change in changes:
        print(f"Changed: {change}.")
    print(f"In a page:\n\n```demo\nuse: {manifest.kind}\nmodel: {manifest.name}\ncaption: ...\n```")


def _pair(text: str) -> tuple[str, str]:
    name, equals, role = text.rpartition("=")
    if not (name and equals and role):
        raise argparse.ArgumentTypeError(f'"{text}" must be TENSOR=ROLE, such as pixels=image')
    return name, role


def _labels(text: str) -> tuple[str, Path]:
    language, equals, path = text.partition("=")
    return (language, Path(path)) if equals else (ANY_LANGUAGE, Path(text))


def _sizes(text: str) -> list[int]:
    sizes = text.lower().split("x")
    if len(sizes) != 3 or not all(size.isdecimal() and int(size) for size in sizes):
        raise argparse.ArgumentTypeError(f'"{text}" must be CHANNELSxHEIGHTxWIDTH, such as 3x32x32')
    return [int(size) for size in sizes]


def _image_bar(total: int | None = None) -> Any:
    """How many images are made; calm where the output is a file: a line every half minute."""
    from tqdm import tqdm

    return tqdm(total=total, unit="image", mininterval=0.5 if sys.stderr.isatty() else 30)


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


def _measure(arguments: Arguments) -> None:
    from demos.measuring.evaluate import Settings
    from site_tools.models.measure import measure

    settings = Settings(num_samples=arguments.samples, seeds=tuple(range(arguments.seeds)))
    total = settings.num_samples * len(settings.seeds)
    with _image_bar(total) as bar:
        weights = storage_of(arguments.name, ASSETS / "models")
        print(measure(arguments.name, settings, weights=weights, threads=arguments.threads, progress=bar.update))


def _choose_sampler(arguments: Arguments) -> None:
    from demos.measuring.sampler_choice import choice
    from site_tools.models.measure import choose_sampler

    weights = storage_of(arguments.name, ASSETS / "models")
    with _image_bar() as bar:
        record = choose_sampler(arguments.name, weights=weights, threads=arguments.threads, progress=bar.update)
    for row in (record["limit"], *record["rows"]):
        print(" ".join(f"{key} {value}" for key, value in row.items()))
    print("{} in {} steps".format(*choice(record)))


def _timing(arguments: Arguments) -> None:
    from site_tools.models.timing import add_timing

    timed = add_timing(arguments.file, ASSETS / "models", arguments.threads)
    print(f"{arguments.file}: timed {', '.join(timed) or 'no model, for none of them is exported'}")


def _samples(_: Arguments) -> None:
    from site_tools.course.samples import write_labels, write_samples

    write_samples(ASSETS / "data" / "fashion-samples.json")
    write_labels(environment.WEB / "src" / "images" / "fashion-labels.json")


def _figures(_: Arguments) -> None:
    from site_tools.course.figures.draw import draw_figures

    draw_figures(ASSETS, ASSETS / "figures", lambda sentence: print(sentence, file=sys.stderr))


def _lectures(arguments: Arguments) -> None:
    from site_tools.lectures.command import lectures

    if arguments.folder == LECTURES and not LECTURES.exists():  # a course without lectures
        print(f"{LECTURES.as_posix()}: no decks.")
        return
    lectures(arguments.folder, arguments.names, check=arguments.check)


def _notebooks(_: Arguments) -> None:
    from site_tools.course.notebooks import refresh

    for notebook in sorted(Path("docs/zh").rglob("*.ipynb")):
        refresh(notebook, Path("docs/en") / notebook.relative_to("docs/zh"))


def _decks(_: Arguments) -> None:
    from site_tools.course.decks.build import write_decks

    for path in write_decks(Path("docs/lectures"), Path("docs"), Path("mkdocs.yml")):
        print(path)


def _seed_pages(_: Arguments) -> None:
    from site_tools.course.seed_pages import write_seed_pages

    write_seed_pages(Path("tests/seed_map.yml"), Path("docs"))


# name -> (function, help, what must be set up first: "" nothing, else "site", "bundle" or an extra)
COMMANDS: dict[str, tuple[Callable[[Arguments], None], str, str]] = {
    "setup": (_setup, "install what the site needs, without torch, and bundle the web code", ""),
    "serve": (_serve, "serve both languages with live reload", "bundle"),
    "site": (_site, "build both languages into site/, strictly", "bundle"),
    "web": (_web, "bundle the web code", ""),
    "kernels": (_kernels, "compile the kernels that models run on in the browser", "kernels"),
    "lectures": (_lectures, "decks in docs/lectures become lecture pages", ""),
    "import": (_import, "bring a note from Typora into the course, with its pictures", "site"),
    "check": (_check, "style, types and workflows", "test"),
    "test": (_test, "the fast tests, real browser included", "test"),
    "test-slow": (_test_slow, "the tests that take minutes", "test"),
    "bench": (_bench, "how long readers and authors wait, and how fast the engines are, on this machine", "test"),
    "wheel": (_wheel, "build the plugin as a package for another site", "test"),
    "pipeline": (_pipeline, "bring train, export, compare or figures up to date", "train"),
    "export": (_export, "one released model to ONNX, manifest and golden vectors", "train"),
    "add-model": (_add_model, "a foreign ONNX model becomes one that pages show", "models"),
    "measure": (_measure, "the quality of a released model as it ships", "train"),
    "gate": (_gate, "whether a released model may keep its weights in eight bits", "train"),
    "choose-sampler": (_choose_sampler, "the fewest network calls that a released denoiser needs", "train"),
    "timing": (_timing, "add milliseconds in ONNX Runtime to a comparison", "train"),
    "samples": (_samples, "the real images the pages show", "train"),
    "figures": (_figures, "draw the figures from the exported models", "train"),
    "decks": (_decks, "the course's own PowerPoint decks, made from its pages", "test"),
    "seed-pages": (_seed_pages, "the page that shows where the customer's document lives on", "site"),
    "notebooks": (_notebooks, "execute the notebooks and store their outputs", "notebook"),
}
# What an author does with the installed package; the rest makes or checks this course and needs its repository.
FOR_AUTHORS = ("serve", "site", "lectures", "import", "add-model")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m site_tools", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    parsers = {}
    for name, (function, text, _needs) in COMMANDS.items():
        shown: dict[str, Any] = {"help": text} if name in FOR_AUTHORS or environment.in_checkout() else {}
        parsers[name] = commands.add_parser(name, description=text, **shown)
        parsers[name].set_defaults(function=function)
    parsers["serve"].add_argument("--address", default="127.0.0.1:8000", metavar="HOST:PORT")
    parsers["serve"].add_argument("--open", action="store_true", help="open it in a browser")
    parsers["site"].add_argument("--folder", metavar="DIR", help="where to, instead of site/")
    parsers["site"].add_argument("--offline", action="store_true", help="for opening from disk")
    parsers["lectures"].add_argument("names", nargs="*", metavar="NAME", help="only these decks")
    parsers["lectures"].add_argument("--check", action="store_true", help="convert nothing; fail if something must be")
    parsers["lectures"].add_argument(
        "--folder", type=Path, default=LECTURES, metavar="DIR", help=f"where decks are, instead of {LECTURES}/"
    )
    parsers["import"].add_argument("note", type=Path, metavar="NOTE.md", help="it is only read")
    parsers["import"].add_argument("--to", type=Path, metavar="PAGE.md", help="instead of docs/LANGUAGE/notes/NOTE.md")
    parsers["import"].add_argument("--language", help="of the page, as in mkdocs.yml; the first one if not given")
    parsers["import"].add_argument("--force", action="store_true", help="replace the page if there is one")
    parsers["import"].add_argument(
        "--strict", action="store_true", help="write nothing if a picture or other file is missing"
    )
    add = parsers["add-model"]
    add.add_argument("model", type=Path, metavar="FILE.onnx")
    add.add_argument("--kind", required=True, help="image-classifier, image-generator, field-2d, signal-1d, ...")
    add.add_argument("--name", default="", help="of the model (without: that of the file)")
    add.add_argument(
        "--labels", type=_labels, action="append", default=[], metavar="[LANGUAGE=]FILE", help="class names, one a line"
    )
    add.add_argument(
        "--range", type=float, nargs=2, default=(0.0, 1.0), metavar=("LOW", "HIGH"), help="of images: black and white"
    )
    add.add_argument(
        "--role", type=_pair, action="append", default=[], metavar="TENSOR=ROLE", help="what an input or output means"
    )
    add.add_argument("--image", type=_sizes, metavar="CxHxW", help="how flat images [B, N] lie")
    add.add_argument("--credit", default="", help="whose data and work the model stands on")
    add.add_argument("--licence", default="", help="of the weights")
    add.add_argument("--assets", type=Path, default=ASSETS, metavar="DIR", help=f"instead of {ASSETS.as_posix()}/")
    parsers["pipeline"].add_argument("target", choices=("train", "export", "compare", "figures"))
    for name in ("export", "measure", "gate", "choose-sampler"):
        parsers[name].add_argument("name", help="a preset, see `python -m demos list`")
    parsers["export"].add_argument(
        "--weights", choices=STORAGES, help=f"how they are stored (without: as before, {DEFAULT_STORAGE} at first)"
    )
    for name, samples, seeds in (("measure", 10_000, 3), ("gate", 2_000, 1)):
        parsers[name].add_argument("--samples", type=int, default=samples, metavar="N", help="images a seed")
        parsers[name].add_argument("--seeds", type=int, default=seeds, metavar="N", help="sampling seeds")
    parsers["bench"].add_argument("--only", metavar="PART", help="one part of it: visits, dragging, engines or serve")
    parsers["bench"].add_argument("--json", type=Path, metavar="FILE", help="where to write the numbers as well")
    parsers["timing"].add_argument("file", type=Path, metavar="COMPARISON.json")
    parsers["gate"].add_argument("--sampler", help="instead of the default one")
    parsers["gate"].add_argument("--steps", type=int, metavar="N", help="of the sampler")
    for name in ("measure", "gate", "choose-sampler", "timing"):
        parsers[name].add_argument("--threads", type=int, default=1, metavar="N", help="of ONNX Runtime")
    return parser


def _prepare(needs: str) -> None:
    if not environment.in_checkout():  # installed as a package: everything is there already
        return
    if needs in ("train", "test", "notebook", "kernels", "models"):
        environment.ensure_packages(needs)
    elif needs == "site":
        environment.ensure_packages()
    if needs in ("bundle", "test"):
        environment.ensure_bundle()


def main(argv: list[str] | None = None) -> int:
    """Run one command; a `UserError` becomes a line on standard error for each of its sentences, and status 2."""
    argv = sys.argv[1:] if argv is None else argv
    arguments = _parser().parse_args(argv)
    try:
        if not environment.in_checkout() and arguments.command not in FOR_AUTHORS:
            raise UserError(
                f"`{arguments.command}` makes or checks this course itself and needs its repository: clone it and run "
                f"the command there; with the package alone there are {', '.join(FOR_AUTHORS)}."
            )
        if environment.in_checkout():
            environment.ensure_venv()
            if (status := environment.enter_venv(argv)) is not None:
                return status
        _prepare(COMMANDS[arguments.command][2])
        arguments.function(arguments)
    except UserError as error:
        for sentence in map(one_line, str(error).splitlines()):
            print(f"error: {sentence}", file=sys.stderr)
            annotate("error", sentence)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
