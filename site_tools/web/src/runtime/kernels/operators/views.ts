/** Operators that only look at the same numbers differently: views that cost nothing until a kernel needs them side by side. */
import type { Attribute, Node } from '../onnx.ts';
import type { Operator, Planner } from '../planner.ts';
import type { Value } from '../value.ts';
import { product, repeatStrides, type Shape } from '../views.ts';

/** A number of an axis, counted from the end if it is negative. */
export function axisOf(plan: Planner, node: Node, axis: number, rank: number): number {
  if (axis < -rank || axis >= rank) plan.refuse(node, `there is no axis ${axis} of ${rank}`);
  return axis < 0 ? axis + rank : axis;
}

/** An attribute, or what holds without it. */
export const attribute = <T extends Attribute>(node: Node, name: string, otherwise: T): T => (node.attributes[name] as T | undefined) ?? otherwise;

/** Another view of a value: what is not given stays. */
export const view = (plan: Planner, value: Value, change: Partial<Value>): Value => ({ ...plan.place(value), known: undefined, margin: undefined, ...change });

const reshape: Operator = (plan, node) => {
  const value = plan.input(node, 0);
  const wanted = plan.numbers(node, 1)!;
  const shape = wanted.map((size, axis) => (size === 0 && !attribute(node, 'allowzero', 0) ? value.shape[axis]! : size));
  const open = shape.indexOf(-1);
  if (open >= 0) shape[open] = product(value.shape) / -product(shape);
  if (product(shape) !== product(value.shape)) plan.refuse(node, `[${value.shape.join(', ')}] cannot become [${wanted.join(', ')}]`);
  return plan.reshape(value, shape);
};

const flatten: Operator = (plan, node) => {
  const value = plan.input(node, 0);
  const given = attribute(node, 'axis', 1);
  const axis = given < 0 ? given + value.shape.length : given;
  return plan.reshape(value, [product(value.shape.slice(0, axis)), product(value.shape.slice(axis))]);
};

const unsqueeze: Operator = (plan, node) => {
  const value = plan.input(node, 0);
  const axes = plan.numbers(node, 1)!;
  const rank = value.shape.length + axes.length;
  const added = new Set(axes.map((axis) => axisOf(plan, node, axis, rank)));
  let from = 0;
  const kept = Array.from({ length: rank }, (_, axis) => (added.has(axis) ? -1 : from++));
  return view(plan, value, { shape: kept.map((axis) => (axis < 0 ? 1 : value.shape[axis]!)), strides: kept.map((axis) => (axis < 0 ? 0 : value.strides[axis]!)) });
};

const squeeze: Operator = (plan, node) => {
  const value = plan.input(node, 0);
  const gone = plan.numbers(node, 1)?.map((axis) => axisOf(plan, node, axis, value.shape.length)) ?? value.shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  if (gone.some((axis) => value.shape[axis] !== 1)) plan.refuse(node, `only axes of size 1 can go, and the shape is [${value.shape.join(', ')}]`);
  const kept = <T>(list: readonly T[]) => list.filter((_, axis) => !gone.includes(axis));
  return view(plan, value, { shape: kept(value.shape), strides: kept(value.strides) });
};

const transpose: Operator = (plan, node) => {
  const value = plan.input(node, 0);
  const order = attribute(node, 'perm', value.shape.map((_, axis) => value.shape.length - 1 - axis));
  return view(plan, value, { shape: order.map((axis) => value.shape[axis]!), strides: order.map((axis) => value.strides[axis]!) });
};

const expand: Operator = (plan, node) => {
  const value = plan.input(node, 0);
  const wanted = plan.numbers(node, 1)!;
  const rank = Math.max(wanted.length, value.shape.length);
  const size = (list: Shape, axis: number) => list[axis - rank + list.length] ?? 1;
  const shape = Array.from({ length: rank }, (_, axis) => (size(wanted, axis) === 1 ? size(value.shape, axis) : size(wanted, axis)));
  if (shape.some((many, axis) => ![1, many].includes(size(value.shape, axis)))) plan.refuse(node, `[${value.shape.join(', ')}] cannot become [${wanted.join(', ')}]`);
  return view(plan, value, { shape, strides: repeatStrides(value.shape, value.strides, shape) });
};

/** Part of an axis, from `start` in steps. */
export const part = (plan: Planner, value: Value, axis: number, start: number, size: number, step = 1): Value =>
  view(plan, value, {
    shape: value.shape.map((many, i) => (i === axis ? size : many)),
    strides: value.strides.map((stride, i) => (i === axis ? stride * step : stride)),
    offset: value.offset + start * value.strides[axis]!,
  });

const slice: Operator = (plan, node) => {
  let value = plan.input(node, 0);
  const [starts, ends] = [plan.numbers(node, 1)!, plan.numbers(node, 2)!];
  const axes = plan.numbers(node, 3) ?? starts.map((_, i) => i);
  const steps = plan.numbers(node, 4) ?? starts.map(() => 1);
  axes.forEach((given, i) => {
    const axis = axisOf(plan, node, given, value.shape.length);
    const size = value.shape[axis]!;
    const step = steps[i]!;
    const within = (at: number) => Math.min(step > 0 ? size : size - 1, Math.max(step > 0 ? 0 : -1, at < 0 ? at + size : at));
    const count = Math.max(0, Math.ceil((within(ends[i]!) - within(starts[i]!)) / step));
    value = part(plan, value, axis, within(starts[i]!), count, step);
  });
  return value;
};

const split: Operator = (plan, node) => {
  const value = plan.input(node, 0);
  const axis = axisOf(plan, node, attribute(node, 'axis', 0), value.shape.length);
  const size = value.shape[axis]!;
  const each = Math.ceil(size / attribute(node, 'num_outputs', node.outputs.length));
  const sizes = plan.numbers(node, 1) ?? node.outputs.map((_, i) => Math.min(each, size - i * each));
  if (sizes.reduce((a, b) => a + b, 0) !== size) plan.refuse(node, `${size} cannot be split into ${sizes.join(' + ')}`);
  let start = 0;
  return sizes.map((many) => part(plan, value, axis, (start += many) - many, many));
};

const same: Operator = (plan, node, wish) => plan.input(node, 0, wish);

export const VIEWS: Readonly<Record<string, Operator>> = {
  Dropout: same,
  Expand: expand,
  Flatten: flatten,
  Identity: same,
  Reshape: reshape,
  Slice: slice,
  Split: split,
  Squeeze: squeeze,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
};
