"""Whole networks as torch exports them: classifiers, decoders, generators and flows give what ONNX Runtime gives."""

from collections.abc import Callable
from functools import partial

import numpy as np
import onnx
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from demos.classifier import PoolingClassifier, StridedClassifier
from demos.data import DATA_SETS
from demos.normalizing_flow import PointFlow
from demos.training.families import FAMILIES, build_parts
from demos.training.presets import PRESETS, get_preset
from demos.training.release import Released
from site_tools.models import onnx_file
from site_tools.models.engine import refusals
from site_tools.models.export import graph_bytes
from site_tools.models.graph_file import open_session
from site_tools.models.kinds import exportable
from site_tools.models.onnx_file import to_onnx
from tests.support.kernels import Graph


class Residual(nn.Module):
    """Convolution, batch normalisation, ReLU, twice, and a way around."""

    def __init__(self, inside: int, outside: int, stride: int):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inside, outside, 3, stride, 1, bias=False), nn.BatchNorm2d(outside), nn.ReLU(),
            nn.Conv2d(outside, outside, 3, 1, 1, bias=False), nn.BatchNorm2d(outside),
        )  # fmt: skip
        self.around = nn.Conv2d(inside, outside, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.body(x) + self.around(x))


class Decoder(nn.Module):
    """Of a variational autoencoder: 16 numbers -> [1, 28, 28]."""

    def __init__(self):
        super().__init__()
        self.start = nn.Linear(16, 32 * 7 * 7)
        self.body = nn.Sequential(
            nn.Upsample(scale_factor=2), nn.Conv2d(32, 24, 3, padding=1), nn.GroupNorm(4, 24), nn.LeakyReLU(0.2),
            nn.Upsample(scale_factor=2), nn.Conv2d(24, 12, 5, padding=2), nn.InstanceNorm2d(12, affine=True),
            nn.Softplus(), nn.ReflectionPad2d(1), nn.Conv2d(12, 1, 3), nn.Sigmoid(),
        )  # fmt: skip

    def forward(self, z: Tensor) -> Tensor:
        return self.body(self.start(z).view(-1, 32, 7, 7))


class ConvolutionalCoupling(nn.Module):
    """One layer of a flow on images: squeeze, half decides how the other half is moved."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(2, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 4, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        kept, moved = F.pixel_unshuffle(x, 2).chunk(2, dim=1)
        log_scale, shift = self.net(kept).chunk(2, dim=1)
        moved = moved * torch.exp(2 * torch.tanh(log_scale / 2)) + shift
        return F.pixel_shuffle(torch.cat((moved, kept), 1), 2)


def generator() -> nn.Module:
    """Radford et al. 2016 (arXiv 1511.06434), small: 20 numbers -> [1, 28, 28]."""
    return nn.Sequential(
        nn.Unflatten(1, (20, 1, 1)),
        nn.ConvTranspose2d(20, 48, 7), nn.BatchNorm2d(48), nn.ReLU(),
        nn.ConvTranspose2d(48, 24, 4, 2, 1, bias=False), nn.BatchNorm2d(24), nn.ReLU(),
        nn.ConvTranspose2d(24, 1, 4, 2, 1), nn.Tanh(),
    )  # fmt: skip


def resnet() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.MaxPool2d(2), Residual(16, 16, 1), Residual(16, 32, 2), nn.AvgPool2d(2),
        nn.Conv2d(32, 32, 3, padding=1, groups=32), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10),
    )  # fmt: skip


class Backwards(nn.Module):
    def __init__(self):
        super().__init__()
        self.flow = PointFlow(layers=4, width=32, depth=3)

    def forward(self, z: Tensor) -> Tensor:
        return self.flow.inverse(z)


NETWORKS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "classifier with pooling": (partial(PoolingClassifier, DATA_SETS["fashion"]), (1, 28, 28)),
    "classifier with strides": (partial(StridedClassifier, DATA_SETS["fashion"]), (1, 28, 28)),
    "residual network": (resnet, (1, 28, 28)),
    "decoder": (Decoder, (16,)),
    "generator": (generator, (20,)),
    "flow of points": (Backwards, (2,)),
    "flow of images": (ConvolutionalCoupling, (1, 28, 28)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_is_that_of_onnx_runtime(server, monkeypatch, name):
    make, shape = NETWORKS[name]
    torch.manual_seed(0)
    net = make().eval()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):  # as after training
            nn.init.normal_(module.running_mean, std=0.3)
            nn.init.uniform_(module.running_var, 0.5, 2)
    for parameter in net.parameters():
        if not parameter.any():  # what starts at zero would hide mistakes
            nn.init.normal_(parameter, std=0.1)
    monkeypatch.setattr(onnx_file, "check", lambda model: None)  # its list is what the site has tried so far
    content = to_onnx(net, {"x": torch.randn(3, *shape)}, "y").SerializeToString()
    session, graph = open_session(content), Graph(server, content)
    for batch in (3, 1, 6, 3):
        x = torch.randn(batch, *shape).numpy()
        (expected,) = session.run(["y"], {"x": x})
        allowed = 2e-5 * max(1, np.abs(expected).max())
        np.testing.assert_allclose(graph({"x": x}, ["y"])["y"], expected, rtol=0, atol=allowed)


# Of every family that makes an image in one call, the last preset.
IMAGE_GENERATORS = {
    preset.model.kind: name
    for name, preset in PRESETS.items()
    if FAMILIES[preset.model.kind].generator and len(DATA_SETS[preset.data].shape) == 3
}


@pytest.mark.parametrize("kind", IMAGE_GENERATORS)
def test_every_family_of_images_is_exported_for_our_runtime(server, kind):
    torch.manual_seed(0)
    preset = get_preset(IMAGE_GENERATORS[kind], smoke=True)
    parts = build_parts(preset)
    for net in parts.values():
        for parameter in net.eval().parameters():
            if not parameter.any():
                nn.init.normal_(parameter, std=0.1)
    facts = {"kind": kind, "preset": preset.to_json() | {"start": ""}, "step": 1, "elapsed_s": 1.0, "build": {}}
    model = exportable(preset.name, Released(parts, preset.model, facts, ""))
    content = graph_bytes(model)
    assert refusals(onnx.load_from_string(content)) == []
    session, graph = open_session(content), Graph(server, content)
    for batch in (3, 1, 6):
        z, y = torch.randn(batch, *model.example["z"].shape[1:]), torch.arange(batch)
        feeds = {name: value.numpy() for name, value in {"z": z, "y": y}.items() if name in model.example}
        (expected,) = session.run(["x"], feeds)
        assert expected.std() > 0.01
        np.testing.assert_allclose(graph(feeds, ["x"])["x"], expected, rtol=0, atol=1e-4)  # fresh weights are loud
        np.testing.assert_allclose(model.network(z, y).detach().numpy(), expected, rtol=0, atol=1e-4)
