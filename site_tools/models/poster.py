"""The still of a foreign model, drawn with NumPy alone: what stands on a page before the model runs.

Of a model that makes something it is what it makes; of one that answers, the empty question.
"""

import struct
import zlib
from collections.abc import Callable

import numpy as np

from demos.random import normal
from site_tools.models.facts import IMAGE, LABEL, POINT, SIGNAL
from site_tools.models.manifest import Graph

COLUMNS, ROWS = 4, 2
SIDE = 96  # of a field, in points
LARGEST_PICTURE = 392  # pixels of one image's side at most; small images are enlarged up to it
EXTENT = 3.0  # a field is drawn on [-3, 3] x [-3, 3]
BARS = 5

Run = Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]


def poster(kind: str, graph: Graph, run: Run, classes: int) -> tuple[bytes, str]:
    """The picture and its suffix.

    Args:
        kind: of the model.
        graph: what its manifest says.
        run: inputs by name -> outputs by name.
        classes: how many labels it takes, if it takes any.
    """
    roles = {tensor.role: name for name, tensor in graph.outputs.items()}
    if kind == "image-classifier":
        return _waiting(), "svg"
    if kind == "field-2d":
        axis = np.linspace(-EXTENT, EXTENT, SIDE, dtype=np.float32)
        points = np.stack(np.meshgrid(axis, -axis), axis=-1).reshape(-1, 2)
        (name,) = (one for one, tensor in graph.inputs.items() if tensor.role == POINT)
        first = next(iter(run({name: points}).values()))
        return _png(_gray(np.linalg.norm(first, axis=-1).reshape(SIDE, SIDE))), "png"
    count = COLUMNS * ROWS
    outputs = run(
        {
            name: np.arange(count) % classes if tensor.role == LABEL else _noise(count, tensor.shape[1:])
            for name, tensor in graph.inputs.items()
        }
    )
    if IMAGE in roles:
        tensor = graph.outputs[roles[IMAGE]]
        low, high = tensor.range or (0, 1)
        return _png(_grid(np.clip((outputs[roles[IMAGE]] - low) / (high - low), 0, 1))), "png"
    if SIGNAL in roles:
        return _curve(outputs[roles[SIGNAL]][0]), "svg"
    return _cloud(next(iter(outputs.values()))), "svg"


def _noise(count: int, sizes: list[int]) -> np.ndarray:
    return normal(0, 0, count, int(np.prod(sizes))).astype(np.float32).reshape(count, *sizes)


def _grid(images: np.ndarray) -> np.ndarray:
    """Images [8, C, H, W] in [0, 1] -> bytes [h, w, 3], each pixel a square of whole ones."""
    scale = max(1, LARGEST_PICTURE // COLUMNS // max(images.shape[2:]))
    colours = np.repeat(images[:, :1], 3, axis=1) if images.shape[1] != 3 else images
    large = colours.repeat(scale, axis=2).repeat(scale, axis=3)
    rows = large.reshape(ROWS, COLUMNS, *large.shape[1:]).transpose(0, 3, 1, 4, 2)
    return np.round(255 * rows.reshape(ROWS * large.shape[2], COLUMNS * large.shape[3], 3)).astype(np.uint8)


def _gray(values: np.ndarray) -> np.ndarray:
    """[h, w] -> bytes [h, w, 3], the lowest black."""
    spread = max(float(np.ptp(values)), 1e-12)
    return np.repeat(np.round(255 * (values - values.min()) / spread).astype(np.uint8)[..., None], 3, axis=2)


def _png(pixels: np.ndarray) -> bytes:
    """Bytes [h, w, 3] as a PNG (W3C, Portable Network Graphics, third edition)."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    height, width, _ = pixels.shape
    lines = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")


def _svg(width: int, height: int, inside: str) -> bytes:
    """A drawing in a gray that is seen by day and by night."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" fill="none" stroke="#808080" '
        f'stroke-width="2">{inside}</svg>\n'
    ).encode()


def _waiting() -> bytes:
    """An empty pad, and bars of no length."""
    bars = "".join(f'<path d="M230 {30 + 34 * row}h150" stroke-dasharray="2 6"/>' for row in range(BARS))
    return _svg(400, 200, f'<rect x="10" y="10" width="180" height="180" rx="8"/>{bars}')


def _curve(signal: np.ndarray) -> bytes:
    spread = max(float(np.abs(signal).max()), 1e-12)
    xs = np.linspace(10, 390, len(signal))
    points = " ".join(f"{x:.1f} {y:.1f}" for x, y in zip(xs, 100 - 90 * signal / spread, strict=True))
    return _svg(400, 200, f'<polyline points="{points}"/>')


def _cloud(points: np.ndarray) -> bytes:
    spread = max(float(np.abs(points).max()), 1e-12)
    marks = "".join(
        f'<circle cx="{100 + 90 * x / spread:.1f}" cy="{100 - 90 * y / spread:.1f}" r="3"/>' for x, y in points
    )
    return _svg(200, 200, marks)
