"""The static figures of the pages, drawn from the models that ship.

Figures hold symbols and numbers only; words stand in the captions, so that one file a theme serves
both languages. Text is drawn as paths in matplotlib's own font: the bytes depend on no system font.
"""

import base64
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
import torch
from matplotlib.figure import Figure
from PIL import Image
from torch import Tensor

from demos.data import to_bytes, to_model_range
from demos.diffusion.guidance import make_denoise
from demos.diffusion.noise import SCHEDULES, NoiseSchedule, flow_schedule, linear_schedule
from demos.diffusion.samplers import ddim, ddpm, run
from demos.files import write_bytes
from demos.random import normal_images
from site_tools.course.figures.identity import icon_svg, social_card, touch_icon
from site_tools.course.samples import read_samples
from site_tools.models.manifest import read_manifest, verify_model
from site_tools.models.onnx_file import OnnxDenoiser

MODEL = "fashion-diffusion"
SNEAKER, ANKLE_BOOT = 7, 9


@dataclass(frozen=True)
class Theme:
    """Ink on the page's own ground: figures are transparent."""

    name: str
    ink: str
    faint: str
    lines: tuple[str, str, str]


THEMES = (
    Theme("light", "#26303f", "#c9d0da", ("#2f6fb7", "#c4621b", "#1f8a63")),
    Theme("dark", "#dfe5ee", "#48505e", ("#7db4f0", "#f0a264", "#6fd0a8")),
)


def new_figure(theme: Theme, width: float, height: float) -> Figure:
    """A transparent figure of so many inches whose text and axes are in the theme's ink."""
    return Figure(figsize=(width, height), facecolor="none", edgecolor="none", layout="constrained")


def to_svg(figure: Figure) -> bytes:
    """The figure as SVG, the same bytes every time."""
    with matplotlib.rc_context({"svg.hashsalt": "live-generative-models", "svg.fonttype": "path"}):
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _EMBEDDED_PNG.sub(_as_gray, buffer.getvalue())


_EMBEDDED_PNG = re.compile(rb"data:image/png;base64,\s*([A-Za-z0-9+/=\s]+)")


def _as_gray(match: re.Match) -> bytes:
    """Matplotlib embeds RGBA; our images are gray, which takes a quarter of the bytes."""
    image = Image.open(io.BytesIO(base64.b64decode(match[1]))).convert("L")
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", optimize=True)
    return b"data:image/png;base64," + base64.b64encode(buffer.getvalue())


def _strip(theme: Theme, rows: list[np.ndarray], row_labels: list[str], column_labels: list[str]) -> Figure:
    """Rows of images [columns, 28, 28], a symbol before each row and a number under each column.

    A row is one picture with lines between its images: far fewer bytes than a picture each.
    """
    columns, size = len(rows[0]), rows[0].shape[-1]
    figure = new_figure(theme, 0.78 * columns + 0.5, 0.82 * len(rows) + 0.35)
    for row, (axis, images) in enumerate(zip(figure.subplots(len(rows), 1, squeeze=False)[:, 0], rows, strict=True)):
        axis.imshow(np.concatenate(images, axis=1), cmap="gray", vmin=0, vmax=255, interpolation="none")
        axis.vlines(np.arange(1, columns) * size - 0.5, -0.5, size - 0.5, color=theme.faint, lw=2)
        last = row == len(rows) - 1 and any(column_labels)
        axis.set_xticks(np.arange(columns) * size + size / 2 if last else [], column_labels if last else [])
        axis.set_yticks([])
        axis.tick_params(length=0, colors=theme.ink, labelsize=9)
        axis.set_ylabel(row_labels[row], rotation=0, ha="right", va="center", color=theme.ink, fontsize=12)
        for spine in axis.spines.values():
            spine.set_color(theme.faint)
    return figure


class Material:
    """What the figures are drawn from: the shipped model and the committed samples."""

    def __init__(self, assets: Path):
        manifest = assets / "models" / f"{MODEL}.json"
        self.net = OnnxDenoiser(verify_model(manifest, read_manifest(manifest)))
        images, labels = read_samples(assets / "data" / "fashion-samples.json")
        self.boot, self.sneaker = (to_model_range(images[labels == label][:1]) for label in (ANKLE_BOOT, SNEAKER))

    def sample(self, y: Tensor, num_steps: int, seed: int = 0) -> list:
        """All states of a DDIM run with guidance 1."""
        return list(ddim(make_denoise(self.net, y), flow_schedule(), normal_images(seed, 0, len(y)), num_steps))


