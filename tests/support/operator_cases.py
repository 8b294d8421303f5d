"""Random ONNX graphs of one operator, or of a chain that our runtime joins, with inputs of changing batch sizes.

Everything is drawn from one generator, so a case is known by its seed.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.support.elementwise_cases import ELEMENTWISE
from tests.support.movement_cases import MOVEMENT
from tests.support.onnx_draft import Draft


def _window(draft: Draft, h: int, w: int) -> tuple[list[int], dict]:
    """A kernel that fits into an image, and its attributes."""
    kernel = [draft.choice((1, 2, 3, 3, 5)), draft.choice((1, 3, 3, 4))]
    if draft.coin():
        kernel = [3, 3]
    pads = [draft.integer(0, size - 1) for size in kernel] + [draft.integer(0, size - 1) for size in kernel]
    dilations = [draft.choice((1, 1, 2)), draft.choice((1, 1, 2))]
    for axis, length in enumerate((h, w)):
        while (kernel[axis] - 1) * dilations[axis] + 1 > length + pads[axis] + pads[axis + 2]:
            pads[axis] += 1
    strides = draft.choice(([1, 1], [1, 1], [2, 2], [2, 1], [3, 2]))
    return kernel, {"pads": pads, "strides": strides, "dilations": dilations}


def _conv(draft: Draft) -> None:
    c, h, w = draft.image()
    groups = draft.choice([g for g in (1, 1, 1, 2, 4, c) if c % g == 0])
    outputs = groups * draft.choice((1, 3, 4, 8, 9) if groups > 1 else (1, 3, 4, 8, 12, 16, 21))
    kernel, attributes = _window(draft, h, w)
    if draft.coin() and draft.coin():
        attributes = {"auto_pad": draft.choice(("SAME_UPPER", "SAME_LOWER")), "strides": attributes["strides"]}
    inputs = [draft.feed((c, h, w)), draft.weights(outputs, c // groups, *kernel)]
    if draft.coin():
        inputs.append(draft.weights(outputs))
    draft.tolerance = 2e-5
    draft.finish(draft.add("Conv", *inputs, group=groups, **attributes))


def _conv1d(draft: Draft) -> None:
    c, length, outputs, size = draft.integer(1, 9), draft.integer(5, 20), draft.integer(1, 12), draft.choice((1, 3, 5))
    draft.tolerance = 2e-5
    x = draft.feed((c, length))
    y = draft.add(
        "Conv",
        x,
        draft.weights(outputs, c, size),
        draft.weights(outputs),
        pads=[size // 2, size // 2],
        strides=[draft.choice((1, 2))],
    )
    draft.finish(draft.add("MaxPool", y, kernel_shape=[2], strides=[1]))


def _conv_transpose(draft: Draft) -> None:
    c, h, w = draft.image()
    kernel = [draft.choice((1, 2, 3, 4)), draft.choice((2, 3, 4))]
    strides = draft.choice(([1, 1], [2, 2], [2, 2], [3, 2]))
    dilations = draft.choice(([1, 1], [1, 1], [2, 1]))
    extra = [draft.integer(0, stride - 1) for stride in strides]
    spans = [(size - 1) * dilation for size, dilation in zip(kernel, dilations, strict=True)]
    pads = [draft.integer(0, span // 2) for span in spans] * 2
    inputs = [draft.feed((c, h, w)), draft.weights(c, draft.choice((1, 3, 4, 8, 10)), *kernel)]
    if draft.coin():
        inputs.append(draft.weights(inputs and draft.constants[inputs[1]].shape[1]))
    draft.tolerance = 2e-5
    draft.finish(
        draft.add("ConvTranspose", *inputs, pads=pads, strides=strides, dilations=dilations, output_padding=extra)
    )


def _pool(draft: Draft) -> None:
    c, h, w = draft.image()
    kernel = [min(h, draft.integer(1, 3)), min(w, draft.integer(1, 3))]
    pads = [draft.integer(0, size // 2) for size in kernel] * 2
    attributes = {"kernel_shape": kernel, "pads": pads, "strides": draft.choice(([1, 1], [2, 2]))}
    if draft.coin():
        attributes["count_include_pad"] = draft.integer(0, 1)
        draft.finish(draft.add("AveragePool", draft.feed((c, h, w)), **attributes))
    else:
        draft.finish(draft.add("MaxPool", draft.feed((c, h, w)), **attributes))


def _global_pool(draft: Draft) -> None:
    draft.finish(draft.add(draft.choice(("GlobalAveragePool", "GlobalMaxPool")), draft.feed(draft.image())))


def _norm(draft: Draft) -> None:
    c, h, w = draft.image(draft.choice((2, 4, 6, 8, 24)))
    rest = draft.choice(((c, h + 1, w), (c, h * w + 1)))
    x = draft.feed(
        rest, values=lambda shape: (draft.random.normal(size=shape) * 2 + draft.choice((0, 30))).astype(np.float32)
    )
    draft.tolerance = 2e-4  # of numbers around 30 with spread 2, the last bits
    kind = draft.choice(("InstanceNormalization", "GroupNormalization", "BatchNormalization"))
    scale, bias = draft.weights(c), draft.weights(c)
    if kind == "InstanceNormalization":
        y = draft.add(kind, x, scale, bias, epsilon=draft.choice((1e-5, 1e-3)))
    elif kind == "GroupNormalization":
        y = draft.add(kind, x, scale, bias, num_groups=draft.choice((1, 2, c)), epsilon=1e-5)
    else:
        y = draft.add(
            kind, x, scale, bias, draft.weights(c), draft.constant(draft.random.uniform(0.3, 2, c).astype(np.float32))
        )
    draft.finish(draft.add("Relu", y) if draft.coin() else y)


def _gemm(draft: Draft) -> None:
    inner, columns = draft.integer(1, 20), draft.integer(1, 20)
    turned = draft.coin()
    inputs = [draft.feed((inner,)), draft.weights(*((columns, inner) if turned else (inner, columns)))]
    attributes = {"transB": int(turned)}
    if draft.coin():
        inputs.append(draft.weights(*draft.choice(((columns,), (1, columns), (1,), ()))))
    if draft.coin():
        attributes |= {"alpha": 0.5, "beta": draft.choice((2.0, 0.0))}
    draft.tolerance = 2e-5
    draft.finish(draft.add("Gemm", *inputs, **attributes))


def _matmul(draft: Draft) -> None:
    rows, inner, columns, heads = draft.shape(4)
    right = draft.choice(
        (
            draft.weights(inner, columns),
            draft.weights(heads, inner, columns),
            draft.feed((heads, inner, columns)),
            draft.weights(inner),
        )
    )
    draft.tolerance = 2e-5
    draft.finish(draft.add("MatMul", draft.feed((heads, rows, inner)), right))


def _reduce(operator: str) -> Callable[[Draft], None]:
    def make(draft: Draft) -> None:
        rest = draft.shape(draft.integer(1, 3))
        axes = sorted({draft.integer(-1, len(rest)) for _ in range(draft.integer(1, 2))})
        axes = sorted({axis % (len(rest) + 1) for axis in axes})
        inputs = [draft.feed(rest)]
        if draft.coin():
            inputs.append(draft.constant(np.array(axes, np.int64)))
        draft.tolerance = 1e-5
        draft.finish(draft.add(operator, *inputs, keepdims=draft.integer(0, 1)))

    return make


def _silu(draft: Draft, x: str) -> str:
    pair = [x, draft.add("Sigmoid", x)]
    return draft.add("Mul", *(pair if draft.coin() else pair[::-1]))


def _group_norm(draft: Draft, x: str, shape: tuple[int, ...]) -> str:
    """As torch's exporter writes it, and sometimes almost so."""
    c, h, w = shape
    groups = draft.choice([g for g in (1, 2, 4, c) if c % g == 0])
    odd = draft.integer(0, 9)  # 0, 1, 2: what only looks like a normalisation in groups
    fold = draft.add("Reshape", x, draft.constant(np.array([0, groups, -1], np.int64)))
    ones = draft.random.normal(size=groups) if odd == 0 else np.ones(groups)
    norm = draft.add(
        "InstanceNormalization",
        fold,
        draft.constant(ones.astype(np.float32)),
        draft.constant(np.zeros(groups, np.float32)),
    )
    back = draft.add("Reshape", norm, draft.add("Shape", x))
    gamma = draft.weights(1, 1, w) if odd == 1 else draft.weights(c, 1, 1)
    scaled = draft.add("Mul", back, gamma) if draft.coin() else draft.add("Mul", gamma, back)
    y = draft.add("Add", scaled, draft.weights(1, c, 1, 1))
    if odd == 2:
        draft.finish(scaled)
    return y


