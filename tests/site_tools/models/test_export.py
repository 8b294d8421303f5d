"""The exported model: what is committed is what the weights say, and every refusal is one sentence."""

import json
from pathlib import Path

import onnx
import pytest
import torch
from onnx import TensorProto, helper

from demos.data import CLASS_NAMES
from demos.diffusion.networks import UNCONDITIONAL, Denoiser
from demos.errors import UserError
from demos.training.release import load_released
from site_tools.models import export as export_module
from site_tools.models.export import TOLERANCE, compare_golden, export
from site_tools.models.golden import golden_vectors
from site_tools.models.graph_file import describe, told
from site_tools.models.kinds import exportable
from site_tools.models.labels import FASHION_LABELS
from site_tools.models.manifest import read_manifest, read_manifests, verify_model
from site_tools.models.onnx_file import OnnxNetwork, check, storage_in, to_onnx

MEANINGS = {
    "x": ("image", None), "log_snr": ("log_snr", None), "y": ("label", None), "velocity": ("vector", None)
}  # fmt: skip
MODELS = Path("docs/assets/models")
NAMES = sorted(name for name, model in read_manifests(MODELS).items() if model.training)


@pytest.fixture(scope="module")
def small_net() -> Denoiser:
    torch.manual_seed(0)
    net = Denoiser(channels=(8, 8), embedding_dim=8).eval()
    for parameter in net.parameters():  # the zero-initialised layers would hide mistakes
        torch.nn.init.normal_(parameter, std=0.1)
    return net.half().float()


@pytest.fixture(scope="module")
def small_onnx(small_net) -> bytes:
    example = {"x": torch.randn(2, 1, 28, 28), "log_snr": torch.randn(2), "y": torch.tensor([1, 10])}
    return to_onnx(small_net, example, "velocity").SerializeToString()


@pytest.mark.parametrize("batch", [1, 3, 16])
def test_onnx_equals_torch_for_any_batch(small_net, small_onnx, batch):
    x, log_snr, y = torch.randn(batch, 1, 28, 28), torch.linspace(-20, 20, batch), torch.arange(batch) % 11
    with torch.no_grad():
        expected = small_net(x, log_snr, y)
    torch.testing.assert_close(OnnxNetwork(small_onnx)(x, log_snr, y), expected, atol=1e-5, rtol=1e-5)


def test_file_is_stripped_and_stored_as_fp16(small_net, small_onnx):
    model = onnx.load_from_string(small_onnx)
    assert not model.graph.value_info
    assert not model.metadata_props
    assert str(Path.cwd()) not in small_onnx.decode("latin1")
    large = [tensor for tensor in model.graph.initializer if len(tensor.raw_data) > 256]
    assert {tensor.data_type for tensor in large} == {TensorProto.FLOAT16}


class Squared(torch.nn.Module):
    """Multiplies by the square of its matrix, which an exporter may well work out beforehand."""

    def __init__(self):
        super().__init__()
        self.matrix = torch.nn.Parameter(torch.randn(16, 16, generator=torch.Generator().manual_seed(0)).half().float())

    def forward(self, x):
        return torch.nn.functional.linear(x, self.matrix @ self.matrix, self.matrix[0])


def test_what_the_exporter_works_out_from_weights_is_not_rounded():
    net, x = Squared(), torch.randn(3, 16, generator=torch.Generator().manual_seed(1))
    content = to_onnx(net, {"x": torch.randn(2, 16)}, "y").SerializeToString()
    torch.testing.assert_close(OnnxNetwork(content)(x), net(x).detach(), atol=2e-5, rtol=1e-6)


def _model(*nodes, opset=18) -> onnx.ModelProto:
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["B"]) for name in ("x", "y")]
    graph = helper.make_graph(list(nodes), "net", value[:1], value[1:])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])


def test_check_refuses_other_opsets_and_operators():
    with pytest.raises(ValueError, match="expected opset 18"):
        check(_model(helper.make_node("Tanh", ["x"], ["y"]), opset=21))
    with pytest.raises(ValueError, match="never tried in the browser: Erf"):
        check(_model(helper.make_node("Erf", ["x"], ["y"])))


