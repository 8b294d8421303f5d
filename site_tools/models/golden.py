"""Golden inputs and outputs of an exported denoiser, by which every runtime proves itself.

Inputs are named by seed and stream, not stored: each runtime makes them with its own Philox, so a
wrong random stream fails too. Of every output image a fixed subset of pixels is kept.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

from demos.diffusion.guidance import Network, make_denoise
from demos.diffusion.networks import UNCONDITIONAL
from demos.diffusion.noise import SCHEDULES
from demos.diffusion.samplers import SAMPLERS
from demos.random import normal_images

LOG_SNRS = (-14.0, -10.0, 0.0, 9.0, 14.0)
LABELS = tuple(range(UNCONDITIONAL + 1))
PIXEL_STRIDE = 31  # prime to 28, so the kept pixels wander over rows and columns
TRAJECTORY_STEPS = 10


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


def kept(images: Tensor) -> list[list[float]]:
    """The kept pixels of each image, rounded to seven digits."""
    return [[float(f"{value:.7g}") for value in image[::PIXEL_STRIDE]] for image in images.flatten(1).tolist()]


@torch.no_grad()
def golden_vectors(net: Network) -> dict:
    """Run `net(x, log_snr, y)` on the golden inputs.

    Returns:
        "calls": every log_snr with every label in batches of 16 and of 1;
        "trajectories": ten steps of every sampler, the images after each step;
        "schedules": name -> alpha and sigma at T = 1000.
    """
    pairs = [(log_snr, y) for log_snr in LOG_SNRS for y in LABELS]
    batches = [pairs[start : start + 16] for start in range(0, len(pairs), 16)] + [[pair] for pair in pairs[::12]]
    calls = []
    for stream, batch in enumerate(batches):
        log_snr, y = (list(column) for column in zip(*batch, strict=True))
        x = normal_images(2026, stream, len(batch))
        velocity = net(x, torch.tensor(log_snr), torch.tensor(y))
        calls.append({"seed": 2026, "stream": stream, "log_snr": log_snr, "y": y, "velocity": kept(velocity)})

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
        "pixel_stride": PIXEL_STRIDE,
        "calls": calls,
        "trajectories": runs,
        "schedules": {
            name: {"alpha": schedule.alpha.tolist(), "sigma": schedule.sigma.tolist()}
            for name, schedule in arrays.items()
        },
    }
