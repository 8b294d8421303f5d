"""The site's own sign and the picture it is shared with: dots that come from noise to rest in a grid.

Like the figures they hold no words, so that one file serves every language.
"""

import io
from collections.abc import Callable, Iterator

import numpy as np
import torch
from PIL import Image, ImageDraw

from demos.data import to_bytes

PAPER, SEAL = "#fbfaf6", "#a83a26"
SIDE = 64  # of the sign; every size is drawn from these units
RADIUS = 6.2
JITTER = ((-6, 5), (6, -3), (-4, 4))  # of the dots in the first column, a quarter of it in the second
TOUCH = 180  # pixels, as phones ask for it
CARD = 1200, 630
GARMENTS = (7, 3, 8)  # sneaker, dress, bag: told apart at the size of a thumbnail


def _dots() -> Iterator[tuple[float, float]]:
    for column in range(3):
        for row in range(3):
            x, y = JITTER[row]
            rest = (1 - column / 2) ** 2
            yield 14 + 18 * column + x * rest, 14 + 18 * row + y * rest


def icon_svg() -> bytes:
    """The sign for the tab of a browser: light on the seal's red, seen by day and by night."""
    dots = "".join(f'<circle cx="{x:g}" cy="{y:g}" r="{RADIUS}"/>' for x, y in _dots())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">'
        f'<rect width="{SIDE}" height="{SIDE}" rx="12" fill="{SEAL}"/><g fill="{PAPER}">{dots}</g></svg>\n'
    ).encode()


def touch_icon() -> bytes:
    """The sign for a phone's home screen, which rounds the corners itself."""
    scale = 4 * TOUCH / SIDE  # drawn four times as large: Pillow's circles have no soft edge
    image = Image.new("RGB", (4 * TOUCH, 4 * TOUCH), SEAL)
    draw = ImageDraw.Draw(image)
    for x, y in _dots():
        draw.ellipse([scale * (x - RADIUS), scale * (y - RADIUS), scale * (x + RADIUS), scale * (y + RADIUS)], PAPER)
    return _png(image.resize((TOUCH, TOUCH), Image.Resampling.LANCZOS))


def social_card(sample: Callable) -> bytes:
    """What a messenger shows beside a link: three garments on their way out of the noise, six moments each.

    Args:
        sample: (labels, number of steps, seed) -> all states of a sampling run.
    """
    states = sample(torch.tensor(GARMENTS), 10, 3)
    moments = [to_bytes(states[step].x) for step in (0, 4, 6, 7, 8, 10)]
    size, gap = 28 * 6, 16
    card = Image.new("RGB", CARD, PAPER)
    left, top = ((CARD[axis] - n * size - (n - 1) * gap) // 2 for axis, n in ((0, len(moments)), (1, len(GARMENTS))))
    for column, images in enumerate(moments):
        for row, image in enumerate(np.asarray(images).reshape(-1, 28, 28)):
            tile = Image.fromarray(image).resize((size, size), Image.Resampling.NEAREST)
            card.paste(tile, (left + column * (size + gap), top + row * (size + gap)))
    return _png(card)


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()
