"""What the page on quality says in words is so in numbers, and no number stands there by one extractor alone."""

from pathlib import Path

import pytest

from demos.measuring.comparison import read_comparison
from site_tools.authoring.numbers import read_facts, references
from site_tools.models.manifest import read_manifest

DOCS = Path("docs")
FACTS = read_facts(DOCS / "assets", DOCS / "facts.yml")
PAGES = sorted(path.relative_to(DOCS / "zh") for path in (DOCS / "zh").rglob("*.md"))
KEYS = ("fd_cnn", "fd_ae")
DISTANCES = (*KEYS, "class_fd_cnn", "class_fd_ae")
BALLS = ("precision", "recall", "density", "coverage")
STICKS = "comparison.yardsticks.10000"


def named(page: Path, language: str) -> set[str]:
    """Keys of the numbers on a page; Chinese counts parameters by ten thousand."""
    text = (DOCS / language / page).read_text(encoding="utf-8")
    return {reference.key.replace("parameters_wan", "parameters_m") for reference in references(text)}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_both_languages_name_the_same_numbers(page):
    assert named(page, "zh") == named(page, "en")


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_where_one_extractor_stands_the_other_does(page):
    keys = named(page, "zh")
    for one, other in (("fd_cnn", "fd_ae"), ("fd_ae", "fd_cnn")):
        missing = {twin for key in keys if one in key and (twin := key.replace(one, other)) in FACTS} - keys
        assert not missing, f"{page} has numbers of {one} alone: name {', '.join(sorted(missing))} as well"


def test_a_manifest_and_the_comparison_measure_real_images_alike():
    """They may be of different days; the networks that measure are the same, and so are the images of the floor."""
    metrics = read_manifest(DOCS / "assets/models/fashion-diffusion.json").metrics
    comparison = read_comparison(DOCS / "assets/data/comparison.json")
    assert metrics["extractor"] == comparison.content["extractor"]
    floor = comparison.quality("floor", metrics["num_samples"])
    shared = {key: value for key, value in floor.items() if f"floor_{key}" in metrics}
    assert len(shared) > 10
    assert {key: metrics[f"floor_{key}"] for key in shared} == pytest.approx(shared, abs=2e-6)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_names_the_sampler_that_was_measured(language):
    said = read_manifest(DOCS / "assets/models/fashion-diffusion.json").metrics
    label = {"ddim": "DDIM", "dpm-solver-2m": "DPM-Solver++(2M)"}[said["sampler"]]
    text = (DOCS / language / "diffusion/reverse-process.md").read_text(encoding="utf-8")
    how = next(line for line in text.splitlines() if line.startswith(("**怎么测的", "**How it was measured")))
    assert label in how


def test_blur_weighs_more_for_the_classifier():
    cnn, ae = ({stick: FACTS[f"{STICKS}.{stick}.{key}"] for stick in ("floor", "repeated", "blurred")} for key in KEYS)
    for fd in (cnn, ae):
        assert fd["floor"] < fd["repeated"] < fd["blurred"]
    assert cnn["blurred"] / cnn["floor"] > 5 * ae["blurred"] / ae["floor"]
    assert cnn["blurred"] / cnn["repeated"] > 5 * ae["blurred"] / ae["repeated"]


def test_coverage_alone_exposes_the_copier():
    floor, copier = ({key: FACTS[f"{STICKS}.{who}.{key}"] for key in BALLS} for who in ("floor", "repeated"))
    for key in ("precision", "recall", "density"):
        assert copier[key] == pytest.approx(floor[key], abs=0.03)
    assert copier["coverage"] < 0.5 * floor["coverage"]


def test_the_model_keeps_to_what_is_common():
    model = {key: FACTS[f"fashion-diffusion.{key}"] for key in BALLS}
    floor = {key: FACTS[f"{STICKS}.floor.{key}"] for key in BALLS}
    assert model["precision"] > floor["precision"]
    assert model["density"] > floor["density"]
    assert model["recall"] < floor["recall"]
    assert model["coverage"] < floor["coverage"]


def test_flattery_lowers_a_distance_and_betters_nothing():
    drawn, both = ({key: FACTS[f"flattery.{who}.{key}"] for key in DISTANCES} for who in ("drawn", "both"))
    change = {key: both[key] / drawn[key] - 1 for key in DISTANCES}
    assert change["fd_cnn"] < -0.05
    assert abs(change["fd_ae"]) < 0.02
    assert abs(change["class_fd_cnn"]) < 0.01
    assert 0.01 < change["class_fd_ae"] < 0.05
