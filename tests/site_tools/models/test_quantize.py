"""Weights in eight bits: the rounding is near the best there is, and every runtime means the same by it."""

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, numpy_helper

from demos.errors import UserError
from demos.measuring.evaluate import Settings
from demos.training.release import load_released
from site_tools.models import export as export_module
from site_tools.models.export import export, graph_bytes, with_weights
from site_tools.models.gate import gate, rows, table
from site_tools.models.graph_file import describe
from site_tools.models.kinds import exportable
from site_tools.models.manifest import read_manifest, storage_of, verify_model
from site_tools.models.onnx_file import OnnxNetwork, storage_in, to_onnx
from site_tools.models.quantize import expand, quantize, rounded_weights
from site_tools.models.sensitivity import costs, sensitive
from tests.support.kernels import Graph, Server, bundle

DENOISER = "fashion-diffusion"
RANDOM = np.random.default_rng(0)


@pytest.fixture(scope="module")
def denoiser():
    return exportable(DENOISER, load_released(DENOISER))


@pytest.fixture(scope="module")
def content(denoiser) -> bytes:
    return graph_bytes(denoiser, "int8")


def squared_error(weight: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Of every row of [M, N] with its scale, each weight at the nearest of the 255 levels."""
    codes = np.clip(np.rint(weight / scale[:, None]), -127, 127)
    return ((codes * scale[:, None] - weight) ** 2).sum(1)


@pytest.mark.parametrize(
    "draw", [RANDOM.standard_normal, RANDOM.standard_cauchy, RANDOM.random], ids=lambda f: f.__name__
)
def test_the_scale_is_nearly_the_best_of_very_many(draw):
    weight = draw((8, 600)).astype(np.float32)
    codes, scale = quantize(weight)
    assert (codes.dtype, scale.dtype, codes.min() >= -127) == (np.int8, np.float32, True)
    ours = ((expand(codes, scale) - weight) ** 2).sum(1)
    largest = np.abs(weight).max(1) / 127
    naive = squared_error(weight, largest)
    assert (ours <= naive * (1 + 1e-5)).all()
    best = np.min([squared_error(weight, largest * share) for share in np.linspace(0.8, 1, 401)], axis=0)
    assert ours.sum() <= 1.03 * best.sum()


def test_what_is_on_the_levels_already_stays_and_an_empty_channel_is_zero():
    codes = RANDOM.integers(-127, 128, (4, 3, 3)).astype(np.int8)
    codes[:, 0, 0] = 127
    codes[2] = 0
    scale = np.array([0.5, 2, 1, 1e-3], np.float32)
    found, scales = quantize(expand(codes, scale))
    np.testing.assert_array_equal(found, codes)
    np.testing.assert_allclose(scales, scale, rtol=1e-6)


def test_only_weights_of_output_channels_are_rounded_and_each_by_at_most_its_step(denoiser, content):
    model = onnx.load_from_string(content)
    weights = {name: value.detach().numpy() for name, value in denoiser.network.named_parameters()}
    rounded = rounded_weights(model)
    large = {name for name, values in weights.items() if values.ndim > 1 and values.size >= 4096}
    exact = large - rounded.keys()
    assert rounded.keys() < large
    assert {name.split(".")[0] for name in exact} == {"encode", "decode"}  # at full resolution
    assert sum(weights[name].size for name in exact) < 0.2 * denoiser.parameters
    assert "embedding.label.weight" not in large  # nor conv_in, nor conv_out
    stored = {tensor.name: tensor for tensor in model.graph.initializer}
    for name, values in rounded.items():
        scale = numpy_helper.to_array(stored[f"{name}.scale"])
        inside = np.abs(weights[name]) <= 127 * scale.reshape(-1, *(1 for _ in values.shape[1:]))
        error = np.abs(values - weights[name]).max(axis=tuple(range(1, values.ndim)), where=inside, initial=0)
        assert (error <= 0.75 * scale).all(), name  # half a step, and what the refitted scale moves it
    kinds = {tensor.data_type for tensor in model.graph.initializer if len(tensor.raw_data) > 4096}
    assert kinds == {TensorProto.INT8, TensorProto.FLOAT16}


def test_far_fewer_bytes_than_in_sixteen_bits_and_our_kernels_take_it(denoiser, content):
    graph = describe(content, "x.onnx", storage_in(content), denoiser.meanings)
    assert (graph.weights, graph.engine) == ("int8", "kernels")
    assert len(content) < 0.62 * 2 * denoiser.parameters


def test_pytorch_with_the_stored_weights_native_runtime_and_our_kernels_agree(denoiser, content, tmp_path):
    x, log_snr, y = torch.randn(5, 1, 28, 28), torch.linspace(-9, 9, 5), torch.arange(5)
    with torch.no_grad():
        expected = with_weights(denoiser.network, rounded_weights(onnx.load_from_string(content)))(x, log_snr, y)
        exact = denoiser.network(x, log_snr, y)
    native = OnnxNetwork(content)(x, log_snr, y)
    torch.testing.assert_close(native, expected, atol=1e-4, rtol=0)
    assert 1e-3 < (expected - exact).abs().max() < 0.1  # it is another network, though not by much
    with Server(bundle(tmp_path)) as server:
        feeds = {"x": x.numpy(), "log_snr": log_snr.numpy(), "y": y.numpy()}
        ours = Graph(server, content)(feeds, ["velocity"])["velocity"]
    np.testing.assert_allclose(ours, native.numpy(), atol=1e-4, rtol=0)


class Scaled(torch.nn.Module):
    """Two matrices, of which the second counts three times as much in the output."""

    def __init__(self):
        super().__init__()
        self.first, self.second = (torch.nn.Linear(64, 64, bias=False) for _ in range(2))

    def forward(self, x):
        return self.first(x) + 3 * self.second(x)


def test_what_rounding_costs_is_what_it_does_to_the_output():
    net, x = Scaled(), torch.randn(4096, 64)
    found = costs(net, (x,))
    for name, gain in ("first.weight", 1), ("second.weight", 3):
        weight = net.get_parameter(name).detach().numpy()
        error = expand(*quantize(weight)) - weight
        assert found[name] == pytest.approx(gain**2 * (error**2).sum(1).mean(), rel=0.1)  # x is white


def test_weights_stay_exact_by_what_they_cost_per_number_until_little_is_left():
    cost, sizes = {"a": 60.0, "b": 30.0, "c": 8.0, "d": 2.0}, {"a": 600, "b": 100, "c": 10, "d": 10}
    assert sensitive(cost, sizes, left=1) == set()
    assert sensitive(cost, sizes, left=0.92) == {"c"}
    assert sensitive(cost, sizes, left=0.7) == {"c", "b"}
    assert sensitive(cost, sizes, left=0.1) == {"c", "b", "d", "a"}
    assert sensitive({}, {}) == set()


class Inverse(torch.nn.Module):
    """Multiplies by the inverse of its matrix, which an exporter may work out beforehand."""

    def __init__(self):
        super().__init__()
        self.matrix = torch.nn.Parameter(torch.eye(64) + 0.1 * torch.randn(64, 64))

    def forward(self, x):
        return torch.nn.functional.linear(x, self.matrix @ self.matrix)


def test_what_the_exporter_works_out_from_weights_is_not_rounded():
    model = to_onnx(Inverse(), {"x": torch.randn(2, 64)}, "y", "int8")
    assert not rounded_weights(model)


def test_an_export_says_how_its_weights_are_stored(tmp_path, monkeypatch, content):
    monkeypatch.setattr(export_module, "graph_bytes", lambda model, weights: {"int8": content}[weights])
    manifest = export(DENOISER, tmp_path, "int8")
    path = tmp_path / f"{DENOISER}.json"
    assert read_manifest(path) == manifest
    assert {graph.weights for graph in manifest.graphs.values()} == {"int8"}
    assert verify_model(path, manifest)["denoise"] == content
    assert storage_of(DENOISER, tmp_path) == "int8"  # which a later export keeps
    assert storage_of(DENOISER, tmp_path / "nowhere") == "fp16"
    path.write_text("{}")
    assert storage_of(DENOISER, tmp_path) == "fp16"


# --- The gate ------------------------------------------------------------------------------------------

EQUAL = {"fd_cnn": 2.0, "fd_ae": 0.5, "coverage": 0.9, "recall": 0.8, "label_agreement": 0.95, "zeros": 1.0}


@pytest.mark.parametrize(
    ("changed", "failing"),
    [
        ({}, []),
        ({"fd_cnn": 2.059, "fd_ae": 0.486, "coverage": 0.9049, "zeros": 0}, []),
        ({"fd_cnn": 2.061}, ["fd_cnn"]),
        ({"fd_ae": 0.484, "recall": 0.7949}, ["fd_ae", "recall"]),
        ({"label_agreement": float("nan")}, ["label_agreement"]),
    ],
)
def test_the_gate_lets_pass_what_is_as_good(changed, failing):
    judged = rows(EQUAL, EQUAL | changed)
    assert [row.name for row in judged if not row.passed] == failing
    assert table(judged).count("too far apart") == len(failing)


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        (DENOISER, {"num_samples": 10}, "10 images cannot be compared: say 200 to 10000"),
        (DENOISER, {"sampler": "dmid"}, 'no sampler .dmid.; did you mean "ddim"'),
        ("ring-diffusion", {}, "ring-diffusion is of the kind point-denoiser: the gate compares models of images only"),
    ],
)
def test_the_gate_refuses_what_it_cannot_compare(name, settings, message):
    with pytest.raises(UserError, match=message):
        gate(name, Settings(**settings), progress=lambda images: None)
