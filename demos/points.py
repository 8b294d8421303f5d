"""Two-dimensional data on which four families of models can be watched: every one is a function of a seed.

A point lies in about [-3, 3]^2. Its label says which part of the shape it comes from; models of points
do not read it, pages colour by it.
"""

from collections.abc import Callable

import numpy as np

RING_MODES, RING_RADIUS, RING_STD = 8, 2.0, 0.1
GRID_SIDE, GRID_STD = 5, 0.08

# Polylines in [-1, 1]^2: a font would differ between machines.
LETTERS = {
    "A": [[(-1, -1), (0, 1), (1, -1)], [(-0.55, -0.1), (0.55, -0.1)]],
    "I": [[(0, -1), (0, 1)], [(-0.5, 1), (0.5, 1)], [(-0.5, -1), (0.5, -1)]],
}

Points = tuple[np.ndarray, np.ndarray]  # float32 [N, 2], int64 [N]


def ring_modes() -> np.ndarray:
    """The centres of the ring's eight Gaussians, float64 [8, 2]."""
    angle = 2 * np.pi * np.arange(RING_MODES) / RING_MODES
    return RING_RADIUS * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def ring(count: int, random: np.random.Generator) -> Points:
    """Eight Gaussians on a circle: the classical test for forgotten modes."""
    label = random.integers(RING_MODES, size=count)
    return _points(ring_modes()[label] + RING_STD * random.standard_normal((count, 2)), label)


def moons(count: int, random: np.random.Generator) -> Points:
    """Two half circles that reach into each other."""
    label, angle = random.integers(2, size=count), np.pi * random.random(count)
    side = 1 - 2 * label
    x = np.stack([side * np.cos(angle) - 0.5 * side, side * np.sin(angle) - 0.25 * side], axis=1)
    return _points(1.6 * x + 0.1 * random.standard_normal((count, 2)), label)


def spiral(count: int, random: np.random.Generator) -> Points:
    """Two arms, twice around."""
    label, turn = random.integers(2, size=count), np.sqrt(random.random(count))
    angle = 3.5 * np.pi * turn + np.pi * label
    x = 2.6 * turn[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _points(x + 0.06 * random.standard_normal((count, 2)), label)


def grid(count: int, random: np.random.Generator) -> Points:
    """Twenty-five Gaussians in rows and columns."""
    label = random.integers(GRID_SIDE**2, size=count)
    centre = np.stack(np.divmod(label, GRID_SIDE), axis=1) - (GRID_SIDE - 1) / 2
    return _points(centre + GRID_STD * random.standard_normal((count, 2)), label)


def letters(count: int, random: np.random.Generator) -> Points:
    """The letters A and I, points spread evenly along their strokes."""
    starts, ends, owner = [], [], []
    for index, (name, shift) in enumerate((("A", -1.2), ("I", 1.4))):
        for stroke in LETTERS[name]:
            for start, end in zip(stroke, stroke[1:], strict=False):
                starts.append(np.add(np.multiply(start, (1.0, 1.6)), (shift, 0)))
                ends.append(np.add(np.multiply(end, (1.0, 1.6)), (shift, 0)))
                owner.append(index)
    first, last = np.array(starts), np.array(ends)
    length = np.linalg.norm(last - first, axis=1)
    stroke = random.choice(len(length), count, p=length / length.sum())
    where = random.random((count, 1))
    x = first[stroke] + where * (last - first)[stroke] + 0.05 * random.standard_normal((count, 2))
    return _points(x, np.array(owner)[stroke])


def _points(x: np.ndarray, label: np.ndarray) -> Points:
    return x.astype(np.float32), label.astype(np.int64)


# name -> (number of labels, what draws it)
POINT_SETS: dict[str, tuple[int, Callable[[int, np.random.Generator], Points]]] = {
    "ring": (RING_MODES, ring),
    "moons": (2, moons),
    "spiral": (2, spiral),
    "grid": (GRID_SIDE**2, grid),
    "letters": (2, letters),
}


def draw_points(name: str, count: int, seed: int) -> Points:
    """`count` points of a set; the same seed gives the same points."""
    return POINT_SETS[name][1](count, np.random.default_rng(seed))


def mode_shares(x: np.ndarray) -> tuple[float, np.ndarray]:
    """How well samples cover the ring: the share within 3 standard deviations of a mode, and each mode's share of all.

    Args:
        x: [N, 2].

    Returns:
        share: of points near any mode; the data's own is 0.989 (a Rayleigh variable below 3).
        modes: float64 [8].
    """
    distance = np.linalg.norm(x[:, None] - ring_modes(), axis=2)
    near = distance <= 3 * RING_STD
    return near.any(1).mean().item(), near.mean(0)
