"""Images or points as one picture, and a picture as the bytes of a PNG."""

from io import BytesIO

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo


def image_grid(images: np.ndarray, columns: int) -> Image.Image:
    """uint8 [rows * columns, height, width] -> one picture, row by row."""
    rows, (height, width) = len(images) // columns, images.shape[1:]
    grid = images.reshape(rows, columns, height, width).swapaxes(1, 2)
    return Image.fromarray(grid.reshape(rows * height, columns * width))


def point_cloud(x: np.ndarray, side: int = 256, half_width: float = 3.2) -> Image.Image:
    """Points [N, 2] as a picture of their density, the second coordinate upwards; what lies outside is not seen."""
    edges = np.linspace(-half_width, half_width, side + 1)
    count, _, _ = np.histogram2d(-x[:, 1], x[:, 0], bins=(edges, edges))
    return Image.fromarray((255 * (1 - np.exp(-1.5 * count))).astype(np.uint8))


def png(picture: Image.Image, **text: str) -> bytes:
    """A picture as a PNG, as small as it gets, with texts by keyword inside."""
    info, content = PngInfo(), BytesIO()
    for key, value in text.items():
        info.add_text(key, value)
    picture.save(content, "PNG", pnginfo=info, optimize=True)
    return content.getvalue()
