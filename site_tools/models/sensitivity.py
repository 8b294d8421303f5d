"""Which weights eight bits would hurt: they stay at sixteen.

Rounding is not equally bad everywhere. In our denoiser five of 22 large weights, a sixth of all numbers, cause nine
tenths of the error: those at full resolution, whose output no normalisation evens out. Each is found by rounding it
alone, which needs no data, only inputs as the network meets them in use.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.func import functional_call

from site_tools.models.quantize import SMALLEST_STORED_AS_INT8, expand, quantize

LEFT = 0.1  # of the error of rounding everything, which may be left


@torch.no_grad()
def costs(network: nn.Module, inputs: Sequence[Tensor]) -> dict[str, float]:
    """Large weight -> the mean squared change of the output if it alone is stored in eight bits.

    Args:
        network: called with `inputs` in order.
        inputs: as many as it takes to be typical, [N, ...] each.
    """
    exact = network(*inputs)
    found = {}
    for name, weight in network.named_parameters():
        if weight.ndim > 1 and weight.numel() >= SMALLEST_STORED_AS_INT8:
            rounded = torch.from_numpy(expand(*quantize(weight.numpy())))
            found[name] = (functional_call(network, {name: rounded}, tuple(inputs)) - exact).square().mean().item()
    return found


def sensitive(cost: Mapping[str, float], sizes: Mapping[str, int], left: float = LEFT) -> set[str]:
    """The weights to keep exact, those with the largest cost per number first, until little is left.

    Args:
        cost: name -> what rounding it alone costs; what several cost together is nearly the sum.
        sizes: name -> how many numbers it has.
        left: share of the whole cost that the others may have.
    """
    exact, remaining = set(), sum(cost.values())
    for name in sorted(cost, key=lambda name: cost[name] / sizes[name], reverse=True):
        if remaining <= left * sum(cost.values()):
            break
        exact.add(name)
        remaining -= cost[name]
    return exact
