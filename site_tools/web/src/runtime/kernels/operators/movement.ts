/** What moves numbers to other places: by copies between views, or by lists of places. */
import type { Node } from '../onnx.ts';
import type { Operator, Planner } from '../planner.ts';
import type { Placed, Value, Wish } from '../value.ts';
import { denseStrides, product, type Shape } from '../views.ts';
import { isImage } from './elementwise.ts';
import { knownValue } from './known.ts';
import { attribute, axisOf, part, view } from './views.ts';

const concat: Operator = (plan, node, wish) => {
  const values = node.inputs.map((_, i) => plan.input(node, i));
  const [first] = values as [Value];
  const axis = axisOf(plan, node, attribute(node, 'axis', 0), first.shape.length);
  const shape = first.shape.map((size, i) => (i === axis ? values.reduce((sum, value) => sum + value.shape[i]!, 0) : size));
  if (values.some((value) => value.shape.length !== shape.length || value.shape.some((size, i) => i !== axis && size !== shape[i]))) {
    plan.refuse(node, `the shapes ${values.map((value) => `[${value.shape.join(', ')}]`).join(', ')} differ`);
  }
  const image = first.dtype === 'float32' && (values.some(isImage) || (wish && shape.length === 4));
  const out = image ? plan.freshImage(shape, values, wish) : plan.fresh(shape, values, first.dtype);
  let start = 0;
  for (const value of values) {
    plan.map('copy', part(plan, { ...out }, axis, start, value.shape[axis]!) as Placed, [value]);
    start += value.shape[axis]!;
  }
  return out;
};

/** Numbers along an axis by a list of places. */
function pick(plan: Planner, node: Node, value: Value, axis: number, indices: Value): Value {
  const from = plan.dense(value);
  const out = plan.fresh([...value.shape.slice(0, axis), ...indices.shape, ...value.shape.slice(axis + 1)], [value, indices], value.dtype);
  const sizes = [product(value.shape.slice(0, axis)), value.shape[axis]!, product(indices.shape), product(value.shape.slice(axis + 1))];
  plan.step('gather', [from, plan.dense(indices), out, ...sizes], `${node.type} (${node.outputs[0]}): an index lies outside of the ${value.shape[axis]} there are`);
  return out;
}

const gather: Operator = (plan, node) => {
  const value = plan.input(node, 0);
  return pick(plan, node, value, axisOf(plan, node, attribute(node, 'axis', 0), value.shape.length), plan.input(node, 1));
};

/** The places that padding an axis of `size` reads, if it does not add a constant. */
const PLACES: Readonly<Record<string, (at: number, size: number) => number>> = {
  edge: (at, size) => Math.min(size - 1, Math.max(0, at)),
  reflect: (at, size) => {
    const turn = 2 * (size - 1) || 1;
    const inside = ((at % turn) + turn) % turn;
    return inside < size ? inside : turn - inside;
  },
};

const pad: Operator = (plan, node) => {
  let value = plan.input(node, 0);
  const pads = plan.numbers(node, 1)!;
  const axes = plan.numbers(node, 3)?.map((axis) => axisOf(plan, node, axis, value.shape.length)) ?? value.shape.map((_, axis) => axis);
  const place = PLACES[attribute(node, 'mode', 'constant')];
  const sides = axes.map((axis, i) => ({ axis, before: pads[i]!, after: pads[i + axes.length]! })).filter(({ before, after }) => before || after);
  if (place) {
    for (const { axis, before, after } of sides) {
      const size = value.shape[axis]!;
      const indices = Array.from({ length: before + size + after }, (_, i) => place(i - before, size));
      value = pick(plan, node, value, axis, knownValue(indices, [indices.length]));
    }
    return value;
  }
  for (const { axis, before, after } of sides) value = part(plan, value, axis, Math.max(0, -before), value.shape[axis]! + Math.min(0, before) + Math.min(0, after));
  const shape = [...value.shape];
  for (const { axis, before, after } of sides) shape[axis]! += Math.max(0, before) + Math.max(0, after);
  const filling = plan.has(node, 2) ? plan.input(node, 2) : plan.number(0);
  const out = plan.fresh(shape, [value, filling]);
  plan.map('copy', out, [{ ...plan.place(filling), shape, strides: shape.map(() => 0) }]);
  let inside: Value = out;
  for (const { axis, before } of sides) inside = part(plan, inside, axis, Math.max(0, before), value.shape[axis]!);
  plan.map('copy', inside as Placed, [value]);
  return out;
};

/** A copy of a view with more axes than the image [N, C, H, W] that it becomes, its axes in that order. */
function intoImage(plan: Planner, value: Value, shape: Shape, wish?: Wish): Value {
  if (shape[1]! < 4 && !wish) {
    const out = plan.fresh(shape, [value]);
    plan.map('copy', { ...out, shape: value.shape, strides: denseStrides(value.shape) }, [value]);
    return out;
  }
  const out = plan.freshImage(shape, [value], wish);
  const strides: number[] = [];
  for (let axis = value.shape.length - 1, of = 3, inside = 1; axis >= 0; axis--) {
    strides[axis] = out.strides[of]! * inside;
    inside *= value.shape[axis]!;
    if (inside === shape[of]) [of, inside] = [of - 1, 1];
  }
  plan.map('copy', { ...out, shape: value.shape, strides }, [value]);
  return out;
}

