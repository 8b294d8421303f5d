"""Layers of flows of images: undone exactly, with the determinant of their Jacobian, whatever their weights."""

import pytest
import torch
from torch.nn import functional as F

from demos.coupling import ActNorm, Affine, FlowStep, Mixing


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def stirred(net, std=0.3):
    """Moved away from the fresh weights, with which couplings and norms are the identity."""
    with torch.no_grad():
        for value in net.parameters():
            value += std * torch.randn_like(value)
    return net.double()


def jacobian(layer, x):
    """log |det| by autograd for one x [1, C, H, W]."""
    square = torch.autograd.functional.jacobian(lambda flat: layer(flat.view_as(x))[0].flatten(), x.flatten())
    return torch.linalg.slogdet(square).logabsdet


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 8, 12])
def test_mixing_is_undone_by_plain_products(channels):
    mixing = stirred(Mixing(channels))
    with torch.no_grad():
        weight = mixing.weight()
        torch.testing.assert_close(mixing.inverse_weight(), torch.linalg.inv(weight), rtol=1e-9, atol=1e-9)
        x = torch.randn(2, channels, 3, 3, dtype=torch.float64)
        z, log_det = mixing(x)
    torch.testing.assert_close(mixing.inverse(z), x, rtol=0, atol=1e-10)
    torch.testing.assert_close(log_det, (9 * torch.linalg.slogdet(weight).logabsdet).expand(2))


def test_mixing_starts_as_a_rotation():
    weight = Mixing(8).weight().detach()
    torch.testing.assert_close(weight @ weight.T, torch.eye(8), rtol=0, atol=1e-5)
    assert (weight - torch.eye(8)).abs().max() > 0.3


def test_an_average_of_two_mixings_of_a_run_can_be_undone():
    early, late = Mixing(8), Mixing(8)
    late.load_state_dict(early.state_dict())
    stirred(late, 0.5)
    early = early.double()
    with torch.no_grad():
        for ours, other in zip(early.state_dict().values(), late.state_dict().values(), strict=True):
            ours.lerp_(other, 0.3)
        torch.testing.assert_close(early.inverse_weight() @ early.weight(), torch.eye(8, dtype=torch.float64))


@pytest.mark.parametrize("make", [lambda: Affine(2, 4, 8, 1), lambda: FlowStep(4, 2, 8, 1), lambda: ActNorm(4)])
def test_a_layer_undoes_itself_and_knows_its_determinant(make):
    layer, x = stirred(make()), torch.randn(3, 4, 2, 2, dtype=torch.float64)
    given = () if isinstance(layer, ActNorm) else (torch.randn(3, 2, 2, 2, dtype=torch.float64),)
    with torch.no_grad():
        z, log_det = layer(x, *given)
        assert (z - x).abs().max() > 0.3
        torch.testing.assert_close(layer.inverse(z, *given), x, rtol=0, atol=1e-10)
    for index, told in enumerate(log_det):
        one = [part[index : index + 1] for part in given]
        torch.testing.assert_close(told, jacobian(lambda single, one=one: layer(single, *one), x[index : index + 1]))


def test_fresh_couplings_only_rotate():
    step, x, context = FlowStep(4, 2, 8, 1), torch.randn(2, 4, 3, 3), torch.randn(2, 2, 3, 3)
    z, log_det = step(x, context)
    torch.testing.assert_close(z, F.conv2d(x, step.mixing.weight()[:, :, None, None]))
    torch.testing.assert_close(log_det, torch.zeros(2), rtol=0, atol=1e-5)