def forward_strip(material: Material, theme: Theme) -> Figure:
    """x_t of one boot under the linear schedule, T = 1000."""
    schedule = linear_schedule()
    steps = range(0, 1001, 100)
    noise = normal_images(1, 0, 1)
    noised = [schedule.alpha[k] * material.boot + schedule.sigma[k] * noise for k in steps]
    return _strip(theme, [to_bytes(torch.cat(noised))], [r"$x_t$"], [f"${k}$" for k in steps])


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
    guesses = to_bytes(torch.cat([state.x0_hat for state in states[1:]]))
    lower = np.concatenate([guesses, upper[-1:]])
    numbers = [f"${state.timestep / schedule_length:g}$" for state in states]
    return _strip(theme, [upper, lower], [r"$x_t$", r"$\hat{x}_0$"], numbers)


def class_grid(material: Material, theme: Theme) -> Figure:
    """Eight samples of every class, DDIM with 50 steps."""
    x = to_bytes(material.sample(torch.arange(10).repeat_interleave(8), 50)[-1].x)
    rows = [x[8 * label : 8 * label + 8] for label in range(10)]
    return _strip(theme, rows, [f"${label}$" for label in range(10)], [""] * 8)


def _png(images: np.ndarray, columns: int) -> bytes:
    """uint8 [rows * columns, 28, 28] as one gray PNG."""
    sheet = images.reshape(-1, columns, 28, 28).swapaxes(1, 2).reshape(-1, columns * 28)
    buffer = io.BytesIO()
    Image.fromarray(sheet).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def sample_poster(material: Material) -> bytes:
    """What <reverse-process> shows before it runs: its own default run, 4 x 4 images."""
    y = torch.arange(16) % 10
    x = run(ddim(make_denoise(material.net, y), flow_schedule(), normal_images(0, 0, 16), 20)).x
    return _png(to_bytes(x), columns=4)


def restore_poster(material: Material) -> bytes:
    """What <restore-or-new> shows before it runs: its own default run, with t = 0.6 and 20 steps for the whole way."""
    schedule, start, walks = flow_schedule(), 600, 4
    noised = schedule.alpha[start] * material.sneaker + schedule.sigma[start] * normal_images(0, 0, 1)
    rest = NoiseSchedule("flow up to 0.6", schedule.alpha[: start + 1], schedule.sigma[: start + 1])
    states = ddpm(
        make_denoise(material.net, torch.full((walks,), SNEAKER)),
        rest,
        noised.repeat(walks, 1, 1, 1),
        12,
        step_noise=lambda step: normal_images(0, step, walks),
    )
    return _png(to_bytes(torch.cat([material.sneaker, noised, run(states).x])), columns=3)


FIGURES: dict[str, Callable[[Material, Theme], Figure]] = {
    "forward-strip": forward_strip,
    "schedules": schedules,
    "reverse-strip": reverse_strip,
    "class-grid": class_grid,
}


POSTERS: dict[str, Callable[[Material], bytes]] = {
    f"{MODEL}-poster": sample_poster,
    "restore-poster": restore_poster,
}


IDENTITY: dict[str, Callable[[Material], bytes]] = {
    "icon.svg": lambda _: icon_svg(),
    "icon-180.png": lambda _: touch_icon(),
    "social.png": lambda material: social_card(material.sample),
}


def draw_figures(assets: Path, target: Path) -> list[Path]:
    """Draw every figure in both themes, the posters and the site's sign into `target`; returns the files written."""
    material = Material(assets)
    written = []
    for name, draw in FIGURES.items():
        for theme in THEMES:
            written.append(target / f"{name}-{theme.name}.svg")
            write_bytes(written[-1], to_svg(draw(material, theme)))
    for name, draw_poster in POSTERS.items():
        written.append(target / f"{name}.png")
        write_bytes(written[-1], draw_poster(material))
    for name, draw_sign in IDENTITY.items():
        written.append(target / name)
        write_bytes(written[-1], draw_sign(material))
    return written
