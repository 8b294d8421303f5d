"""The figures of the comparison, drawn from one made by hand: what is read off them is what was put in."""

import base64
import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from demos.errors import UserError
from demos.measuring.comparison import PROTOCOL, Comparison
from site_tools.course.figures.comparison import (
    METRICS,
    NAMES,
    comparison_plot,
    cost_rows,
    draw_comparison,
    files,
    quality_rows,
    sample_grid,
)
from site_tools.course.figures.dot_plot import COLOURS, HEAD, LANE, LEFT, RIGHT, WIDTH, Axis, axis_of
from site_tools.course.figures.style import THEMES
from site_tools.course.samples import read_samples
from tests.support.comparisons import MODELS, made_by_hand

ASSETS = Path("docs/assets")
WHOLE = Comparison(made_by_hand())
SVG = "{http://www.w3.org/2000/svg}"


def elements(language: str = "en", theme=THEMES[0]) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(comparison_plot(WHOLE, theme, language)))


def texts(language: str) -> list[tuple[float, float, float, str, str]]:
    """x, y, size, anchor and words of every text."""
    return [
        (*(float(one.get(name)) for name in ("x", "y", "font-size")), one.get("text-anchor", "start"), one.text)
        for one in elements(language)
        if one.tag == f"{SVG}text"
    ]


def width_of(words: str, size: float) -> float:
    """About how wide, rather too wide: Chinese is square."""
    return size * sum(1.0 if ord(letter) > 0x2E80 else 0.58 for letter in words)


def middle(one: ElementTree.Element) -> tuple[float, float]:
    """Of a sign: a circle, or a polygon's corners."""
    if one.tag == f"{SVG}circle":
        return float(one.get("cx")), float(one.get("cy"))
    x, y = np.mean([[float(number) for number in corner.split(",")] for corner in one.get("points").split()], axis=0)
    return x, y


@pytest.mark.parametrize(
    ("label", "values"),
    [
        ("FD-CNN, a classifier's features", {0: 2.4, 5: 2.3}),  # lanes of filled circles and squares
        ("coverage", {0: 0.95}),
        ("network calls an image", {0: 16, 4: 784}),
    ],
)
def test_values_can_be_read_off_the_plot(label, values):
    found = elements()
    top = next(float(one.get("y")) - 12 for one in found if one.tag == f"{SVG}text" and one.text == label)
    ticks = {}
    for x, y, size, anchor, words in texts("en"):
        if anchor == "middle" and size == 10 and top + HEAD < y < top + HEAD + 8 * LANE + 12:
            ticks[float(words.replace(",", ""))] = x
    log = label != "coverage"
    scale = np.polyfit([ticks[one] for one in ticks], [np.log(one) if log else one for one in ticks], 1)
    for lane, value in values.items():
        y = top + HEAD + LANE * (lane + 0.5)
        filled = (middle(one) for one in found if one.get("fill") == COLOURS["light"][lane] and one.tag != f"{SVG}text")
        (x,) = (right for right, down in filled if abs(down - y) < LANE / 2)
        read = np.polyval(scale, x)
        assert (np.exp(read) if log else read) == pytest.approx(value, rel=0.02)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_stay_on_the_plot_and_apart(language):
    lines: dict[float, list[tuple[float, float, str]]] = {}
    for x, y, size, anchor, words in texts(language):
        width = width_of(words, size)
        left = x - width * {"start": 0, "middle": 0.5, "end": 1}[anchor]
        assert left >= -1, words
        assert left + width <= WIDTH + 1, words
        lines.setdefault(y, []).append((left, left + width, words))
    for line in lines.values():
        line.sort()
        for (_, end, one), (start, _, other) in zip(line, line[1:], strict=False):
            assert end <= start, f"{one} | {other}"


def test_every_model_and_both_extractors_are_told_in_both_languages():
    for language in ("zh", "en"):
        words = " ".join(text[-1] for text in texts(language))
        for name in NAMES.values():
            assert name[language] in words
        assert all(metric.words[language] in words for metric in METRICS)
        assert {"fd_cnn", "fd_ae"} < {metric.key for metric in METRICS}
    assert len(elements("zh")) == len(elements("en"))


def test_models_with_fewer_images_are_not_measured_against_the_others():
    few = list(MODELS).index("fashion-autoregressive")
    for row in quality_rows(WHOLE, "en"):
        assert few not in [dot.lane for dot in row.dots]
        assert len(row.dots) == len(MODELS) - 1
    bits, calls, *_ = cost_rows(WHOLE, "en")
    assert (few, "exact") in [(dot.lane, dot.note) for dot in bits.dots]
    assert few in [dot.lane for dot in calls.dots]
    assert "autoregressive (1,000)" in [text[-1] for text in texts("en")]


