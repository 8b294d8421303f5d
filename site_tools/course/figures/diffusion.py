"""The figures of the pages on diffusion, drawn from the model that ships."""

from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from demos.data import NUM_CLASSES, to_bytes, to_model_range
from demos.diffusion.guidance import make_denoise
from demos.diffusion.noise import SCHEDULES, flow_schedule, linear_schedule
from demos.diffusion.samplers import State, ddim
from demos.measuring.evaluate import Settings, sample
from demos.random import normal_images
from site_tools.course.figures.style import Theme, image_strip, new_figure
from site_tools.course.samples import read_samples
from site_tools.models.facts import DENOISE
from site_tools.models.manifest import read_manifest, verify_model
from site_tools.models.onnx_file import OnnxNetwork

MODEL = "fashion-diffusion"
SNEAKER, ANKLE_BOOT = 7, 9


class Material:
    """What the figures are drawn from: the shipped model and the committed samples."""

    def __init__(self, assets: Path):
        manifest = assets / "models" / f"{MODEL}.json"
        self.net = OnnxNetwork(verify_model(manifest, read_manifest(manifest))[DENOISE])
        images, labels = read_samples(assets / "data" / "fashion-samples.json")
        self.boot, self.sneaker = (to_model_range(images[labels == label][:1]) for label in (ANKLE_BOOT, SNEAKER))

    def sample(self, y: Tensor, num_steps: int, seed: int = 0) -> list[State]:
        """All states of a DDIM run on the flow path with guidance 1."""
        start = normal_images(seed, 0, len(y))
        return list(ddim(make_denoise(self.net, y), flow_schedule(), start, num_steps))


def forward_strip(material: Material, theme: Theme) -> Figure:
    """x_t of one boot under the linear schedule, T = 1000."""
    schedule = linear_schedule()
    steps = range(0, 1001, 100)
    noise = normal_images(1, 0, 1)
    noised = [schedule.alpha[k] * material.boot + schedule.sigma[k] * noise for k in steps]
    return image_strip(theme, [to_bytes(torch.cat(noised))], [r"$x_t$"], [f"${k}$" for k in steps])


def schedules(material: Material, theme: Theme) -> Figure:
    """alpha-bar and log SNR of the three schedules."""
    figure = new_figure(theme, 8, 3)
    left, right = figure.subplots(1, 2)
    symbols = {"linear": r"$\beta_t\,:\ 10^{-4}\to 0.02$", "cosine": r"$\cos^2$", "flow": r"$(1-t)^2$"}
    styles = {"linear": "-", "cosine": "--", "flow": ":"}
    for color, (name, make) in zip(theme.lines, SCHEDULES.items(), strict=True):
        schedule = make()
        t = np.arange(schedule.num_timesteps + 1) / schedule.num_timesteps
        left.plot(t, schedule.alpha**2, styles[name], color=color, lw=2, label=symbols[name])
        right.plot(t[1:-1], schedule.log_snr[1:-1], styles[name], color=color, lw=2)
    left.set_ylabel(r"$\alpha_t^2$", color=theme.ink)
    right.set_ylabel(r"$\ln(\alpha_t^2/\sigma_t^2)$", color=theme.ink)
    right.axhline(0, color=theme.faint, lw=1)
    left.legend(frameon=False, labelcolor=theme.ink, fontsize=9)
    for axis in (left, right):
        axis.set_xlabel("$t$", color=theme.ink)
        axis.tick_params(colors=theme.ink, labelsize=8)
        axis.grid(color=theme.faint, lw=0.5, alpha=0.5)
        axis.set_facecolor("none")
        for side, spine in axis.spines.items():
            spine.set_visible(side in ("left", "bottom"))
            spine.set_color(theme.ink)
    return figure


def reverse_strip(material: Material, theme: Theme) -> Figure:
    """Ten DDIM steps to one sneaker: x_t above, the guess x0_hat below."""
    states = material.sample(torch.tensor([SNEAKER]), 10, seed=3)
    schedule_length = states[0].timestep
    upper = to_bytes(torch.cat([state.x for state in states]))
    guesses = to_bytes(torch.cat([state.x0_hat for state in states if state.x0_hat is not None]))
    lower = np.concatenate([guesses, upper[-1:]])
    numbers = [f"${state.timestep / schedule_length:g}$" for state in states]
    return image_strip(theme, [upper, lower], [r"$x_t$", r"$\hat{x}_0$"], numbers)


def class_grid(material: Material, theme: Theme) -> Figure:
    """Eight samples of every class, made as everything is made where nothing else is asked for."""
    x = sample(material.net, torch.arange(NUM_CLASSES).repeat_interleave(8), Settings(), seed=0)
    rows = [x[8 * label : 8 * label + 8] for label in range(NUM_CLASSES)]
    return image_strip(theme, rows, [f"${label}$" for label in range(NUM_CLASSES)], [""] * 8)
