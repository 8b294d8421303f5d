"""The flow of pictures: it undoes itself, its determinant is the Jacobian's, its density is one, labels matter."""

import copy
from dataclasses import replace

import pytest
import torch

from demos.data import DATA_SETS, to_bytes
from demos.dequantisation import to_real
from demos.image_flow import ImageFlow, ImageFlowBatch, bound, generate, negative_bound
from demos.likelihood import to_pixels
from demos.training.configs import ImageFlowConfig
from demos.training.families import build_parts
from demos.training.presets import PRESETS, get_preset
from demos.training.train import Training

TINY = ImageFlowConfig(steps=(2, 2), width=8, blocks=1, context=2, dequantiser_steps=1, dequantiser_width=8)
SMALL = get_preset("fashion-flow", smoke=True)


def stirred(net, std=0.2):
    """Fresh couplings are the identity; these do something."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, value in net.named_parameters():
            if not name.endswith("context"):
                value += std * torch.randn(value.shape, generator=generator)
    return net


def tiny(shape=(1, 4, 4), config=TINY):
    torch.manual_seed(0)
    return stirred(ImageFlow(shape, 3, config)).double()


def small():
    torch.manual_seed(0)
    return stirred(build_parts(SMALL)["flow"], 0.03)


@pytest.fixture(scope="module")
def pictures():
    return DATA_SETS["fashion"].load("test")


def test_forward_then_inverse_is_the_identity():
    flow, labels = tiny(), torch.arange(12) % 3
    y = 1.5 * torch.randn(12, 1, 4, 4, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    with torch.no_grad():
        z, _ = flow(y, labels)
        assert z.shape == (12, 16)
        torch.testing.assert_close(flow.inverse(z, labels), y, rtol=0, atol=1e-8)
        torch.testing.assert_close(flow(flow.inverse(y.flatten(1), labels), labels)[0], y.flatten(1), rtol=0, atol=1e-8)


def test_log_determinant_is_that_of_the_jacobian():
    flow, labels = tiny(), torch.tensor([0, 2])
    y = torch.randn(2, 1, 4, 4, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    _, log_det = flow(y, labels)
    for one, label, told in zip(y, labels, log_det, strict=True):
        square = torch.autograd.functional.jacobian(lambda x, label=label: flow(x[None], label[None])[0][0], one)
        torch.testing.assert_close(told, torch.linalg.slogdet(square.view(16, 16)).logabsdet)


def test_density_integrates_to_one():
    flow = tiny((1, 2, 2), replace(TINY, steps=(2,), width=4))
    axis = torch.linspace(-7, 7, 20, dtype=torch.float64)
    grid = torch.cartesian_prod(*[axis] * 4).view(-1, 1, 2, 2)
    total = 0.0
    with torch.no_grad():
        for part in grid.split(100_000):
            z, log_det = flow(part, torch.ones(len(part), dtype=torch.long))
            total += (torch.distributions.Normal(0, 1).log_prob(z).sum(1) + log_det).exp().sum().item()
    assert total * (axis[1] - axis[0]).item() ** 4 == pytest.approx(1, abs=1e-3)


def test_bytes_survive_the_way_there_and_back(pictures):
    """float32, real pictures: what the latents remember is every single byte."""
    flow, x, labels = small(), pictures.x[:20], pictures.y[:20]
    with torch.no_grad():
        y, _ = to_real(to_pixels(x), torch.randn(x.shape, generator=torch.Generator().manual_seed(0)).clamp(-3, 3))
        z, _ = flow(y, labels)
        assert (z - y.flatten(1)).abs().max() > 1
        torch.testing.assert_close(flow.inverse(z, labels), y, rtol=0, atol=1e-4)
        assert (to_bytes(generate({"flow": flow}, z, labels)) == to_bytes(x)).mean() > 0.999


def test_averaged_weights_can_be_undone_and_a_run_resumed(tmp_path, pictures):
    preset = replace(SMALL, training=replace(SMALL.training, steps=6, batch_size=16, warmup_steps=1, ema_decay=0.8))
    training = Training(preset, tmp_path / "unbroken")
    list(training.steps(pictures))
    next(Training(preset, tmp_path / "broken").steps(pictures))
    resumed = Training(preset, tmp_path / "broken")
    assert resumed.step == 1
    list(resumed.steps(pictures))
    assert all(torch.equal(value, resumed.ema[name]) for name, value in training.ema.items())
    flow, labels = training.ema_parts()["flow"], torch.arange(10)
    y = torch.randn(10, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        z, _ = flow(y, labels)
        assert (z - y.flatten(1)).abs().max() > 0.5
        torch.testing.assert_close(flow.inverse(z, labels), y, rtol=0, atol=1e-4)


def test_a_label_decides_what_is_made():
    flow, z = small(), torch.randn(1, 784, generator=torch.Generator().manual_seed(0)).expand(10, -1)
    with torch.no_grad():
        made = generate({"flow": flow}, z, torch.arange(10)).flatten(1)
    assert made.abs().max() <= 1
    assert torch.cdist(made, made)[~torch.eye(10, dtype=torch.bool)].min() > 0.1


def test_generating_never_touches_the_dequantisation():
    flow, z, labels = small(), torch.randn(3, 784), torch.arange(3)
    robbed = copy.deepcopy(flow)
    del robbed.dequantiser
    with torch.no_grad():
        assert torch.equal(generate({"flow": flow}, z, labels), generate({"flow": robbed}, z, labels))


def test_every_weight_is_learned(pictures):
    flow = small()
    batch = ImageFlowBatch(pictures.x[:8], pictures.y[:8], torch.randn(8, 1, 28, 28))
    slopes = torch.autograd.grad(negative_bound({"flow": flow}, batch, SMALL.model), list(flow.parameters()))
    names = [name for name, _ in flow.named_parameters()]
    assert [name for name, slope in zip(names, slopes, strict=True) if not slope.any()] == []


def test_rounding_to_bf16_touches_only_the_networks_inside_couplings(pictures):
    """A fresh flow's couplings are the identity, so nothing is left to round."""
    torch.manual_seed(0)
    flow, noise = build_parts(SMALL)["flow"], torch.randn(4, 1, 28, 28)
    with torch.no_grad():
        exact = bound(flow, pictures.x[:4], pictures.y[:4], noise)
        with torch.autocast("cpu", torch.bfloat16):
            rounded = bound(flow, pictures.x[:4], pictures.y[:4], noise)
    torch.testing.assert_close(rounded, exact, rtol=1e-6, atol=0)


def test_what_generates_is_small_enough_to_be_sent():
    flow = build_parts(PRESETS["fashion-flow"])["flow"]
    counts = [sum(value.numel() for value in net.parameters()) for net in (flow, flow.dequantiser)]
    assert counts[0] - counts[1] <= 570_000  # with the graph, 1.2 MB in float16