def _chain(draft: Draft) -> None:
    """A little denoiser: what the runtime joins, in random order and with readers in between."""
    shape = draft.image(draft.choice((4, 8, 12, 16)))
    x = draft.feed(shape)
    draft.tolerance = 2e-4
    values = [x]
    for _ in range(draft.integer(2, 6)):
        c, h, w = shape
        step = draft.integer(0, 6)
        if step == 0:
            x = _silu(draft, x)
        elif step == 1:
            x = _group_norm(draft, x, shape)
            if draft.coin():
                x = draft.add("Mul", x, draft.feed((c, 1, 1)))
                x = draft.add("Add", x, draft.choice((draft.weights(1, c, 1, 1), draft.weights(1, c, 1, 1))))
            x = draft.choice(
                (lambda x: x, lambda x: _silu(draft, x), lambda x: draft.add("Relu", x), lambda x: draft.add("Tanh", x))
            )(x)
        elif step in (2, 3):
            size = draft.choice((1, 3, 3))
            std = 1 / np.sqrt(c * size * size)
            weights = draft.constant((draft.random.normal(size=(c, c, size, size)) * std).astype(np.float32))
            y = draft.add("Conv", x, weights, draft.weights(c), pads=[size // 2] * 4)
            x = draft.add("Add", y, draft.choice((x, values[0]))) if draft.coin() else y
        elif step == 4:
            cat = draft.add("Concat", x, values[0], axis=1)
            x = draft.add(
                "Conv", cat, draft.constant((draft.random.normal(size=(c, 2 * c, 1, 1)) / c).astype(np.float32))
            )
        elif step == 5:
            x = draft.add("Add", x, draft.add("Neg", values[-1])) if len(values) > 1 else draft.add("Tanh", x)
        else:
            down = draft.add("AveragePool", x, kernel_shape=[1, 1])
            x = draft.add("Conv", down, draft.weights(c, 1, 3, 3), group=c, pads=[1, 1, 1, 1])
        values.append(x)
    if draft.coin():
        draft.finish(values[len(values) // 2])
    draft.finish(x)


REDUCTIONS = ("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL2", "ReduceSumSquare")

MAKERS: dict[str, Callable[[Draft], None]] = {
    **ELEMENTWISE,
    **MOVEMENT,
    **{f"Conv {i}": _conv for i in range(3)}, "Conv of signals": _conv1d,
    **{f"ConvTranspose {i}": _conv_transpose for i in range(2)}, "Pool": _pool, "GlobalPool": _global_pool,
    "norms": _norm, "Gemm": _gemm, "MatMul": _matmul, **{name: _reduce(name) for name in REDUCTIONS},
    **{f"chain {i}": _chain for i in range(8)},
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A graph and the inputs of several calls, whose batches differ.

    Attributes:
        name: of its maker.
        tolerance: allowed error, of the largest number in the output, or of 1 if that is smaller.
    """

    name: str
    model: bytes
    outputs: list[str]
    calls: list[dict[str, np.ndarray]]
    tolerance: float


def operator_case(seed: int) -> Case:
    """The case of a seed; seeds that follow each other go through all makers."""
    name = list(MAKERS)[seed % len(MAKERS)]
    draft = Draft(np.random.default_rng([2026, seed]))
    MAKERS[name](draft)
    batches = draft.choice(((1, 3), (3, 1, 2), (2, 5, 2), (4, 1, 4), (5, 2, 1, 5)))
    return Case(name, draft.model(), list(draft.outputs), [draft.feeds(batch) for batch in batches], draft.tolerance)
