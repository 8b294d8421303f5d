"""Golden inputs and outputs of an exported denoiser, by which every runtime proves itself.

Inputs are named by seed and stream, not stored: each runtime makes them with its own Philox, so a
wrong random stream fails too. Of every output image a fixed subset of pixels is kept.
"""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from demos.diffusion.guidance import Network, make_denoise
from demos.diffusion.networks import UNCONDITIONAL
from demos.diffusion.noise import SCHEDULES
from demos.diffusion.samplers import State, ddim, ddpm
from demos.random import normal_images

LOG_SNRS = (-14.0, -10.0, 0.0, 9.0, 14.0)
LABELS = tuple(range(UNCONDITIONAL + 1))
PIXEL_STRIDE = 31  # prime to 28, so the kept pixels wander over rows and columns
TRAJECTORY_STEPS = 10
TRAJECTORIES: tuple[tuple[str, Callable[..., Iterator[State]], str, float, dict[str, Any]], ...] = (
    # name, sampler, schedule, guidance scale, further arguments
    ("ddim", ddim, "flow", 1.0, {}),
    ("ddim-eta", ddim, "cosine", 1.0, {"eta": 1.0}),
    ("ddim-guided", ddim, "flow", 3.0, {}),
    ("ddpm-small", ddpm, "linear", 1.0, {"variance": "small"}),
    ("ddpm-large", ddpm, "linear", 1.0, {"variance": "large"}),
)


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

    trajectories = []
    labels = torch.tensor([0, 9])
    for name, sampler, schedule, guidance_scale, options in TRAJECTORIES:
        noise: dict[str, Any] = {"step_noise": lambda step: normal_images(7, step, len(labels))} if options else {}
        states = sampler(
            make_denoise(net, labels, guidance_scale),
            SCHEDULES[schedule](),
            normal_images(7, 0, len(labels)),
            TRAJECTORY_STEPS,
            **noise,
            **options,
        )
        trajectories.append(
            {
                "name": name,
                "sampler": sampler.__name__,
                "schedule": schedule,
                "guidance_scale": guidance_scale,
                "options": options,
                "seed": 7,
                "y": labels.tolist(),
                "timesteps_and_x": [[state.timestep, kept(state.x)] for state in states],
            }
        )
    arrays = {name: make() for name, make in SCHEDULES.items()}
    return {
        "pixel_stride": PIXEL_STRIDE,
        "calls": calls,
        "trajectories": trajectories,
        "schedules": {
            name: {"alpha": schedule.alpha.tolist(), "sigma": schedule.sigma.tolist()}
            for name, schedule in arrays.items()
        },
    }
