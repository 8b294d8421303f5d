"""Golden inputs and outputs of an exported model, by which every runtime proves itself.

Inputs are named by seed and stream, not stored: each runtime makes them with its own Philox, so a
wrong random stream fails too. Of every output a fixed subset of numbers is kept.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

from demos.data import IMAGE_SIZE, NUM_CLASSES
from demos.diffusion.guidance import Network, make_denoise
from demos.diffusion.noise import SCHEDULES
from demos.diffusion.samplers import SAMPLERS
from demos.random import normal_images, normal_tensor
from site_tools.models.kept import SAMPLES, SEED, batches, kept, stride_of

LOG_SNRS = (-14.0, -10.0, 0.0, 9.0, 14.0)
TRAJECTORY_STEPS = 10
IMAGE_SHAPE = (1, IMAGE_SIZE, IMAGE_SIZE)


class Trajectory(NamedTuple):
    """One sampling run to record."""

    name: str  # of its sampler in SAMPLERS if nothing else is special about it
    sampler: str
    schedule: str
    guidance_scale: float = 1.0
    options: Mapping[str, Any] = {}


SPECIAL = (
    Trajectory("ddim", "ddim", "flow"),
    Trajectory("ddim-eta", "ddim", "cosine", options={"eta": 1.0}),
    Trajectory("ddim-guided", "ddim", "flow", guidance_scale=3.0),
)


def trajectories() -> list[Trajectory]:
    """The special runs, and one of every sampler that is in none of them."""
    rest = SAMPLERS.keys() - {one.sampler for one in SPECIAL}
    return [*SPECIAL, *(Trajectory(name, name, "linear") for name in SAMPLERS if name in rest)]


@torch.no_grad()
def golden_calls(net: Network, shape: tuple[int, ...], num_classes: int) -> dict:
    """Run `net(x, log_snr, y)` on every log_snr with every label and none, in batches of 16 and of 1."""
    pairs = [(log_snr, y) for log_snr in LOG_SNRS for y in range(num_classes + 1)]
    calls = []
    for stream, batch in enumerate(batches(pairs)):
        log_snr, y = (list(column) for column in zip(*batch, strict=True))
        x = normal_tensor(SEED, stream, (len(batch), *shape))
        velocity = net(x, torch.tensor(log_snr), torch.tensor(y))
        calls.append({"seed": SEED, "stream": stream, "log_snr": log_snr, "y": y, "velocity": kept(velocity)})
    return {"pixel_stride": stride_of(shape), "calls": calls}


@torch.no_grad()
def golden_samples(generate: Callable[..., Tensor], shape: tuple[int, ...], latent_size: int, num_classes: int) -> dict:
    """Run `generate(z, y)`, or `generate(z)` if there are no classes, on 40 z in batches of 16 and of 1."""
    calls = []
    for stream, batch in enumerate(batches(list(range(SAMPLES)))):
        z = normal_tensor(SEED, stream, (len(batch), latent_size))
        labels = {"y": [number % num_classes for number in batch]} if num_classes else {}
        x = generate(z, *(torch.tensor(y) for y in labels.values()))
        calls.append({"seed": SEED, "stream": stream, "count": len(batch), **labels, "x": kept(x)})
    return {"pixel_stride": stride_of(shape), "calls": calls}


@torch.no_grad()
def golden_vectors(net: Network) -> dict:
    """Of an image denoiser.

    Returns:
        "calls": see `golden_calls`;
        "trajectories": ten steps of every sampler, the images after each step;
        "schedules": name -> alpha and sigma at T = 1000.
    """
    runs = []
    labels = torch.tensor([0, 9])
    for one in trajectories():
        sampler = SAMPLERS[one.sampler]
        states = sampler(
            make_denoise(net, labels, one.guidance_scale),
            SCHEDULES[one.schedule](),
            normal_images(7, 0, len(labels)),
            TRAJECTORY_STEPS,
            step_noise=lambda step: normal_images(7, step, len(labels)),
            **one.options,
        )
        runs.append(
            {
                "name": one.name,
                "sampler": sampler.states.__name__,
                "schedule": one.schedule,
                "guidance_scale": one.guidance_scale,
                "options": {**sampler.options, **one.options},
                "seed": 7,
                "y": labels.tolist(),
                "timesteps_and_x": [[state.timestep, kept(state.x)] for state in states],
            }
        )
    arrays = {name: make() for name, make in SCHEDULES.items()}
    return {
        **golden_calls(net, IMAGE_SHAPE, NUM_CLASSES),
        "trajectories": runs,
        "schedules": {
            name: {"alpha": schedule.alpha.tolist(), "sigma": schedule.sigma.tolist()}
            for name, schedule in arrays.items()
        },
    }