/** An image's axes apart: sizes and strides of [N, C, H, W], each possibly in several. */
const apart = (plan: Planner, value: Value, axes: readonly (readonly [size: number, stride: number])[]): Value =>
  view(plan, value, { shape: axes.map(([size]) => size), strides: axes.map(([, stride]) => stride) });

const depthToSpace: Operator = (plan, node, wish) => {
  const value = plan.input(node, 0);
  const block = node.attributes['blocksize'] as number;
  const [n, c, h, w] = value.shape as [number, number, number, number];
  const [sn, sc, sh, sw] = value.strides as [number, number, number, number];
  const channels = c / block ** 2;
  const columnsFirst = attribute<string>(node, 'mode', 'DCR') === 'CRD';
  const [own, row, column] = columnsFirst ? [sc * block ** 2, sc * block, sc] : [sc, sc * channels * block, sc * channels];
  return intoImage(plan, apart(plan, value, [[n, sn], [channels, own], [h, sh], [block, row], [w, sw], [block, column]]), [n, channels, h * block, w * block], wish);
};

const spaceToDepth: Operator = (plan, node, wish) => {
  const value = plan.input(node, 0);
  const block = node.attributes['blocksize'] as number;
  const [n, c, h, w] = value.shape as [number, number, number, number];
  const [sn, sc, sh, sw] = value.strides as [number, number, number, number];
  const moved = apart(plan, value, [[n, sn], [block, sh], [block, sw], [c, sc], [h / block, sh * block], [w / block, sw * block]]);
  return intoImage(plan, moved, [n, c * block ** 2, h / block, w / block], wish);
};

/** Where a coordinate of the output lies in the input. */
const COORDINATES: Readonly<Record<string, (i: number, scale: number, from: number, to: number) => number>> = {
  asymmetric: (i, scale) => i / scale,
  half_pixel: (i, scale) => (i + 0.5) / scale - 0.5,
  align_corners: (i, _, from, to) => (to > 1 ? (i * (from - 1)) / (to - 1) : 0),
};
const ROUNDINGS: Readonly<Record<string, (x: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
};

const resize: Operator = (plan, node, wish) => {
  let value = plan.input(node, 0);
  const given = plan.has(node, 2) ? plan.numbers(node, 2)! : undefined;
  const scales = given?.length ? given : plan.numbers(node, 3)!.map((size, axis) => size / value.shape[axis]!);
  const shape = value.shape.map((size, axis) => (given?.length ? Math.floor(size * scales[axis]!) : plan.numbers(node, 3)![axis]!));
  const coordinate = COORDINATES[attribute(node, 'coordinate_transformation_mode', 'half_pixel')]!;
  const round = ROUNDINGS[attribute(node, 'nearest_mode', 'round_prefer_floor')]!;
  const places = shape.map((to, axis) => {
    const size = value.shape[axis]!;
    return Array.from({ length: to }, (_, i) => Math.min(size - 1, Math.max(0, round(coordinate(i, scales[axis]!, size, to)))));
  });
  const factors = shape.map((to, axis) => to / value.shape[axis]!);
  if (places.some((list, axis) => list.some((at, i) => at !== Math.floor(i / factors[axis]!)) || factors[axis]! % 1)) {
    places.forEach((list, axis) => {
      if (list.some((at, i) => at !== i) || list.length !== value.shape[axis]) value = pick(plan, node, value, axis, knownValue(list, [list.length]));
    });
    return value;
  }
  // every number becomes a block of its own: a view in which it is repeated
  const axes = value.shape.flatMap((size, axis) => [[size, value.strides[axis]!], [factors[axis]!, 0]] as const).filter(([size], i) => i % 2 === 0 || size > 1);
  const repeated = apart(plan, value, axes);
  if (shape.length === 4) return intoImage(plan, repeated, shape, wish);
  return plan.reshape(repeated, shape);
};

const constantOfShape: Operator = (plan, node) => {
  const shape = plan.numbers(node, 0)!;
  const given = node.attributes['value'];
  const tensor = typeof given === 'object' && 'dtype' in given ? given : undefined;
  const number = Number(tensor?.data[0] ?? 0);
  if (tensor && tensor.dtype !== 'float32') return knownValue(Array.from({ length: product(shape) }, () => number), shape, tensor.dtype);
  return plan.number(number, shape);
};

export const MOVEMENT: Readonly<Record<string, Operator>> = {
  Concat: concat,
  ConstantOfShape: constantOfShape,
  DepthToSpace: depthToSpace,
  Gather: gather,
  Pad: pad,
  Resize: resize,
  SpaceToDepth: spaceToDepth,
};
