"""What an author brings: decks, notes, and models from elsewhere."""

import argparse
import io
import sys
from pathlib import Path

from demos.errors import UserError
from site_tools.commands.command import ASSETS, Arguments, Command, Parser
from site_tools.commands.released import tell_files
from site_tools.models.manifest import ANY_LANGUAGE

LECTURES = Path("docs/lectures")


def _lectures(arguments: Arguments) -> None:
    from site_tools.lectures.command import lectures

    if arguments.folder == LECTURES and not LECTURES.exists():  # a course without lectures
        print(f"{LECTURES.as_posix()}: no decks.")
        return
    lectures(arguments.folder, arguments.names, check=arguments.check)


def _lectures_arguments(parser: Parser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these decks")
    parser.add_argument("--check", action="store_true", help="convert nothing; fail if something must be")
    parser.add_argument(
        "--folder", type=Path, default=LECTURES, metavar="DIR", help=f"where decks are, instead of {LECTURES}/"
    )


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


def _import_arguments(parser: Parser) -> None:
    parser.add_argument("note", type=Path, metavar="NOTE.md", help="it is only read")
    parser.add_argument("--to", type=Path, metavar="PAGE.md", help="instead of docs/LANGUAGE/notes/NOTE.md")
    parser.add_argument("--language", help="of the page, as in mkdocs.yml; the first one if not given")
    parser.add_argument("--force", action="store_true", help="replace the page if there is one")
    parser.add_argument("--strict", action="store_true", help="write nothing if a picture or other file is missing")


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
    tell_files(manifest, arguments.assets / "models")
    for change in changes:
        print(f"Changed: {change}.")
    print(f"In a page:\n\n```demo\nuse: {manifest.kind}\nmodel: {manifest.name}\ncaption: ...\n```")


def _add_model_arguments(parser: Parser) -> None:
    parser.add_argument("model", type=Path, metavar="FILE.onnx")
    parser.add_argument("--kind", required=True, help="image-classifier, image-generator, field-2d, signal-1d, ...")
    parser.add_argument("--name", default="", help="of the model (without: that of the file)")
    parser.add_argument(
        "--labels", type=_labels, action="append", default=[], metavar="[LANGUAGE=]FILE", help="class names, one a line"
    )
    parser.add_argument(
        "--range", type=float, nargs=2, default=(0.0, 1.0), metavar=("LOW", "HIGH"), help="of images: black and white"
    )
    parser.add_argument(
        "--role", type=_pair, action="append", default=[], metavar="TENSOR=ROLE", help="what an input or output means"
    )
    parser.add_argument("--image", type=_sizes, metavar="CxHxW", help="how flat images [B, N] lie")
    parser.add_argument("--credit", default="", help="whose data and work the model stands on")
    parser.add_argument("--licence", default="", help="of the weights")
    parser.add_argument("--assets", type=Path, default=ASSETS, metavar="DIR", help=f"instead of {ASSETS.as_posix()}/")


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


COMMANDS: dict[str, Command] = {
    "lectures": Command(
        _lectures, "decks in docs/lectures become lecture pages", arguments=_lectures_arguments, for_authors=True
    ),
    "import": Command(
        _import,
        "bring a note from Typora into the course, with its pictures",
        "site",
        arguments=_import_arguments,
        for_authors=True,
    ),
    "add-model": Command(
        _add_model,
        "a foreign ONNX model becomes one that pages show",
        "models",
        arguments=_add_model_arguments,
        for_authors=True,
    ),
}