def test_flattered_numbers_and_tighter_bounds_are_second_values():
    first, second, coverage, *_ = quality_rows(WHOLE, "en")
    assert [dot.then for dot in first.dots] == pytest.approx([0.7 * dot.value for dot in first.dots])
    assert [dot.then for dot in second.dots] == pytest.approx([0.95 * dot.value for dot in second.dots])
    assert all(dot.then is None for dot in coverage.dots)
    (bound,) = (dot for dot in next(cost_rows(WHOLE, "en")).dots if dot.then is not None)
    assert (bound.value, bound.then) == (3.12, pytest.approx(3.12 - 0.06))  # as far down as on the same images


@pytest.mark.parametrize(
    "ends",
    [(0.31, 0.97, False), (0.002, 0.0031, False), (0.5, 400, True), (12, 21, True), (1, 1000, True)],
)
def test_ticks_are_few_and_inside(ends):
    axis = Axis(*ends)
    ticks = axis.ticks()
    assert 2 <= len(ticks) <= 8
    assert all(axis.low <= tick <= axis.high * (1 + 1e-9) for tick in ticks)
    assert [axis.place(axis.low), axis.place(axis.high)] == [LEFT, RIGHT]


def test_all_that_a_row_has_lies_on_its_axis():
    for row in [*quality_rows(WHOLE, "en"), *cost_rows(WHOLE, "en")]:
        axis = axis_of(row)
        values = [dot.value for dot in row.dots] + [value for _, value in row.marks]
        assert all(axis.low < value < axis.high for value in values)


def test_grids_are_alike_and_show_what_was_kept():
    grids = {name: make() for name, make in files(WHOLE, ASSETS).items() if name.startswith("samples-")}
    assert len(grids) == len(MODELS) + 1
    opened = {name: np.asarray(Image.open(io.BytesIO(content))) for name, content in grids.items()}
    assert {grid.shape for grid in opened.values()} == {(4 * 28, 10 * 28)}
    kept = Image.open(io.BytesIO(base64.b64decode(MODELS["fashion-gan"]["shown"])))
    np.testing.assert_array_equal(opened["samples-fashion-gan.png"], np.asarray(kept))
    assert "samples-fashion-diffusion-heun-32.png" in opened
    images, labels = read_samples(ASSETS / "data" / "fashion-samples.json")
    third = opened["samples-real.png"][2 * 28 : 3 * 28].reshape(28, 10, 28).swapaxes(0, 1)
    for label in range(10):
        np.testing.assert_array_equal(third[label], images[labels == label][2])


def test_what_cannot_be_drawn_is_told_in_a_sentence(tmp_path):
    told: list[str] = []
    assert draw_comparison(tmp_path, tmp_path, told.append) == []
    assert [bool(re.fullmatch(r"\S+comparison\.json is not there, .+`make compare`\.", one)) for one in told] == [True]
    data = tmp_path / "data" / "comparison.json"
    data.parent.mkdir()
    data.write_text(json.dumps({"protocol": PROTOCOL, "yardsticks": {}, "models": {}}))
    told.clear()
    assert draw_comparison(tmp_path, tmp_path, told.append) == []
    assert [one.split()[0] for one in told] == list(NAMES)
    (data.parent / "fashion-samples.json").write_bytes((ASSETS / "data" / "fashion-samples.json").read_bytes())
    data.write_text(json.dumps(made_by_hand("fashion-vae")))
    told.clear()
    written = {path.name for path in draw_comparison(tmp_path, tmp_path / "figures", told.append)}
    plots = {f"comparison-{language}-{theme.name}.svg" for language in ("zh", "en") for theme in THEMES}
    assert written == {*plots, "samples-real.png", "samples-fashion-vae.png"}
    assert "fashion-gan is not in the comparison and is left out of its figures" in " ".join(told)
    assert not any(one.startswith("fashion-vae") for one in told)


@pytest.mark.parametrize("shown", [None, "no base64!", base64.b64encode(b"no picture").decode()])
def test_samples_that_are_none_are_told(shown):
    with pytest.raises(UserError, match="The comparison keeps no samples"):
        sample_grid({"shown": shown})
    small = io.BytesIO()
    Image.new("L", (28, 28)).save(small, "PNG")
    with pytest.raises(UserError, match=r"samples of the comparison are \(28, 28\), not \(112, 280\)"):
        sample_grid({"shown": base64.b64encode(small.getvalue()).decode()})


def test_more_models_than_colours_are_told():
    many = made_by_hand()
    many["models"] |= {f"one more {number}": MODELS["fashion-gan"] for number in range(3)}
    with pytest.raises(UserError, match="The comparison has 9 models and the plot 6 colours"):
        comparison_plot(Comparison(many), THEMES[0], "en")