def test_an_export_tells_what_runs_the_file_and_why(small_onnx):
    line = told(describe(small_onnx, "m.onnx", storage_in(small_onnx), MEANINGS), small_onnx, 70)
    assert line == f"m.onnx: {len(small_onnx)} bytes in fp16, 70 as sent; run by our own kernels."
    other = _model(helper.make_node("Erf", ["x"], ["y"])).SerializeToString()
    assert told(describe(other, "m.onnx", "fp16", {"x": ("image", None), "y": ("vector", None)}), other, 7).endswith(
        "run by ONNX Runtime Web, because the operator Erf is not known."
    )


class Released:
    def __init__(self, net):
        self.net = net
        self.facts = {
            "kind": "denoiser", "preset": {"name": "small", "data": "fashion", "training": {"batch_size": 8}},
            "step": 1, "elapsed_s": 7200.0, "build": {}
        }  # fmt: skip


@pytest.fixture
def small_release(monkeypatch, tmp_path, small_net):
    monkeypatch.setattr(export_module, "load_released", lambda name: Released(small_net))
    monkeypatch.setattr(export_module, "WEIGHTS", tmp_path)


def test_export_writes_a_manifest_that_matches_its_model(small_release, tmp_path, small_net):
    folder = tmp_path / "models"
    export("small", folder)
    manifest = read_manifest(folder / "small.json")
    content = verify_model(folder / "small.json", manifest)["denoise"]
    assert manifest.bytes == len(content)
    graph = manifest.graphs["denoise"]
    assert (graph.opset, graph.ir_version) == (18, onnx.load_from_string(content).ir_version)
    assert {name: (one.shape, one.dtype) for name, one in graph.inputs.items()} == {
        "x": (["B", 1, 28, 28], "float32"),
        "log_snr": (["B"], "float32"),
        "y": (["B"], "int64"),
    }
    assert {name: one.shape for name, one in graph.outputs.items()} == {"velocity": ["B", 1, 28, 28]}
    assert manifest.parameters == sum(p.numel() for p in small_net.parameters())
    golden = json.loads((folder / manifest.golden).read_text())
    assert compare_golden(golden, golden_vectors(OnnxNetwork(content))) < TOLERANCE


def test_export_refuses_a_model_that_differs_and_writes_nothing(small_release, tmp_path, monkeypatch):
    class Wrong(OnnxNetwork):
        def __call__(self, x, log_snr, y):
            return super().__call__(x, log_snr, y) + 1e-3

    monkeypatch.setattr(export_module, "OnnxNetwork", Wrong)
    with pytest.raises(UserError, match="differs from PyTorch by .* nothing was written"):
        export("small", tmp_path / "models")
    assert not (tmp_path / "models").exists()


def test_export_refuses_an_unwritable_folder(small_release, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(UserError, match="could not be written"):
        export("small", blocked / "models")


def test_tampered_model_is_noticed(small_release, tmp_path):
    export("small", tmp_path)
    model = tmp_path / "small.onnx"
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)
    with pytest.raises(UserError, match="does not match the SHA-256"):
        verify_model(tmp_path / "small.json", read_manifest(tmp_path / "small.json"))


def test_labels_follow_the_data_set():
    assert [label.split("/")[0] for label in CLASS_NAMES] == FASHION_LABELS["en"]
    assert {len(names) for names in FASHION_LABELS.values()} == {len(CLASS_NAMES)} == {UNCONDITIONAL}


@pytest.mark.parametrize("name", NAMES)
def test_committed_model_gives_its_golden_outputs(name):
    path = MODELS / f"{name}.json"
    manifest = read_manifest(path)
    (content,) = verify_model(path, manifest).values()
    golden = json.loads((MODELS / manifest.golden).read_text())
    fresh = exportable(name, load_released(name)).golden(OnnxNetwork(content))
    assert compare_golden(golden, fresh) < TOLERANCE
    assert golden.keys() == fresh.keys()
    assert golden.get("schedules") == fresh.get("schedules")


@pytest.mark.parametrize("name", NAMES)
def test_committed_model_is_what_the_weights_export_to(name, tmp_path):
    committed = read_manifest(MODELS / f"{name}.json")
    (graph,) = committed.graphs.values()
    assert export(name, tmp_path, graph.weights) == committed, "the weights changed: run `make export`"
    assert committed.metrics.get("model", graph.sha256) == graph.sha256, (
        "measured on another file: run `site_tools measure`"
    )


@pytest.mark.parametrize("name", NAMES)
def test_model_is_at_most_two_megabytes(name):
    assert (MODELS / f"{name}.onnx").stat().st_size <= 2_000_000
