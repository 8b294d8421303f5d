"""Random graphs of one operator that moves numbers to other places or shapes."""

from collections.abc import Callable

import numpy as np
from onnx import numpy_helper

from tests.support.onnx_draft import Draft


def _concat(draft: Draft) -> None:
    rest = draft.shape(draft.integer(1, 3))
    axis = draft.integer(1, len(rest))
    parts = []
    for _ in range(draft.integer(2, 4)):
        shape = list(rest)
        shape[axis - 1] = draft.integer(1, 5)
        parts.append(draft.feed(tuple(shape)))
    draft.finish(draft.add("Concat", *parts, axis=draft.choice((axis, axis - len(rest) - 1))))


def _slice(draft: Draft) -> None:
    rest = draft.shape(draft.integer(1, 3), 9)
    axes = [axis for axis in range(1, len(rest) + 1) if draft.coin()] or [1]
    steps = [draft.choice((1, 1, 2, 3, -1, -2)) for _ in axes]
    starts = [draft.integer(0, 4) if step > 0 else draft.choice((-1, 100, 3)) for step in steps]
    ends = [draft.choice((100, -1, 5)) if step > 0 else draft.choice((-100, 0)) for step in steps]
    spans = [len(range(rest[axis - 1])[slice(*args)]) for axis, *args in zip(axes, starts, ends, steps, strict=True)]
    if 0 in spans:
        starts, ends, steps = [0 for _ in axes], [1 for _ in axes], [1 for _ in axes]
    lists = [draft.constant(np.array(list_, np.int64)) for list_ in (starts, ends, axes, steps)]
    draft.finish(draft.add("Slice", draft.feed(rest), *lists))


def _split(draft: Draft) -> None:
    sizes = [draft.integer(1, 4) for _ in range(draft.integer(2, 3))]
    rest = [*draft.shape(draft.integer(0, 2)), sum(sizes)]
    x = draft.feed(tuple(rest))
    if draft.coin():
        parts = draft.add(
            "Split",
            x,
            draft.constant(np.array(sizes, np.int64)),
            outputs=len(sizes),
            axis=draft.choice((-1, len(rest))),
        )
    else:
        parts = draft.add("Split", x, outputs=2, axis=len(rest), num_outputs=2)
    draft.finish(draft.add("Neg", parts[-1]))
    draft.finish(parts[0])


def _pad(draft: Draft) -> None:
    mode = draft.choice(("constant", "reflect", "edge"))
    rest = tuple(draft.integer(4, 8) for _ in range(draft.integer(1, 3)))
    low = -1 if mode == "constant" else 0
    sides = [[0, *(draft.integer(low, 3) for _ in rest)] for _ in range(2)]
    value = [draft.constant(np.float32(1.5))] if mode == "constant" and draft.coin() else []
    draft.finish(
        draft.add("Pad", draft.feed(rest), draft.constant(np.array(sides[0] + sides[1], np.int64)), *value, mode=mode)
    )


def _transpose(draft: Draft) -> None:
    rest = draft.shape(draft.integer(1, 4))
    draft.finish(
        draft.add("Transpose", draft.feed(rest), perm=[int(axis) for axis in draft.random.permutation(len(rest) + 1)])
    )


def _reshape(draft: Draft) -> None:
    a, b, c = draft.shape(3)
    x = draft.feed((a * b, c))
    target = draft.choice(([0, a, b, c], [0, a, -1], [-1, c], [0, -1], [0, c, b, a]))
    if draft.coin():
        x = draft.add("Transpose", x, perm=[0, 2, 1])
        target = draft.choice(([0, c, a, b], [0, -1], [-1, a * b]))
    draft.finish(draft.add("Reshape", x, draft.constant(np.array(target, np.int64))))


def _reshape_by_shape(draft: Draft) -> None:
    """Sizes computed from Shape, as exporters write them."""
    a, b, c = draft.shape(3)
    x = draft.feed((a, b, c))
    sizes = draft.add("Shape", x)
    n = draft.add("Gather", sizes, draft.constant(np.int64(0)))
    n = draft.add("Unsqueeze", n, draft.constant(np.array([0])))
    rest = draft.add("Mul", draft.constant(np.array([a * b])), draft.constant(np.array([1])))
    shape = draft.add(
        "Concat",
        n,
        rest,
        draft.add("Slice", sizes, draft.constant(np.array([3])), draft.constant(np.array([4]))),
        axis=0,
    )
    draft.finish(draft.add("Reshape", x, shape))


