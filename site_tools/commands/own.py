"""What belongs to this course alone: samples, figures, decks, pages and notebooks made by its own code."""

import sys
from pathlib import Path

from site_tools.commands.command import ASSETS, Arguments, Command
from site_tools.setup import environment


def _samples(_: Arguments) -> None:
    from site_tools.course.samples import write_labels, write_samples

    write_samples(ASSETS / "data" / "fashion-samples.json")
    write_labels(environment.WEB / "src" / "images" / "fashion-labels.json")


def _figures(_: Arguments) -> None:
    from site_tools.course.figures.draw import draw_figures

    draw_figures(ASSETS, ASSETS / "figures", lambda sentence: print(sentence, file=sys.stderr))


def _decks(_: Arguments) -> None:
    from site_tools.course.decks.build import write_decks

    for path in write_decks(Path("docs/lectures"), Path("docs"), Path("mkdocs.yml")):
        print(path)


def _seed_pages(_: Arguments) -> None:
    from site_tools.course.seed_pages import write_seed_pages

    write_seed_pages(Path("tests/seed_map.yml"), Path("docs"))


def _notebooks(_: Arguments) -> None:
    from site_tools.course.notebooks import refresh

    for notebook in sorted(Path("docs/zh").rglob("*.ipynb")):
        refresh(notebook, Path("docs/en") / notebook.relative_to("docs/zh"))


COMMANDS: dict[str, Command] = {
    "samples": Command(_samples, "the real images the pages show", "train"),
    "figures": Command(_figures, "draw the figures from the exported models", "train"),
    "decks": Command(_decks, "the course's own PowerPoint decks, made from its pages", "test"),
    "seed-pages": Command(_seed_pages, "the page that shows where the customer's document lives on", "site"),
    "notebooks": Command(_notebooks, "execute the notebooks and store their outputs", "notebook"),
}
