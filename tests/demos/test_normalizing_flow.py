"""The flow of points: it undoes itself, its determinant is the Jacobian's, its density is one."""

import pytest
import torch

from demos.normalizing_flow import Coupling, PointFlow, log_prob
from demos.training.configs import PointFlowConfig


@pytest.fixture(scope="module")
def flow():
    """A flow whose layers do something: fresh ones are the identity."""
    torch.manual_seed(0)
    net = PointFlow(layers=4, width=16, depth=2).double()
    for layer in net.layers:
        torch.nn.init.normal_(layer.layers[-1].weight, std=0.3)
        torch.nn.init.normal_(layer.layers[-1].bias, std=0.3)
    return net


@pytest.fixture(scope="module")
def points():
    return 2 * torch.randn(50, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def test_forward_then_inverse_is_the_identity(flow, points):
    with torch.no_grad():
        z, _ = flow(points)
        assert (z - points).abs().max() > 0.5
        torch.testing.assert_close(flow.inverse(z), points, rtol=0, atol=1e-12)
        torch.testing.assert_close(flow(flow.inverse(points))[0], points, rtol=0, atol=1e-12)


def test_log_determinant_is_that_of_the_jacobian(flow, points):
    _, log_det = flow(points)
    for x, told in zip(points, log_det, strict=True):
        jacobian = torch.autograd.functional.jacobian(lambda one: flow(one[None])[0][0], x)
        torch.testing.assert_close(told, torch.linalg.slogdet(jacobian).logabsdet)


def test_density_integrates_to_one(flow):
    edge, count = 12.0, 601
    axis = torch.linspace(-edge, edge, count, dtype=torch.float64)
    grid = torch.cartesian_prod(axis, axis)
    with torch.no_grad():
        density = log_prob({"flow": flow}, PointFlowConfig(), grid).exp()
    assert (density.sum() * (2 * edge / (count - 1)) ** 2).item() == pytest.approx(1, abs=1e-3)


def test_a_fresh_flow_is_the_standard_normal(points):
    fresh = PointFlow(layers=3, width=8, depth=2).double()
    normal = torch.distributions.Normal(0, 1).log_prob(points).sum(1)
    torch.testing.assert_close(log_prob({"flow": fresh}, PointFlowConfig(), points), normal)


@pytest.mark.parametrize("keep", [0, 1])
def test_a_layer_leaves_the_kept_coordinate_alone(points, keep):
    torch.manual_seed(0)
    layer = Coupling(8, 2, keep).double()
    torch.nn.init.normal_(layer.layers[-1].weight)
    moved, _ = layer(points)
    assert torch.equal(moved[:, keep], points[:, keep])
    assert not torch.allclose(moved[:, 1 - keep], points[:, 1 - keep])
