"""The pictures of the lesson cards: garments where a lesson has the network's own, else a few strokes without words.

All are as wide to high as 16 to 9. The drawings are transparent and come for both themes.
"""

from collections.abc import Callable

import numpy as np
import torch
from PIL import Image

from demos.data import to_bytes
from demos.diffusion.noise import flow_schedule
from demos.pictures import png
from demos.random import normal
from site_tools.course.figures.diffusion import Material
from site_tools.course.figures.identity import GARMENTS

WIDTH, HEIGHT = 320, 180
INKS = {  # ink, what it is drawn on, what is pale, the two colours of the pages
    "light": ("#1d2b30", "#fbfaf6", "#c9c4b5", "#125f6c", "#a83a26"),
    "dark": ("#dfe5e3", "#141a1c", "#4a5659", "#86cdd8", "#f0a48f"),
}

# 生 in strokes: the ends of each in the unit square, y pointing down
STROKES = (
    ((0.30, 0.05), (0.24, 0.22), (0.10, 0.42)),
    ((0.20, 0.30), (0.86, 0.30)),
    ((0.52, 0.02), (0.52, 0.94)),
    ((0.16, 0.61), (0.86, 0.61)),
    ((0.04, 0.94), (0.96, 0.94)),
)
SPACING, STAGES = 0.0125, (1.0, 0.13, 0.0)  # between dots; the times u of the flow path


def forward_card(material: Material) -> bytes:
    """A sneaker that goes under in noise from left to right: each column of pixels is at a later time of the path."""
    columns, side = 50, 28
    image = torch.full((1, 1, side, columns), -1.0)
    image[..., 4 : 4 + side] = material.sneaker
    schedule = flow_schedule()
    late = torch.linspace(-0.15, 1.05, columns).clamp(0, 1) ** 1.5
    k = (late * schedule.num_timesteps).round().long()
    noise = torch.tensor(normal(1, 0, 1, side * columns)).reshape(1, 1, side, columns).float()
    noised = torch.as_tensor(schedule.alpha)[k].float() * image + torch.as_tensor(schedule.sigma)[k].float() * noise
    return _enlarged(to_bytes(noised).reshape(side, columns), 8)


def reverse_card(material: Material) -> bytes:
    """Three garments at five moments of a sampling run, from noise on the left."""
    states = material.sample(torch.tensor(GARMENTS), 10, 3)
    moments = [to_bytes(states[step].x).reshape(-1, 28, 28) for step in (0, 4, 6, 8, 10)]
    columns = [np.pad(np.concatenate(list(column)), ((0, 0), (1, 1))) for column in moments]
    return _enlarged(np.concatenate(columns, axis=1), 3)


def _enlarged(gray: np.ndarray, times: int) -> bytes:
    image = Image.fromarray(np.asarray(gray, np.uint8))
    return png(image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST))


def _svg(*parts: str) -> bytes:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
    group = '<g fill="none" stroke-linecap="round" stroke-linejoin="round" stroke-width="3">'
    return "\n".join([head, group, *parts, "</g>", "</svg>", ""]).encode()


def _path(d: str, stroke: str = "none", fill: str = "none", **more: str) -> str:
    extra = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())
    return f'<path d="{d}" stroke="{stroke}" fill="{fill}"{extra}/>'


def _box(x: float, y: float, width: float, height: float, stroke: str, fill: str = "none", **more: str) -> str:
    """A rectangle with round corners."""
    inner = f"h{width - 12:g}q6 0 6 6v{height - 12:g}q0 6 -6 6h{12 - width:g}q-6 0 -6 -6v{12 - height:g}q0 -6 6 -6z"
    return _path(f"M{x + 6:g} {y:g}{inner}", stroke, fill, **more)


def _disc(x: float, y: float, radius: float, fill: str) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}"/>'


def _tick(x: float, y: float, stroke: str) -> str:
    return _path(f"M{x:g} {y:g}l7 8l14 -16", stroke, stroke_width="4")


def _window(x: float, y: float, width: float, height: float, ink: str, paper: str, seal: str) -> str:
    bar = _path(f"M{x:g} {y + 22:g}h{width:g}", ink)
    return _box(x, y, width, height, ink, paper) + bar + _disc(x + 13, y + 11, 4, seal)


def _folder(x: float, y: float, width: float, height: float, stroke: str, fill: str) -> str:
    tab = f"M{x:g} {y + 12:g}v-6q0 -6 6 -6h{width * 0.28:g}l12 12h{width * 0.72 - 24:g}q6 0 6 6"
    return _path(f"{tab}v{height - 24:g}q0 6 -6 6h{12 - width:g}q-6 0 -6 -6z", stroke, fill)


def _landscape(x: float, y: float, width: float, height: float, stroke: str, sun: str) -> str:
    """What stands for a picture: two hills and a sun."""
    foot = y + height
    hills = f"M{x:g} {foot:g}l{width * 0.36:g} {-height * 0.55:g}l{width * 0.24:g} {height * 0.32:g}"
    hills += f"l{width * 0.16:g} {-height * 0.2:g}l{width * 0.24:g} {height * 0.43:g}"
    return _path(hills, stroke) + _disc(x + width * 0.72, y + height * 0.24, height * 0.12, sun)


