"""What a model costs: numbers that have to be sent, training with every helper network, time an image."""

import time
from collections.abc import Callable, Mapping
from statistics import median

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from demos.training.release import Released, load_released


class _Reading(TorchDispatchMode):
    """Notes the memory that operations read while it is on."""

    def __init__(self):
        super().__init__()
        self.read: set[int] = set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        inputs = [value for value in tree_leaves((args, kwargs or {})) if isinstance(value, Tensor)]
        self.read.update(value.untyped_storage().data_ptr() for value in inputs)
        return func(*args, **(kwargs or {}))


@torch.no_grad()
def parameters(parts: Mapping[str, nn.Module], sample: Callable[[], object]) -> dict:
    """How many numbers were trained, network by network, and how many of them a sample needs.

    Discriminators, encoders and whatever else helps in training is trained and not sent. What is sent is found by
    watching which parameters are read while a sample is made, however the networks are called.

    Args:
        sample: makes a sample.

    Returns:
        trained: network -> number of parameters; sent: those that sampling reads.
    """
    with _Reading() as reading:
        sample()
    every = [one for net in parts.values() for one in net.parameters()]
    return {
        "trained": {name: sum(one.numel() for one in net.parameters()) for name, net in parts.items()},
        "sent": sum(one.numel() for one in every if one.untyped_storage().data_ptr() in reading.read),
    }


def training_cost(released: Released) -> dict:
    """Steps, examples seen, and hours of training, its earlier stages included.

    Returns:
        stages: the presets, first to last; steps, examples, hours: of all stages; processor: of the last.

    Raises:
        UserError: the weights that its training began with are not released.
    """
    preset, build = released.facts["preset"], released.facts["build"]
    before = training_cost(load_released(preset["start"])) if preset.get("start") else {}
    return {
        "stages": [*before.get("stages", []), preset["name"]],
        "steps": before.get("steps", 0) + released.facts["step"],
        "examples": before.get("examples", 0) + released.facts["step"] * preset["training"]["batch_size"],
        "hours": round(before.get("hours", 0) + released.facts["elapsed_s"] / 3600, 3),
        "processor": build.get("processor", ""),
    }


@torch.no_grad()
def milliseconds(sample: Callable[[], object], repeats: int = 5) -> float:
    """The median time that `sample` takes, after one call that does not count.

    It is the processor's time over all threads: on one thread that is the time on an otherwise idle machine, and
    other programs do not lengthen it.
    """
    sample()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        sample()
        times.append(1000 * (time.process_time() - start))
    return round(median(times), 2)