def _gather(draft: Draft) -> None:
    rest = draft.shape(draft.integer(1, 3))
    axis = draft.integer(1, len(rest))
    size = rest[axis - 1]
    indices = draft.random.integers(-size, size, draft.choice(((), (3,), (2, 2))))
    if draft.coin():
        draft.finish(draft.add("Gather", draft.feed(rest), draft.constant(np.asarray(indices, np.int64)), axis=axis))
    else:
        table = draft.weights(7, *draft.shape(draft.integer(0, 2)))
        draft.finish(
            draft.add(
                "Gather", table, draft.feed((), "int64", lambda shape: draft.random.integers(-7, 7, shape)), axis=0
            )
        )


def _expand(draft: Draft) -> None:
    rest = draft.shape(2)
    axes = draft.constant(np.array([draft.choice((1, 3, -1))], np.int64))
    wide = draft.add("Unsqueeze", draft.feed(rest), axes)
    draft.finish(draft.add("Expand", wide, draft.constant(np.array([1, 1, 1, 1], np.int64))))
    draft.finish(
        draft.add(
            "Expand", draft.feed((1, *rest)), draft.constant(np.array([draft.integer(2, 4), 1, rest[1]], np.int64))
        )
    )
    draft.finish(draft.add("Squeeze", wide, axes))
    draft.finish(draft.add("Flatten", wide, axis=draft.integer(1, 3)))


def _constants(draft: Draft) -> None:
    x = draft.feed(draft.shape(2))
    value = numpy_helper.from_array(np.array([0.5], np.float32))
    half = draft.add("ConstantOfShape", draft.add("Shape", x), value=value)
    one = draft.add("Constant", value_float=1.0)
    many = draft.add(
        "Constant", value=numpy_helper.from_array(draft.random.normal(size=(2, 1, 1, 1)).astype(np.float32))
    )
    draft.finish(draft.add("Mul", many, draft.add("Add", one, draft.add("Dropout", draft.add("Sub", x, half)))))


def _depth(draft: Draft) -> None:
    block = draft.choice((2, 3))
    c, h, w = draft.image()
    if draft.coin():
        x = draft.feed((c * block**2, h, w))
        draft.finish(draft.add("DepthToSpace", x, blocksize=block, mode=draft.choice(("DCR", "CRD"))))
    else:
        draft.finish(draft.add("SpaceToDepth", draft.feed((c, h * block, w * block)), blocksize=block))


def _resize(draft: Draft) -> None:
    c, h, w = draft.image()
    mode = draft.choice(("asymmetric", "half_pixel", "align_corners"))
    attributes = {
        "mode": "nearest",
        "coordinate_transformation_mode": mode,
        "nearest_mode": draft.choice(("floor", "ceil", "round_prefer_floor", "round_prefer_ceil")),
    }
    x = draft.feed((c, h, w))
    if draft.coin():
        scales = np.array([1, 1, draft.choice((1, 2, 3)), draft.choice((1, 2, 4))], np.float32)
        draft.finish(draft.add("Resize", x, "", draft.constant(scales), **attributes))
    else:
        # sizes need the batch: one image, whose batch axis becomes 1 by a product
        flat = draft.add("Reshape", x, draft.constant(np.array([1, -1, h, w], np.int64)))
        picked = draft.add(
            "Slice", flat, draft.constant(np.array([0])), draft.constant(np.array([c])), draft.constant(np.array([1]))
        )
        sizes = np.array([1, c, h * draft.integer(1, 3), w * draft.integer(1, 3)], np.int64)
        draft.finish(draft.add("Resize", picked, "", "", draft.constant(sizes), **attributes))


MOVEMENT: dict[str, Callable[[Draft], None]] = {
    "Concat": _concat, "Slice": _slice, "Split": _split, "Pad": _pad, "Transpose": _transpose, "Reshape": _reshape,
    "Shape": _reshape_by_shape, "Gather": _gather, "Expand": _expand, "constants": _constants,
    "DepthToSpace": _depth, "Resize": _resize,
}  # fmt: skip
