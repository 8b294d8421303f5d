"""Figures: fresh, deterministic, and free of words."""

from pathlib import Path

import pytest

from site_tools.course.figures.draw import FIGURES, THEMES, draw_figures
from site_tools.course.samples import read_samples

ASSETS = Path("docs/assets")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> list[Path]:
    return draw_figures(ASSETS, tmp_path_factory.mktemp("figures"))


def test_every_figure_comes_in_both_themes(drawn):
    names = {path.name for path in drawn}
    assert {f"{name}-{theme.name}.svg" for name in FIGURES for theme in THEMES} <= names


def test_committed_figures_are_fresh(drawn):
    stale = [path.name for path in drawn if path.read_bytes() != (ASSETS / "figures" / path.name).read_bytes()]
    assert not stale, "run `python -m site_tools figures`"


def test_no_file_in_the_folder_is_left_over(drawn):
    committed = {path.name for path in (ASSETS / "figures").iterdir()}
    assert committed == {path.name for path in drawn}


def test_text_is_drawn_as_paths(drawn):
    for path in drawn:
        if path.suffix == ".svg":
            assert "<text" not in path.read_text()


def test_samples_are_twenty_of_every_class():
    images, labels = read_samples(ASSETS / "data" / "fashion-samples.json")
    assert images.shape == (200, 28, 28)
    assert [int((labels == label).sum()) for label in range(10)] == [20] * 10
