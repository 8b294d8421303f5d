"""Foreign models: what is right becomes a model of the site, what is wrong is one sentence with the remedy."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper

from demos.errors import UserError
from demos.random import normal
from site_tools.authoring.pictures import picture_format, picture_size
from site_tools.models.add_model import Wishes, add_model
from site_tools.models.foreign import LARGEST_BYTES
from site_tools.models.graph_file import open_session
from site_tools.models.kept import kept
from site_tools.models.manifest import read_manifest, verify_model
from site_tools.models.plain import spell_out_softmax
from tests.support import foreign_models as foreign
from tests.support.foreign_models import DOUBLE, FLOAT, INT64, decoder, logistic_regression, written
from tests.support.sites import manifest

DIGITS = "".join(f"{digit}\n" for digit in range(10))
CLASSIFIER, GENERATOR = Wishes("image-classifier"), Wishes("image-generator")


def node(operator: str, source: str = "x", target: str = "y", **attributes) -> onnx.NodeProto:
    return helper.make_node(operator, [source], [target], **attributes)


def classifier(shape, kind=FLOAT, *nodes: onnx.NodeProto, **more) -> onnx.ModelProto:
    """Of images of this shape: their means over everything but the batch and the last axis, or other nodes."""
    nodes = nodes or (node("GlobalAveragePool", "x", "m"), node("Flatten", "m", "y"))
    return foreign.model(nodes, [("x", kind, shape)], [("y", kind, ["n", 3])], **more)


def conditional() -> onnx.ModelProto:
    """A generator that reads a label: row y of a table, times z."""
    table = {"table": np.eye(3, 4, dtype=np.float32)}
    nodes = [
        helper.make_node("Gather", ["table", "y"], ["row"]),
        helper.make_node("Mul", ["row", "z"], ["x"]),
    ]
    ports = [("z", FLOAT, ["n", 4]), ("y", INT64, ["n"])]
    return foreign.model(nodes, ports, [("x", FLOAT, ["n", 4])], table)


# --- What is taken -------------------------------------------------------------------------------------


def added(tmp_path: Path, made: onnx.ModelProto, wishes: Wishes, external: bool = False):
    path = written(made, tmp_path / "their-model.onnx", external)
    shown, changes = add_model(path, wishes, tmp_path / "assets")
    file = tmp_path / "assets" / "models" / "their-model.json"
    read = read_manifest(file)
    assert read == shown
    (content,) = verify_model(file, read).values()
    return read, content, changes


def test_a_table_classifier_takes_images_and_gives_its_own_probabilities(tmp_path):
    labels = tmp_path / "labels.txt"
    labels.write_text(DIGITS)
    theirs = logistic_regression(ir_version=14)
    read, content, changes = added(tmp_path, theirs, Wishes("image-classifier", labels={"any": labels}, range=(0, 16)))
    (graph,) = read.graphs.values()
    assert read.image_shape == [1, 8, 8]
    assert read.labels == {"any": list("0123456789")}
    assert (graph.inputs["X"].range, graph.outputs["probabilities"].range) == ([0, 16], [0, 1])
    assert graph.ir_version == onnx.load_from_string(content).ir_version == 13
    assert set(graph.outputs) == {"probabilities"}
    assert graph.engine == "kernels"
    assert changes == [
        "IR version 14 became 13",
        "without the output label",
        "X became an image of 1 x 8 x 8",
        "Softmax is spelt out, so that our own kernels run it",
    ]
    weights = foreign.linear(64, 10)
    images = np.random.default_rng(1).normal(size=(5, 64)).astype(np.float32)
    scores = np.exp(images @ weights["w"] + weights["b"])
    (found,) = open_session(content).run(None, {"X": images.reshape(5, 1, 8, 8)})
    np.testing.assert_allclose(found, scores / scores.sum(axis=1, keepdims=True), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("opset", "axis"), [(13, 1), (18, -1), (21, 2)])
def test_a_softmax_spelt_out_gives_the_same(opset, axis):
    x = 50 * np.random.default_rng(2).normal(size=(3, 4, 5)).astype(np.float32)  # exp(x) alone would overflow
    port = [("x", FLOAT, ["n", 4, 5])], [("y", FLOAT, ["n", 4, 5])]
    made = foreign.model([node("Softmax", axis=axis)], *port, opset=opset)
    before = open_session(made.SerializeToString()).run(None, {"x": x})
    assert spell_out_softmax(made)
    onnx.checker.check_model(made, full_check=True)
    assert "Softmax" not in {one.op_type for one in made.graph.node}
    np.testing.assert_allclose(open_session(made.SerializeToString()).run(None, {"x": x}), before, atol=1e-6)


def test_a_softmax_stays_where_another_operator_needs_the_other_engine_anyway():
    ports = [("x", FLOAT, ["n", 4])], [("y", FLOAT, ["n", 4])]
    assert not spell_out_softmax(foreign.model([node("Erf", "x", "e"), node("Softmax", "e")], *ports))


def test_a_decoder_with_its_weights_beside_it_becomes_one_file_of_images(tmp_path):
    read, content, _ = added(tmp_path, decoder(), GENERATOR, external=True)
    assert (read.facts.latent_size, read.facts.classes, read.image_shape) == (8, 0, [1, 8, 8])
    assert not any(tensor.external_data for tensor in onnx.load_from_string(content).graph.initializer)
    weights, z = foreign.linear(8, 64), np.ones((2, 8), np.float32)
    (found,) = open_session(content).run(None, {"z": z})
    expected = 1 / (1 + np.exp(-(z @ weights["w"] + weights["b"])))
    np.testing.assert_allclose(found.reshape(2, 64), expected, rtol=1e-5, atol=1e-6)
    poster = tmp_path / "assets" / read.poster
    assert (picture_format(poster), picture_size(poster)) == ("png", (4 * 96, 2 * 96))


def test_a_generator_with_labels_says_how_many(tmp_path):
    labels = tmp_path / "labels.txt"
    labels.write_text("a\nb\nc\n")
    read, _, _ = added(tmp_path, conditional(), Wishes("image-generator", labels={"any": labels}))
    (graph,) = read.graphs.values()
    assert (read.facts.latent_size, read.facts.classes, graph.inputs["y"].range) == (4, 3, [0, 2])


@pytest.mark.parametrize(
    ("made", "wishes", "engine", "role"),
    [
        (foreign.field(), Wishes("field-2d"), "kernels", "scalar"),
        (foreign.wave(), Wishes("signal-1d", roles={"z": "latent"}), "onnxruntime", "signal"),
    ],
)
def test_fields_and_signals(tmp_path, made, wishes, engine, role):
    read, _, _ = added(tmp_path, made, wishes)
    (graph,) = read.graphs.values()
    assert (graph.engine, len(read.tensors(role))) == (engine, 1)
    assert picture_format(tmp_path / "assets" / read.poster)


def test_golden_numbers_are_those_of_the_model_at_noise_that_every_language_makes(tmp_path):
    read, _, _ = added(tmp_path, foreign.field(), Wishes("field-2d"))
    golden = json.loads((tmp_path / "assets" / "models" / read.golden).read_text())
    call = golden["calls"][1]
    points = normal(call["seed"], call["stream"], call["count"], 2).astype(np.float32)
    expected = (points[:, :1] ** 2 - points[:, 1:] ** 2).astype(np.float32)
    np.testing.assert_allclose(call["h"], kept(expected), atol=1e-6)
    assert golden["pixel_stride"] == 1
    assert {one["count"] for one in golden["calls"]} == {16, 8, 1}


def test_a_newer_opset_is_lowered_with_the_same_outputs(tmp_path):
    newest = onnx.defs.onnx_opset_version()
    read, content, changes = added(tmp_path, decoder_of_opset(newest), GENERATOR)
    (graph,) = read.graphs.values()
    assert graph.opset == 23
    assert changes[0] == f"opset {newest} became 23, with the same outputs"
    assert graph.engine == "kernels"


def decoder_of_opset(opset: int) -> onnx.ModelProto:
    made = decoder()
    made.opset_import[0].version = opset
    return made


def test_weights_that_are_inputs_too_are_no_inputs(tmp_path):
    made = decoder()
    made.ir_version = 3
    for name, shape in (("w", [8, 64]), ("b", [64])):
        made.graph.input.append(helper.make_tensor_value_info(name, FLOAT, shape))
    read, _, changes = added(tmp_path, made, GENERATOR)
    assert [list(graph.inputs) for graph in read.graphs.values()] == [["z"]]
    assert changes[:2] == ["its weights are no longer inputs", "IR version 3 became 4"]


def test_no_torch_is_needed(tmp_path):
    path = written(logistic_regression(), tmp_path / "digits.onnx")
    code = (
        "import sys; sys.modules['torch'] = None; sys.modules['PIL'] = None\n"
        "from pathlib import Path\nfrom site_tools.models.add_model import Wishes, add_model\n"
        f"add_model(Path({str(path)!r}), Wishes('image-classifier'), Path({str(tmp_path / 'assets')!r}))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert (tmp_path / "assets" / "models" / "digits.json").is_file()


# --- What is refused -----------------------------------------------------------------------------------


def scaled_by_batch() -> onnx.ModelProto:
    """Subtracts the mean of the batch, as a normalisation in training mode does."""
    mean = helper.make_node("ReduceMean", ["z"], ["mean"], axes=[0], keepdims=1)
    nodes = [mean, helper.make_node("Sub", ["z", "mean"], ["x"])]
    return foreign.model(nodes, [("z", FLOAT, ["n", 4])], [("x", FLOAT, ["n", 4])], opset=13)


def noisy() -> onnx.ModelProto:
    nodes = [
        helper.make_node("RandomNormalLike", ["z"], ["noise"]),
        helper.make_node("Add", ["z", "noise"], ["x"]),
    ]
    return foreign.model(nodes, [("z", FLOAT, ["n", 4])], [("x", FLOAT, ["n", 4])])


def one_only() -> onnx.ModelProto:
    sizes = {"sizes": np.array([1, 1, 2, 2], np.int64)}
    nodes = [helper.make_node("Reshape", ["z", "sizes"], ["x"])]
    return foreign.model(nodes, [("z", FLOAT, [1, 4])], [("x", FLOAT, [1, 1, 2, 2])], sizes)


def two_scores() -> onnx.ModelProto:
    made = logistic_regression()
    made.graph.output.append(helper.make_tensor_value_info("scores", FLOAT, ["N", 10]))
    return made


def own_operator() -> onnx.ModelProto:
    made = foreign.model(
        [helper.make_node("Swirl", ["z"], ["x"], domain="lab")], [("z", FLOAT, ["n", 4])], [("x", FLOAT, ["n", 4])]
    )
    made.opset_import.append(helper.make_opsetid("lab", 1))
    return made


WRONG_MODELS = [
    pytest.param(
        classifier(["n", 8, 8, 8]), CLASSIFIER, "images of 8 channels: pages draw 1 (gray) or 3", id="channels"
    ),
    pytest.param(
        classifier(["n", 8, 8, 3]), CLASSIFIER, "with the channels last: transpose inside the model", id="channels last"
    ),
    pytest.param(
        classifier(["n", 1, 8, 8], DOUBLE), CLASSIFIER, "x is float64: export the model in float32", id="float64"
    ),
    pytest.param(
        classifier(["n", 1, "h", "w"]),
        CLASSIFIER,
        "size 3 of the input x is open: export it with fixed sizes",
        id="open size",
    ),
    pytest.param(classifier(None), CLASSIFIER, "the input x has no shape", id="no shape"),
    pytest.param(
        classifier(["n", 7]),
        CLASSIFIER,
        "x is flat, 7 numbers and no square: say how they lie, --image",
        id="no square",
    ),
    pytest.param(
        logistic_regression(),
        Wishes("image-classifier", image=[3, 4, 4]),
        "--image 3x4x4 is 48 numbers, and X has 64",
        id="other image",
    ),
    pytest.param(
        two_scores(),
        CLASSIFIER,
        "outputs probabilities and scores may both be logits: say which, --role probabilities=logits",
        id="two outputs",
    ),
    pytest.param(
        logistic_regression(),
        GENERATOR,
        "probabilities is flat, 10 numbers and no square",
        id="classifier as generator",
    ),
    pytest.param(logistic_regression(), Wishes("field-2d"), "takes point, float32 [B, 2]", id="classifier as field"),
    pytest.param(
        foreign.wave(),
        Wishes("signal-1d"),
        "z may be latent or signal: say which, such as --role z=latent",
        id="latent or signal",
    ),
    pytest.param(conditional(), GENERATOR, "takes labels (y): name their classes, --labels FILE", id="labels missing"),
    pytest.param(
        one_only(), GENERATOR, "takes one sample at a time only: export it with an open batch", id="batch of one"
    ),
    pytest.param(
        scaled_by_batch(), GENERATOR, "mixes the samples of a batch: export it in evaluation mode", id="batch mean"
    ),
    pytest.param(noisy(), GENERATOR, "gives other numbers each time: export it in evaluation mode", id="noise inside"),
    pytest.param(
        decoder(last="Log"), GENERATOR, "image is not finite: look for a division or logarithm of 0", id="not finite"
    ),
    pytest.param(own_operator(), GENERATOR, "does not run (", id="own operator"),
    pytest.param(decoder(last="Sigmod"), GENERATOR, "does not run (", id="no such operator"),
    pytest.param(
        logistic_regression(),
        Wishes("image-classifer"),
        '--kind: there is no "image-classifer"; did you mean "image-classifier"?',
        id="kind",
    ),
    pytest.param(
        logistic_regression(), Wishes("image-denoiser"), '--kind: there is no "image-denoiser"', id="denoiser"
    ),
    pytest.param(
        logistic_regression(),
        Wishes("image-classifier", range=(1, 0)),
        "--range 1 0: give the number for black and a larger",
        id="range",
    ),
    pytest.param(
        logistic_regression(),
        Wishes("image-classifier", name="My Model"),
        '"My Model" cannot name a model: give --name',
        id="name",
    ),
    pytest.param(
        logistic_regression(),
        Wishes("image-classifier", name="garments"),
        "is a model that `export` makes: give yours another --name",
        id="taken",
    ),
    pytest.param(
        logistic_regression(),
        Wishes("image-classifier", roles={"Y": "image"}),
        '--role Y=image: the model has no "Y"',
        id="role of nothing",
    ),
    pytest.param(
        logistic_regression(),
        Wishes("image-classifier", roles={"X": "imge"}),
        'there is no role "imge"; did you mean "image"?',
        id="no such role",
    ),
    pytest.param(
        logistic_regression(),
        Wishes("image-classifier", roles={"X": "latent"}),
        "one of the kind image-classifier has no such input; image, float32",
        id="role of another kind",
    ),
]


def refused(path: Path, wishes: Wishes, folder: Path, words: str) -> None:
    before = sorted(folder.rglob("*"))
    with pytest.raises(UserError) as caught:
        add_model(path, wishes, folder)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(("made", "wishes", "words"), WRONG_MODELS)
def test_a_wrong_model_is_one_sentence_and_nothing_is_written(tmp_path, made, wishes, words):
    models = tmp_path / "assets" / "models"
    models.mkdir(parents=True)
    (models / "garments.json").write_text(json.dumps(manifest("garments", b"weights").to_json()))
    refused(written(made, tmp_path / "m.onnx"), wishes, tmp_path / "assets", words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "does not exist: name the .onnx file"),
        (b"", "is no ONNX model: export one first"),
        (b"\x80\x04\x95 a pickle of scikit-learn", "is no ONNX model: export one first"),
        (b"\0" * (LARGEST_BYTES + 1), "a reader's telephone loads it; make the network smaller"),
    ],
)
def test_a_file_that_is_no_model(tmp_path, content, words):
    path = tmp_path / "m.onnx"
    if content is not None:
        path.write_bytes(content)
    refused(path, CLASSIFIER, tmp_path / "assets", words)


@pytest.mark.parametrize("damage", ["missing", "short"])
def test_weights_that_lie_elsewhere(tmp_path, damage):
    path = written(decoder(), tmp_path / "m.onnx", external=True)
    weights = tmp_path / "m.onnx.data"
    weights.unlink() if damage == "missing" else weights.write_bytes(weights.read_bytes()[:100])
    words = {"missing": "m.onnx.data, which is not beside it: copy both here", "short": "its weights cannot be read ("}
    refused(path, GENERATOR, tmp_path / "assets", words[damage])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cat\ndog\n", "names 2 classes and"),
        ("cat\n\ndog\n", "labels.txt:2: the line is empty; write one class name a line."),
        ("cat\ndog\ncat\n", 'labels.txt:3: "cat" stands twice'),
        (None, "labels.txt cannot be read"),
    ],
)
def test_wrong_labels(tmp_path, text, words):
    labels = tmp_path / "labels.txt"
    if text is not None:
        labels.write_text(text)
    path = written(logistic_regression(), tmp_path / "m.onnx")
    refused(path, Wishes("image-classifier", labels={"any": labels}), tmp_path / "assets", words)


def test_languages_name_the_same_classes(tmp_path):
    for language, count in (("zh", 10), ("en", 9)):
        (tmp_path / language).write_text("".join(f"{language} {number}\n" for number in range(count)))
    path = written(logistic_regression(), tmp_path / "m.onnx")
    wishes = Wishes("image-classifier", labels={"zh": tmp_path / "zh", "en": tmp_path / "en"})
    refused(path, wishes, tmp_path / "assets", "/zh 10 and ")


def test_an_opset_that_cannot_be_lowered_names_the_export_command(tmp_path, monkeypatch):
    def never(model, version):
        raise RuntimeError("no adapter for it")

    path = written(decoder_of_opset(onnx.defs.onnx_opset_version()), tmp_path / "m.onnx")
    monkeypatch.setattr("onnx.version_converter.convert_version", never)
    refused(path, GENERATOR, tmp_path / "assets", "it cannot be lowered (no adapter for it): export it with opset 23")

    def other(model, version):
        converted = decoder(last="Tanh")
        converted.opset_import[0].version = version
        return converted

    monkeypatch.setattr("onnx.version_converter.convert_version", other)
    refused(path, GENERATOR, tmp_path / "assets", "its outputs differ by")
