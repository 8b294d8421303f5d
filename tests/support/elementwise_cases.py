"""Random graphs of one function of single numbers."""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from tests.support.onnx_draft import DTYPES, Draft


def _unary(operator: str, low: float = -4, high: float = 4) -> Callable[[Draft], None]:
    def make(draft: Draft) -> None:
        uniform = lambda shape: draft.random.uniform(low, high, shape).astype(np.float32)  # noqa: E731
        attributes = {"alpha": draft.choice((0.0, 0.1, 0.5))} if operator == "LeakyRelu" else {}
        x = draft.feed(draft.shape(draft.integer(0, 3), 9), values=uniform)
        if draft.coin():  # a view that does not lie side by side
            rank = len(draft.inputs[x][0]) + 1
            x = draft.add("Transpose", x, perm=[int(axis) for axis in draft.random.permutation(rank)])
        draft.finish(draft.add(operator, x, **attributes))

    return make


def _operands(draft: Draft, dtype: str = "float32", values: Callable | None = None) -> tuple[str, str]:
    """An input, and another one or a constant whose shape is repeated along some axes."""
    rest = draft.shape(draft.integer(0, 3))
    first = draft.feed(rest, dtype, values)
    other = tuple(size if draft.coin() else 1 for size in rest)
    if draft.coin():
        second = draft.feed(other, dtype, values)
    else:
        kept = other[draft.integer(0, len(other)) :]
        shape = kept if draft.coin() else (1, *other)
        second = draft.constant((values or (lambda shape: draft.random.normal(size=shape).astype(dtype)))(shape))
    return (first, second) if draft.coin() else (second, first)


def _binary(operator: str, values: Callable | None = None) -> Callable[[Draft], None]:
    def make(draft: Draft) -> None:
        draw = values and (lambda shape: values(draft.random, shape))
        draft.finish(draft.add(operator, *_operands(draft, values=draw)))

    return make


def _away_from_zero(random: Generator, shape: tuple[int, ...]) -> np.ndarray:
    return (random.uniform(0.3, 3, shape) * random.choice([-1, 1], shape)).astype(np.float32)


def _positive(random: Generator, shape: tuple[int, ...]) -> np.ndarray:
    return random.uniform(0.2, 3, shape).astype(np.float32)


def _power(draft: Draft) -> None:
    if draft.coin():
        draft.finish(
            draft.add("Pow", draft.feed(draft.shape(2)), draft.constant(np.float32(draft.choice((0, 1, 2, 3, 4)))))
        )
    else:
        _binary("Pow", _positive)(draft)


def _compare(operator: str) -> Callable[[Draft], None]:
    def make(draft: Draft) -> None:
        dtype = draft.choice(("float32", "int64"))
        pair = _operands(draft, dtype, lambda shape: draft.random.integers(-2, 3, shape).astype(dtype))
        draft.finish(draft.add(operator, *pair), "bool")

    return make


def _logical(operator: str) -> Callable[[Draft], None]:
    def make(draft: Draft) -> None:
        pair = _operands(draft, "bool", lambda shape: draft.random.integers(0, 2, shape).astype(bool))
        draft.finish(draft.add(operator, *(pair[:1] if operator == "Not" else pair)), "bool")

    return make


def _where(draft: Draft) -> None:
    rest = draft.shape(draft.integer(0, 3))
    condition = draft.add("Greater", draft.feed(rest), draft.constant(np.float32(0)))
    draft.finish(draft.add("Where", condition, draft.feed(rest), draft.choice((draft.weights(*rest), draft.weights()))))


def _clip(draft: Draft) -> None:
    bounds = [draft.choice(("", draft.constant(np.float32(value)))) for value in (-0.5, 0.7)]
    draft.finish(draft.add("Clip", draft.feed(draft.shape(2)), *bounds))


def _cast(draft: Draft) -> None:
    source = draft.choice(("float32", "int64", "bool", "float16"))
    target = draft.choice(("float32", "int64", "bool", "float16"))
    draw = lambda shape: (draft.random.normal(size=shape) * draft.choice((1e-6, 1, 9, 3000))).astype(source)  # noqa: E731
    draft.finish(draft.add("Cast", draft.feed(draft.shape(2), source, draw), to=DTYPES[target]), target)


def _dequantize(draft: Draft) -> None:
    outputs, cin = draft.integer(1, 9), draft.integer(1, 9)
    weights = draft.constant(draft.random.integers(-128, 128, (outputs, cin, 3, 3)).astype(np.int8))
    axis = draft.choice((0, 1, -4))
    size = cin if axis == 1 else outputs
    scale = draft.constant(draft.random.uniform(0.001, 0.02, size).astype(np.float32))
    zero = draft.choice((None, draft.constant(draft.random.integers(-3, 4, size).astype(np.int8))))
    floats = draft.add("DequantizeLinear", weights, scale, *([zero] if zero else []), axis=axis)
    draft.tolerance = 2e-5
    draft.finish(draft.add("Conv", draft.feed(draft.image(cin)), floats, pads=[1, 1, 1, 1]))


UNARY = (
    "Abs", "Ceil", "Cos", "Exp", "Floor", "LeakyRelu", "Neg", "Relu", "Sigmoid", "Sin", "Softplus", "Tanh", "Identity",
)  # fmt: skip

ELEMENTWISE: dict[str, Callable[[Draft], None]] = {
    **{name: _unary(name) for name in UNARY},
    **{name: _unary(name, 0.01, 30) for name in ("Log", "Reciprocal", "Sqrt")},
    **{name: _binary(name) for name in ("Add", "Sub", "Mul", "Max", "Min")},
    "Div": _binary("Div", _away_from_zero), "Pow": _power,
    **{name: _compare(name) for name in ("Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual")},
    **{name: _logical(name) for name in ("And", "Or", "Not")},
    "Where": _where, "Clip": _clip, "Cast": _cast, "DequantizeLinear": _dequantize,
}  # fmt: skip
