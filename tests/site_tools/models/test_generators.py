"""Models that make a sample in one call, as files: the same numbers as in torch, and nothing else travels."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import onnx
import pytest
import torch
from torch import nn

from demos import gan
from demos.errors import UserError
from demos.random import normal, normal_tensor
from demos.training import families
from demos.training.release import load_released
from site_tools.models import export as export_module
from site_tools.models.export import TOLERANCE, compare_golden, export
from site_tools.models.facts import GENERATE
from site_tools.models.kinds import exportable
from site_tools.models.manifest import read_manifest, verify_model
from site_tools.models.onnx_file import OnnxNetwork

RING = {"ring-gan": (2, 33_666), "ring-vae": (4, 199_172), "ring-flow": (2, 402_456)}


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    for name in RING:
        export(name, folder)
    return folder


def opened(folder: Path, name: str):
    manifest = read_manifest(folder / f"{name}.json")
    (content,) = verify_model(folder / f"{name}.json", manifest).values()
    return manifest, content


@pytest.mark.parametrize("name", RING)
def test_a_generator_of_points_takes_noise_and_says_how_much(exported, name):
    manifest, content = opened(exported, name)
    graph, (latent_size, parameters) = manifest.graphs[GENERATE], RING[name]
    assert (manifest.kind, manifest.facts.latent_size, manifest.facts.classes) == ("point-generator", latent_size, 0)
    assert {key: (one.shape, one.dtype) for key, one in graph.inputs.items()} == {"z": (["B", latent_size], "float32")}
    assert {key: one.shape for key, one in graph.outputs.items()} == {"x": ["B", 2]}
    assert (manifest.labels, manifest.training.preset["data"], graph.opset) == ({}, "ring", 18)
    assert manifest.parameters == parameters
    held = sum(onnx.numpy_helper.to_array(one).size for one in onnx.load_from_string(content).graph.initializer)
    assert parameters <= held < parameters + 200  # no discriminator, no encoder


@pytest.mark.parametrize("name", RING)
@pytest.mark.parametrize("count", [1, 5, 33])
def test_the_file_makes_the_family_s_samples(exported, name, count):
    released = load_released(name)
    family = families.FAMILIES[released.facts["kind"]]
    with torch.no_grad():
        expected = family.sample(released.parts, released.config, torch.zeros(count, dtype=torch.long), 7, 3)
    streams = (2, 2) if name == "ring-vae" else (2,)  # code and noise are drawn apart
    z = torch.cat([normal_tensor(7, stream, (count, size), 3) for stream, size in enumerate(streams)], dim=1)
    torch.testing.assert_close(OnnxNetwork(opened(exported, name)[1])(z), expected, atol=2e-5, rtol=1e-5)


@pytest.mark.parametrize("name", RING)
def test_the_golden_file_is_what_another_hand_finds(exported, name):
    """Noise from its seed, through the released weights, without the code that wrote the file."""
    released = load_released(name)
    generate = {"ring-gan": "layers", "ring-flow": "inverse"}
    golden = json.loads((exported / f"{name}.golden.json").read_text())
    assert golden["pixel_stride"] == 1
    assert {call["count"] for call in golden["calls"]} == {16, 8, 1}
    for call in golden["calls"]:
        numbers = normal(call["seed"], call["stream"], call["count"], RING[name][0])
        z = torch.from_numpy(numbers).float()
        with torch.no_grad():
            if name == "ring-vae":
                answer = released.net.decode(z[:, :2])
                x = answer.mean + answer.log_std.exp() * z[:, 2:]
            else:
                part = released.parts["generator" if name == "ring-gan" else "flow"]
                x = getattr(part, generate[name])(z)
        torch.testing.assert_close(torch.tensor(call["x"]), x, atol=1e-5, rtol=1e-5)


class ToyGenerator(nn.Module):
    """Small, of the operations that generators of images are made of; labels choose a bias."""

    def __init__(self):
        super().__init__()
        self.label = nn.Embedding(10, 16)
        self.project = nn.Linear(8, 16 * 49)
        self.conv = nn.Conv2d(16, 16, 3, padding=1)
        self.out = nn.Conv2d(16, 4, 3, padding=1)

    def forward(self, z, y):
        h = self.project(z).unflatten(1, (16, 7, 7)) + self.label(y)[:, :, None, None]
        h = nn.functional.leaky_relu(self.conv(nn.functional.interpolate(h, scale_factor=2.0)), 0.2)
        return nn.functional.pixel_shuffle(self.out(h), 2).tanh()


@dataclass(frozen=True)
class ToyConfig:
    kind: ClassVar[str] = "toy-gan"


class ToyReleased:
    facts: ClassVar[dict] = {
        "kind": "toy-gan", "preset": {"name": "toy", "data": "fashion", "training": {"batch_size": 8}},
        "step": 1, "elapsed_s": 60.0, "build": {}
    }  # fmt: skip
    config = ToyConfig()

    def __init__(self):
        torch.manual_seed(0)
        self.parts = {"generator": ToyGenerator().half().float().eval(), "discriminator": nn.Linear(784, 1)}


@pytest.fixture
def toy(monkeypatch, tmp_path) -> ToyReleased:
    """A family that the code has never seen: one row."""
    released, row = ToyReleased(), families.Generator(gan.generate, lambda parts, config: 8)
    family = families.Family(ToyConfig, lambda config, data: {}, gan.make_batch, {}, gan.sample, 1, generator=row)
    monkeypatch.setitem(families.FAMILIES, "toy-gan", family)
    monkeypatch.setattr(export_module, "load_released", lambda name: released)
    monkeypatch.setattr(export_module, "WEIGHTS", tmp_path)
    return released


def test_a_new_family_of_images_is_exported_by_its_row(toy, tmp_path):
    manifest = export("toy", tmp_path)
    assert (manifest.kind, manifest.facts.classes, manifest.facts.latent_size) == ("image-generator", 10, 8)
    assert {key: (one.shape, one.dtype) for key, one in manifest.graphs[GENERATE].inputs.items()} == {
        "z": (["B", 8], "float32"),
        "y": (["B"], "int64"),
    }
    assert manifest.graphs[GENERATE].outputs["x"].shape == ["B", 1, 28, 28]
    assert manifest.parameters == sum(weight.numel() for weight in toy.parts["generator"].parameters())
    assert len(manifest.labels["zh"]) == len(manifest.labels["en"]) == 10
    assert read_manifest(tmp_path / "toy.json") == manifest
    golden = json.loads((tmp_path / "toy.golden.json").read_text())
    assert {label for call in golden["calls"] for label in call["y"]} == set(range(10))
    network = OnnxNetwork((tmp_path / "toy.onnx").read_bytes())
    assert compare_golden(golden, exportable("toy", toy).golden(network)) < TOLERANCE
    z, y = normal_tensor(1, 0, (3, 8)), torch.tensor([9, 0, 4])
    torch.testing.assert_close(network(z, y), toy.parts["generator"](z, y).detach(), atol=1e-5, rtol=1e-5)


def test_a_file_that_makes_other_samples_is_not_written(toy, tmp_path, monkeypatch):
    class Wrong(OnnxNetwork):
        def __call__(self, z, y):
            return super().__call__(z, (y + 1) % 10)

    monkeypatch.setattr(export_module, "OnnxNetwork", Wrong)
    with pytest.raises(UserError, match="differs from PyTorch by .* nothing was written"):
        export("toy", tmp_path / "models")
    assert not (tmp_path / "models").exists()


def test_an_operation_that_browsers_were_never_given_is_one_sentence(toy, tmp_path):
    toy.parts["generator"].conv = nn.Sequential(toy.parts["generator"].conv, nn.GELU())
    with pytest.raises(UserError, match=r"toy cannot run in a browser: .*never tried in the browser: Erf; use other"):
        export("toy", tmp_path / "models")


def test_a_classifier_is_not_exported():
    with pytest.raises(UserError, match="is a strided-classifier, which is not exported: only these are: denoiser, "):
        export("fashion-judge", Path("nowhere"))


def test_a_denoiser_of_points_is_one_call(tmp_path):
    manifest = export("ring-diffusion", tmp_path)
    assert (manifest.kind, manifest.facts.unconditional) == ("point-denoiser", 8)
    (graph,) = manifest.graphs.values()
    assert {name: one.shape for name, one in graph.inputs.items()} == {"x": ["B", 2], "log_snr": ["B"], "y": ["B"]}
    net, network = load_released("ring-diffusion").net, OnnxNetwork((tmp_path / graph.file).read_bytes())
    x, log_snr, y = normal_tensor(2, 0, (6, 2)), torch.linspace(-20, 20, 6), torch.tensor([8, 8, 0, 3, 7, 8])
    torch.testing.assert_close(network(x, log_snr, y), net(x, log_snr, y).detach(), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(("found", "difference"), [
    ({"a": [1.0, 2.5], "b": "x"}, 0.5),
    ({"a": [1.0, float("nan")]}, float("inf")),
    ({"a": [float("nan"), 2.0]}, float("inf")),
    ({"a": [1.0]}, float("inf")),
    ({"b": "y"}, float("inf")),
    ({"b": "x"}, 0.0),
])  # fmt: skip
def test_what_is_no_number_or_has_another_length_is_infinitely_wrong(found, difference):
    assert compare_golden({"a": [1.0, 2.0], "b": "x", "more": 1}, found) == difference
