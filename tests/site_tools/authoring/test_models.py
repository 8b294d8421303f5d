"""A block names a model: each way in which that can be wrong is one sentence at its line, with what to do."""

from dataclasses import replace
from pathlib import Path

import pytest

from site_tools.authoring.blocks.reading import read_blocks
from site_tools.authoring.page import Page
from site_tools.bundle import Accepts, Element
from site_tools.models.facts import CLASSIFY, IMAGE, LABEL, LOGITS, NoFacts, Tensor
from site_tools.models.manifest import AS_GIVEN, Graph, Manifest
from tests.support.sites import manifest

DENOISER = manifest("garments", b"weights")
ELEMENTS = {
    "draw-garment": Element({}, accepts=Accepts("image-denoiser", {IMAGE: (1, 28, 28)}, labels=10)),
    "image-classifier": Element({}, accepts=Accepts("image-classifier", {IMAGE: (1, None, None)})),
    "field": Element({}, accepts=Accepts("field-2d", {})),
}


def classifier(name: str, *sizes: int) -> Manifest:
    """Of images of these sizes, in ten classes."""
    inputs = {"pixels": Tensor(["B", *sizes], "float32", IMAGE, [0, 1])}
    outputs = {"scores": Tensor(["B", 10], "float32", LOGITS, None)}
    graph = Graph(f"{name}.onnx", "", 7, 18, 10, "kernels", AS_GIVEN, inputs, outputs)
    return replace(
        DENOISER, name=name, kind="image-classifier", graphs={CLASSIFY: graph}, facts=NoFacts(), training=None
    )


def with_inputs(**changed: Tensor) -> Manifest:
    """The denoiser with other inputs."""
    (role, graph), *_ = DENOISER.graphs.items()
    return replace(DENOISER, graphs={role: replace(graph, inputs={**graph.inputs, **changed})})


def problems(assets: Path, tag: str, model: str, models: list[Manifest]) -> list[str]:
    """What is said of a block with this element and model, in the fourth line of a page."""
    text = f"# Page\n\n```demo\nmodel: {model}\nuse: {tag}\ncaption: x\n```\n"
    page = Page(assets=assets, elements=ELEMENTS, models={one.name: one for one in models})
    found = read_blocks(text, page).problems
    assert all(one.line == 4 for one in found)
    return [one.message for one in found]


DIGITS, COLOURS = classifier("digits", 1, 8, 8), classifier("colours", 3, 32, 32)
GARMENTS_32 = with_inputs(x=Tensor(["B", 1, 32, 32], "float32", IMAGE, None))
SIX = with_inputs(y=Tensor(["B"], "int64", LABEL, [0, 6]))


@pytest.mark.parametrize(
    ("tag", "model", "models"),
    [("draw-garment", "garments", [DENOISER, DIGITS]), ("image-classifier", "digits", [DIGITS, DENOISER])],
)
def test_a_model_that_fits_is_taken(tmp_path, tag, model, models):
    assert problems(tmp_path, tag, model, models) == []


@pytest.mark.parametrize(
    ("tag", "model", "models", "words"),
    [
        ("draw-garment", "digits", [DIGITS, DENOISER],
         'draw-garment cannot run "digits": it is of the kind image-classifier, not image-denoiser; '
         "models that it takes: garments."),
        ("image-classifier", "garments", [DENOISER], "not image-classifier; no model here is such."),
        ("image-classifier", "colours", [COLOURS],
         "its image is [B, 3, 32, 32], not [B, 1, any, any]; no model here is such."),
        ("draw-garment", "garments", [GARMENTS_32], "its image is [B, 1, 32, 32], not [B, 1, 28, 28]"),
        ("draw-garment", "garments", [SIX], "its labels end at 6, not at 10"),
        ("draw-garment", "garmets", [DENOISER], 'unknown model "garmets"; did you mean "garments"?'),
        ("draw-garment", "garments.onnx", [DENOISER], "write the name alone, garments."),
        ("draw-garment", "faces", [DENOISER, DIGITS], 'unknown model "faces"; known are digits, garments.'),
    ],
)  # fmt: skip
def test_a_model_that_does_not_fit_is_refused(tmp_path, tag, model, models, words):
    (told,) = problems(tmp_path, tag, model, models)
    assert words in told
    assert "\n" not in told


def test_no_model_at_all_has_three_causes_and_three_remedies(tmp_path):
    assets = tmp_path / "assets"
    (nowhere,) = problems(assets, "field", "waves", [])
    assets.mkdir()
    (empty,) = problems(assets, "field", "waves", [])
    (assets / "models").mkdir()
    (assets / "models" / "waves.onnx").write_bytes(b"weights")
    (bare,) = problems(assets, "field", "waves", [])
    assert nowhere.endswith("name the one with your models as `assets` of live-models.")
    assert empty.endswith("/models holds no model: `python -m site_tools add-model FILE.onnx --kind ...` adds one.")
    assert bare.endswith("models/waves.onnx --kind ...` writes it.")
    assert "has no manifest" in bare
