"""Random ONNX graphs of one operator, or of a chain that our runtime joins, with inputs of changing batch sizes.

Everything is drawn from one generator, so a case is known by its seed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import onnx
from numpy.random import Generator
from onnx import NodeProto, TensorProto, helper, numpy_helper

OPSET = 21
DTYPES = {
    "float32": TensorProto.FLOAT,
    "int64": TensorProto.INT64,
    "bool": TensorProto.BOOL,
    "float16": TensorProto.FLOAT16,
}


@dataclass
class Draft:
    """A graph while it is made: its nodes, constants and inputs [N, ...] by name."""

    random: Generator
    nodes: list[NodeProto] = field(default_factory=list)
    constants: dict[str, np.ndarray] = field(default_factory=dict)
    inputs: dict[str, tuple[tuple[int, ...], str, Callable[[tuple[int, ...]], np.ndarray]]] = field(
        default_factory=dict
    )
    outputs: dict[str, str] = field(default_factory=dict)
    tolerance: float = 2e-6

    def integer(self, low: int, high: int) -> int:
        """Between `low` and `high`, both included."""
        return int(self.random.integers(low, high + 1))

    def choice(self, values: Sequence):
        return values[self.integer(0, len(values) - 1)]

    def coin(self) -> bool:
        return self.integer(0, 1) == 1

    def shape(self, rank: int, largest: int = 6) -> tuple[int, ...]:
        return tuple(self.integer(1, largest) for _ in range(rank))

    def image(self, channels: int | None = None) -> tuple[int, ...]:
        """[C, H, W] of an input; the batch comes before it."""
        channels = channels or self.choice((1, 2, 3, 4, 5, 8, 12, 16, 20))
        return (channels, self.integer(1, 11), self.integer(1, 11))

    def feed(self, rest: tuple[int, ...], dtype: str = "float32", values: Callable | None = None) -> str:
        """An input [N, *rest]."""
        name = f"x{len(self.inputs)}"
        self.inputs[name] = (rest, dtype, values or (lambda shape: self.random.normal(size=shape).astype(dtype)))
        return name

    def constant(self, values) -> str:
        name = f"c{len(self.constants)}"
        self.constants[name] = np.asarray(values)
        return name

    def weights(self, *shape: int) -> str:
        return self.constant(self.random.normal(size=shape).astype(np.float32))

    def add(self, operator: str, *inputs: str, outputs: int = 1, **attributes) -> str | list[str]:
        names = [f"v{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(operator, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def finish(self, name: str | list[str], dtype: str = "float32") -> None:
        for one in [name] if isinstance(name, str) else name:
            self.outputs[one] = dtype

    def model(self) -> bytes:
        def info(name: str, dtype: str, shape: list | None) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, DTYPES[dtype], shape)

        graph = helper.make_graph(
            self.nodes,
            "case",
            [info(name, dtype, ["N", *rest]) for name, (rest, dtype, _) in self.inputs.items()],
            [info(name, dtype, None) for name, dtype in self.outputs.items()],
            [numpy_helper.from_array(values, name) for name, values in self.constants.items()],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
        return onnx.shape_inference.infer_shapes(model).SerializeToString()

    def feeds(self, batch: int) -> dict[str, np.ndarray]:
        return {name: values((batch, *rest)) for name, (rest, _, values) in self.inputs.items()}


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


UNARY = (
    "Abs", "Ceil", "Cos", "Exp", "Floor", "LeakyRelu", "Neg", "Relu", "Sigmoid", "Sin", "Softplus", "Tanh", "Identity",
)  # fmt: skip
REDUCTIONS = ("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL2", "ReduceSumSquare")

MAKERS: dict[str, Callable[[Draft], None]] = {
    **{name: _unary(name) for name in UNARY},
    **{name: _unary(name, 0.01, 30) for name in ("Log", "Reciprocal", "Sqrt")},
    **{name: _binary(name) for name in ("Add", "Sub", "Mul", "Max", "Min")},
    "Div": _binary("Div", _away_from_zero), "Pow": _power,
    **{name: _compare(name) for name in ("Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual")},
    **{name: _logical(name) for name in ("And", "Or", "Not")},
    "Where": _where, "Clip": _clip, "Cast": _cast, "DequantizeLinear": _dequantize,
    "Concat": _concat, "Slice": _slice, "Split": _split, "Pad": _pad, "Transpose": _transpose, "Reshape": _reshape,
    "Shape": _reshape_by_shape, "Gather": _gather, "Expand": _expand, "constants": _constants,
    "DepthToSpace": _depth, "Resize": _resize,
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
