"""Figures: fresh, deterministic, and free of words."""

import json
import re
from pathlib import Path

import pytest
from PIL import Image

from site_tools.bundle import REGISTRY, read_elements
from site_tools.course.figures import posters
from site_tools.course.figures.diffusion import SNEAKER
from site_tools.course.figures.draw import FIGURES, THEMES, draw_figures
from site_tools.course.samples import read_samples
from site_tools.models.labels import FASHION_LABELS
from site_tools.models.manifest import read_manifests
from site_tools.setup.environment import WEB

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


def test_posters_show_the_default_run_of_their_elements():
    def defaults(tag: str) -> dict:
        attributes = read_elements(WEB / "dist" / REGISTRY)[tag].attributes
        return {name: one.default for name, one in attributes.items()}

    reverse, restore, run = defaults("reverse-process"), defaults("restore-or-new"), posters.REVERSE
    made = {"sampler": run.sampler, "schedule": run.schedule, "steps": run.num_steps, "guidance": run.guidance_scale}
    assert made.items() <= reverse.items()
    assert (restore["t"], restore["steps"]) == (posters.RESTORE_T, posters.RESTORE_STEPS)
    assert reverse["seed"] == restore["seed"] == posters.SEED
    assert restore["label"] == str(SNEAKER)
    drawn = defaults("draw-garment")
    assert (drawn["t"], drawn["steps"]) == (posters.DRAWN_T, posters.DRAWN_STEPS)
    assert (drawn["seed"], drawn["label"]) == (posters.SEED, "any")
    assert posters.outline(drawn["strokes"])[0] == posters.outline(drawn["strokes"])[-1]  # or nothing would be filled


def test_no_file_in_the_folder_is_left_over(drawn):
    committed = {path.name for path in (ASSETS / "figures").iterdir()}
    of_models = {Path(manifest.poster).name for manifest in read_manifests(ASSETS / "models").values()} - {""}
    assert committed == {path.name for path in drawn} | of_models


def test_text_is_drawn_as_paths(drawn):
    for path in drawn:
        if path.suffix == ".svg" and not path.name.startswith("comparison-"):  # its words are those of two languages
            assert "<text" not in path.read_text()


def test_samples_are_twenty_of_every_class():
    images, labels = read_samples(ASSETS / "data" / "fashion-samples.json")
    assert images.shape == (200, 28, 28)
    assert [int((labels == label).sum()) for label in range(10)] == [20] * 10


def test_the_browser_names_classes_as_the_manifest_does():
    committed = json.loads((WEB / "src" / "images" / "fashion-labels.json").read_text(encoding="utf-8"))
    assert committed == FASHION_LABELS, "run `python -m site_tools samples`"


def test_the_sign_and_the_picture_for_links_have_the_sizes_that_are_asked_for(drawn):
    pictures = {path.name: path for path in drawn}
    with Image.open(pictures["icon-180.png"]) as icon, Image.open(pictures["social.png"]) as card:
        assert icon.size == (180, 180)
        assert card.size == (1200, 630)
        assert len(card.getcolors(1 << 16) or ()) > 100  # garments, not an empty card
    assert pictures["social.png"].stat().st_size < 300_000  # messengers refuse large ones
    icon = pictures["icon.svg"].read_text()
    assert icon.count("<circle") == 9
    assert all(6 <= float(value) <= 58 for value in re.findall(r'c[xy]="([\d.]+)"', icon))
