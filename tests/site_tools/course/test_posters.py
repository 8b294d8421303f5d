"""What stands where an element will be: each of the course has something, the start of its experiment."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from demos.random import normal
from site_tools.course.figures.points import flow_colours
from site_tools.course.samples import read_samples

ASSETS = Path("docs/assets")
ELEMENTS = json.loads(Path("site_tools/web/dist/elements.json").read_text("utf-8"))


@pytest.mark.parametrize("tag", ELEMENTS)
def test_every_element_has_a_still(tag):
    """Of its own, of its model, or a page drawn in HTML."""
    element = ELEMENTS[tag]
    assert element.get("poster") or element["model"] or element.get("drawings")
    if "poster" in element:
        assert (ASSETS / element["poster"]).is_file()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_points_of_the_poster_are_the_noise_the_element_starts_from(theme):
    svg = (ASSETS / f"figures/point-flow-poster-{theme}.svg").read_text("utf-8")
    assert 'viewBox="0 0 1840 920"' in svg
    drawn = {(int(x), int(y)) for x, y in re.findall(r"M(-?\d+) (-?\d+)h0", svg)}
    noise = normal(0, 0, 1, 3000).reshape(-1, 2)
    assert drawn == {(round(920 + 200 * x), round(460 + 200 * y)) for x, y in noise}
    colours = re.findall(r'stroke="(#[0-9a-f]{6})"', svg)
    ends = ["#" + "".join(f"{int(c):02x}" for c in flow_colours(theme)[i]) for i in (0, 2)]
    assert [colours[0], colours[-1]] == ends


def test_the_themes_have_the_colours_of_the_styles():
    assert flow_colours("light")[0].tolist() == [0x1D, 0x4F, 0xA3]
    assert flow_colours("dark")[2].tolist() == [0xFF, 0x9A, 0x76]


def test_the_poster_of_the_forward_process_is_its_image_before_any_noise():
    images, labels = read_samples(ASSETS / "data" / "fashion-samples.json")
    label = ELEMENTS["forward-process"]["state"]["label"]["default"]
    with Image.open(ASSETS / ELEMENTS["forward-process"]["poster"]) as poster:
        assert np.array_equal(np.asarray(poster), images[labels == label][0])
