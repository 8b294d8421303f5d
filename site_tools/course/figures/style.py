"""How figures look: ink for both themes, no words, and the same bytes every time.

Text is drawn as paths in matplotlib's own font: the bytes depend on no system font.
"""

import base64
import io
import re
from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from PIL import Image


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


def image_strip(theme: Theme, rows: list[np.ndarray], row_labels: list[str], column_labels: list[str]) -> Figure:
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
