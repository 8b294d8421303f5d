"""Every prediction type says the same thing in other words."""

import pytest
import torch

from demos.diffusion.noise import SCHEDULES
from demos.diffusion.prediction import PREDICTION_TYPES, to_x0


@pytest.fixture
def pair():
    generator = torch.Generator().manual_seed(0)
    return torch.randn(2, 4, 5, dtype=torch.float64, generator=generator).unbind()


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("t", [1, 300, 999])
@pytest.mark.parametrize("prediction_type", PREDICTION_TYPES)
def test_the_true_prediction_gives_the_data(pair, name, t, prediction_type):
    x0, eps = pair
    alpha, sigma = SCHEDULES[name]().alpha[t], SCHEDULES[name]().sigma[t]
    x_t = alpha * x0 + sigma * eps
    truth = {"epsilon": eps, "x0": x0, "v": alpha * eps - sigma * x0, "velocity": eps - x0}[prediction_type]
    torch.testing.assert_close(to_x0(truth, prediction_type, x_t, alpha, sigma), x0, rtol=1e-8, atol=1e-8)


def test_every_type_but_epsilon_works_on_pure_noise(pair):
    x0, eps = pair
    for prediction_type, truth in (("x0", x0), ("v", -x0), ("velocity", eps - x0)):
        torch.testing.assert_close(to_x0(truth, prediction_type, eps, 0.0, 1.0), x0)


def test_unknown_types_are_refused(pair):
    with pytest.raises(ValueError, match="unknown prediction type 'eps'; known: epsilon"):
        to_x0(pair[0], "eps", pair[1], 0.5, 0.5)
