"""What stands on a page before a live element runs: the element's own default run, as a picture."""

import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

from demos.data import NUM_CLASSES, to_bytes
from demos.diffusion.guidance import make_denoise
from demos.diffusion.noise import SCHEDULES
from demos.diffusion.samplers import DEFAULT_SAMPLER, DEFAULT_STEPS, SAMPLERS, run
from demos.measuring.evaluate import Settings, sample
from demos.pictures import image_grid, png
from demos.random import normal_images
from site_tools.course.figures.diffusion import SNEAKER, Material

# The defaults of the two elements; a test holds them to what the elements declare.
REVERSE = Settings()
REVERSE_IMAGES, REVERSE_COLUMNS = 16, 4
RESTORE_T, RESTORE_STEPS, RESTORE_WALKS = 0.6, 20, 4
DRAWN_T, DRAWN_STEPS, DRAWN_GARMENTS = 0.75, DEFAULT_STEPS, 4
BOARD, PEN, CLOTH = 196, 0.085, 170  # the board of `drawing/board.ts`: side in pixels, pen's share of it, gray inside
SEED = 0

DRAW_GARMENT = Path(__file__).parents[2] / "web" / "src" / "elements" / "draw-garment" / "spec.json"
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def sample_poster(material: Material) -> bytes:
    """What <reverse-process> shows: its 16 images, 4 x 4."""
    y = torch.arange(REVERSE_IMAGES) % NUM_CLASSES
    return png(image_grid(sample(material.net, y, REVERSE, SEED), REVERSE_COLUMNS))


def forward_poster(material: Material) -> bytes:
    """What <forward-process> shows: the image that no noise has reached yet."""
    return png(image_grid(to_bytes(material.boot), columns=1))


def restore_poster(material: Material) -> bytes:
    """What <restore-or-new> shows: a sneaker, the same noised to t, and where four walks back lead."""
    schedule = SCHEDULES["flow"]()
    k = round(RESTORE_T * schedule.num_timesteps)
    noised = schedule.alpha[k] * material.sneaker + schedule.sigma[k] * normal_images(SEED, 0, 1)
    states = SAMPLERS["ddpm-small"](
        make_denoise(material.net, torch.full((RESTORE_WALKS,), SNEAKER)),
        schedule.up_to(k),
        noised.repeat(RESTORE_WALKS, 1, 1, 1),
        round(RESTORE_T * RESTORE_STEPS),
        step_noise=lambda step: normal_images(SEED, step, RESTORE_WALKS),
    )
    return png(image_grid(to_bytes(torch.cat([material.sneaker, noised, run(states).x])), columns=3))


def outline(text: str) -> list[tuple[float, float]]:
    """The points of a drawing of one stroke, in the unit square; the twin of `decodeStrokes` in drawing/strokes.ts."""
    codes = [DIGITS.index(digit) for digit in text[1:]]
    x, y = 64 * codes[0] + codes[1] - 2048, 64 * codes[2] + codes[3] - 2048
    points = [(x, y)]
    for right, down in zip(codes[4::2], codes[5::2], strict=True):
        x, y = x + right - 32, y + down - 32
        points.append((x, y))
    return [(x / 256, y / 256) for x, y in points]


def draw_garment_poster(material: Material) -> bytes:
    """What <draw-garment> shows: the outline it begins with, the same noised to t, and four garments."""
    text = json.loads(DRAW_GARMENT.read_text("utf-8"))["state"]["strokes"]["default"]
    points = [(x * BOARD, y * BOARD) for x, y in outline(text)]
    board = Image.new("L", (BOARD, BOARD))
    ImageDraw.Draw(board).polygon(points, fill=CLOTH)
    ImageDraw.Draw(board).line(points, fill=255, width=round(PEN * BOARD), joint="curve")
    small = board.resize((BOARD // 7, BOARD // 7), Image.Resampling.BOX)
    drawn = torch.tensor(np.asarray(small)).reshape(1, 1, *small.size) / 127.5 - 1
    schedule = SCHEDULES["flow"]()
    k = round(DRAWN_T * schedule.num_timesteps)
    start = schedule.alpha[k] * drawn + schedule.sigma[k] * normal_images(SEED, 0, DRAWN_GARMENTS)
    states = SAMPLERS[DEFAULT_SAMPLER](
        make_denoise(material.net, torch.full((DRAWN_GARMENTS,), NUM_CLASSES)),
        schedule.up_to(k),
        start,
        round(DRAWN_T * DRAWN_STEPS),
        step_noise=lambda step: normal_images(SEED, step, DRAWN_GARMENTS),
    )
    return png(image_grid(to_bytes(torch.cat([drawn, start[:1], run(states).x])), columns=3))
