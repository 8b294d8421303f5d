"""What <point-flow> shows before it runs: the very noise from which its points will start.

Written as SVG by hand: a dot is a line of no length with round ends, ten bytes of a path.
"""

import re
from pathlib import Path

import numpy as np

from demos.random import normal

STYLES = Path(__file__).parents[2] / "web" / "src" / "elements" / "point-flow" / "style.css"

POINTS, SEED = 1500, 0  # the element's defaults
HALF_HEIGHT = 2.3  # of the picture, in standard deviations; it is twice as wide as high
SCALE = 200  # units of the drawing in one standard deviation
RADIUS = 0.016  # as the element paints it on a canvas 300 pixels high
OPACITY = 0.7
SHADES = 24


def flow_colours(theme: str) -> np.ndarray:
    """The gradient's ends and middle, float64 [3, 3] red, green, blue in 0..255, as the element's styles have them.

    Args:
        theme: "light" or "dark".
    """
    rule = r"^\s*(\[data-md-color-scheme='slate'\] )?point-flow \{(.*?)\}"
    blocks = re.findall(rule, STYLES.read_text("utf-8"), re.M | re.S)
    block = next(body for scheme, body in blocks if bool(scheme) == (theme == "dark"))
    codes = re.findall(r"--flow-[123]: #([0-9a-f]{6})", block)
    return np.array([[int(code[at : at + 2], 16) for at in (0, 2, 4)] for code in codes], float)


def shades(noise: np.ndarray) -> np.ndarray:
    """Index of each point's shade, int64 [n]; the twin of `shadesOf` in the element's draw.ts.

    Args:
        noise: where the points start, [n, 2].
    """
    along = (noise[:, 0] + 0.7 * noise[:, 1]) / np.hypot(1, 0.7)
    return np.minimum(SHADES - 1, SHADES / (1 + np.exp(-1.702 * along))).astype(int)


def noise_cloud(theme: str) -> bytes:
    """The poster for one theme, "light" or "dark": transparent, y pointing down."""
    noise = normal(SEED, 0, 1, 2 * POINTS).reshape(-1, 2)
    place = np.linspace(0, 2, SHADES)
    gradient = np.stack([np.interp(place, [0, 1, 2], channel) for channel in flow_colours(theme).T], axis=1)
    size = np.array([2 * HALF_HEIGHT * SCALE, HALF_HEIGHT * SCALE])  # half the picture
    at = np.rint(noise * SCALE + size).astype(int)
    shade = shades(noise)
    paths = []
    for i, (red, green, blue) in enumerate(np.floor(gradient + 0.5).astype(int)):
        dots = "".join(f"M{x} {y}h0" for x, y in at[shade == i])
        paths.append(f'<path stroke="#{red:02x}{green:02x}{blue:02x}" d="{dots}"/>')
    width, height = np.rint(2 * size).astype(int)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
    group = f'<g fill="none" stroke-linecap="round" stroke-width="{2 * RADIUS * SCALE:g}" opacity="{OPACITY}">'
    return "\n".join([head, group, *paths, "</g>", "</svg>", ""]).encode()
