"""Where shapes stand on a slide, as fractions of it; pixels come when the picture's size is known."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from site_tools.lectures.record import Box

Place = tuple[float, float, float, float]
"""Left, top, right, bottom as fractions of the slide."""


@dataclass(frozen=True)
class Transform:
    """From the coordinates of a group to fractions of the slide: scale and shift, for x and for y."""

    scale: tuple[float, float]
    shift: tuple[float, float]

    @classmethod
    def to_fractions(cls, width: int, height: int) -> "Transform":
        """The slide's own coordinates."""
        return cls((1 / width, 1 / height), (0.0, 0.0))

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        return self.scale[0] * x + self.shift[0], self.scale[1] * y + self.shift[1]

    def into_group(self, xfrm) -> "Transform":
        """The coordinates inside a group, whose `xfrm` says what stands for which place."""
        if xfrm is None or xfrm.chExt is None or xfrm.chOff is None or not (xfrm.chExt.cx and xfrm.chExt.cy):
            return self
        stretch = xfrm.ext.cx / xfrm.chExt.cx, xfrm.ext.cy / xfrm.chExt.cy
        origin = xfrm.off.x - stretch[0] * xfrm.chOff.x, xfrm.off.y - stretch[1] * xfrm.chOff.y
        return Transform((self.scale[0] * stretch[0], self.scale[1] * stretch[1]), self(*origin))


def place_of(shape, transform: Transform) -> Place | None:
    """The upright rectangle around a shape, turned or not; None if the deck does not say where it is."""
    if shape.left is None or shape.width is None:
        return None
    centre = shape.left + shape.width / 2, shape.top + shape.height / 2
    turn = math.radians(getattr(shape, "rotation", 0) or 0)
    cosine, sine = abs(math.cos(turn)), abs(math.sin(turn))
    half = (shape.width * cosine + shape.height * sine) / 2, (shape.width * sine + shape.height * cosine) / 2
    left, top = transform(centre[0] - half[0], centre[1] - half[1])
    right, bottom = transform(centre[0] + half[0], centre[1] + half[1])
    return left, top, right, bottom


def boxes(places: Iterable[Place], width: int, height: int) -> tuple[Box, ...]:
    """Pixels of a picture: cut at its edges, without those that lie within another."""
    found: list[Box] = []
    for left, top, right, bottom in places:
        x, y = round(max(0.0, left) * width), round(max(0.0, top) * height)
        box = x, y, round(min(1.0, right) * width) - x, round(min(1.0, bottom) * height) - y
        if box[2] > 0 and box[3] > 0 and not any(_within(box, other) for other in found):
            found = [other for other in found if not _within(other, box)] + [box]
    return tuple(found)


def _within(inner: Box, outer: Box, slack: int = 4) -> bool:
    return all(
        (
            inner[0] >= outer[0] - slack,
            inner[1] >= outer[1] - slack,
            inner[0] + inner[2] <= outer[0] + outer[2] + slack,
            inner[1] + inner[3] <= outer[1] + outer[3] + slack,
        )
    )