def account(theme: str) -> bytes:
    """A head, a name that passes, a password."""
    ink, paper, pale, follow, seal = INKS[theme]
    head = _disc(160, 41, 10, follow) + _path("M141 68q0 -16 19 -16t19 16z", fill=follow)
    name = _box(84, 82, 152, 30, ink, paper) + _path("M98 97h56", pale, stroke_width="6") + _tick(205, 96, follow)
    dots = "".join(_disc(100 + 14 * i, 139, 4.5, seal) for i in range(8))
    return _svg(head, name, _box(84, 124, 152, 30, ink, paper), dots)


def repository(theme: str) -> bytes:
    """A folder and its versions."""
    ink, paper, pale, follow, seal = INKS[theme]
    lines = "".join(_path(f"M118 {74 + 16 * i}h{width}", pale, stroke_width="6") for i, width in enumerate((52, 76)))
    history = _path("M76 149h168", follow) + "".join(_disc(76 + 42 * i, 149, 7, follow) for i in range(4))
    return _svg(_folder(100, 28, 120, 92, ink, paper), lines, history, _disc(244, 149, 9, seal))


def upload(theme: str) -> bytes:
    """A slide on its way up into the place for files."""
    ink, paper, pale, follow, seal = INKS[theme]
    place = _box(64, 22, 192, 72, pale, stroke_dasharray="2 8")
    heights = enumerate((8, 16, 24, 12))
    bars = "".join(_path(f"M{136 + 16 * i} 148v{-height}", follow, stroke_width="8") for i, height in heights)
    arrow = _path("M160 88v-44m-17 17l17 -17l17 17", seal, stroke_width="5")
    return _svg(place, _box(112, 104, 96, 56, ink, paper), bars, arrow)


def pictures(theme: str) -> bytes:
    """A picture that is there, and one of which only the frame has come."""
    ink, paper, pale, follow, seal = INKS[theme]
    sheets = "".join(_box(x, 24, 104, 132, ink, paper) for x in (44, 172))
    text = "".join(
        _path(f"M{x} {y}h{width}", pale, stroke_width="6") for x in (62, 190) for y, width in ((44, 68), (138, 46))
    )
    there = _box(60, 60, 72, 60, pale) + _landscape(66, 66, 60, 48, follow, seal)
    gone = _box(188, 60, 72, 60, pale, stroke_dasharray="2 8") + _path(
        "M214 80l20 20m0 -20l-20 20", seal, stroke_width="5"
    )
    return _svg(sheets, text, there, gone)


def publish(theme: str) -> bytes:
    """A folder that becomes a site."""
    ink, paper, pale, follow, seal = INKS[theme]
    arrow = _path("M122 92h34m-13 -13l13 13l-13 13", seal, stroke_width="5")
    page = _window(172, 34, 118, 112, ink, paper, seal) + _path("M214 45h62", pale, stroke_width="6")
    done = _disc(231, 101, 27, follow) + _tick(220, 101, paper)
    return _svg(_folder(30, 52, 78, 76, ink, paper), arrow, page, done)


def notebook(theme: str) -> bytes:
    """A cell of code, and below it a loss that falls."""
    ink, paper, pale, follow, seal = INKS[theme]
    rows = ((0, 44), (14, 70), (14, 52))
    code = "".join(
        _path(f"M{98 + left} {38 + 13 * i}h{width}", pale, stroke_width="5") for i, (left, width) in enumerate(rows)
    )
    prompt = _path("M62 36l9 8l-9 8", seal, stroke_width="4")
    x = np.linspace(0, 1, 33)
    fall = 58 * np.exp(-4.2 * x) + 3 * normal(5, 0, 1, 33).ravel() * np.exp(-1.2 * x)
    curve = "L".join(f"{84 + 172 * at:.0f} {158 - 6 - max(0, height):.1f}" for at, height in zip(x, fall, strict=True))
    return _svg(
        _box(84, 22, 176, 58, ink, paper), code, prompt, _path("M84 92v66h176", ink), _path(f"M{curve}", follow)
    )


def _character() -> np.ndarray:
    """Dots evenly along the strokes, float64 [n, 2] in the unit square."""
    dots = []
    for stroke in STROKES:
        ends = np.array(stroke, float)
        along = np.concatenate([[0], np.hypot(*np.diff(ends, axis=0).T).cumsum()])
        places = np.arange(0, along[-1], SPACING)
        dots.append(np.stack([np.interp(places, along, axis) for axis in ends.T], axis=1))
    return np.concatenate(dots)


def overview(theme: str) -> bytes:
    """Dots at three times of the flow path: noise, most of the way, a character."""
    _, _, _, follow, seal = INKS[theme]
    character = 3.4 * (_character() - 0.5)
    noise = normal(0, 0, 1, character.size).reshape(-1, 2)
    groups = []
    for centre, u in zip((56, 160, 262), STAGES, strict=True):
        at = ((1 - u) * character + 0.8 * u * noise) * 28 + (centre, HEIGHT / 2)
        for side, colour in ((noise[:, 0] < 0, follow), (noise[:, 0] >= 0, seal)):
            dots = "".join(f"M{x:g} {y:g}h0" for x, y in at[side].round(1))
            groups.append(_path(dots, colour, stroke_width="3.4", opacity="0.8"))
    return _svg(*groups)


# Lesson -> its drawing for a theme; lesson -> its picture from the model
DRAWN: dict[str, Callable[[str], bytes]] = {
    "account": account,
    "repository": repository,
    "upload": upload,
    "pictures": pictures,
    "publish": publish,
    "overview": overview,
    "notebook": notebook,
}
PAINTED: dict[str, Callable[[Material], bytes]] = {"forward-process": forward_card, "reverse-process": reverse_card}
