/** Sums, means and extremes over axes. */
import { UnsupportedError } from '../errors.ts';
import type { Operator, Planner } from '../planner.ts';
import type { Value } from '../value.ts';
import type { Shape } from '../views.ts';
import { AXES, type Reduction, REDUCTIONS } from '../wasm.ts';
import { axisOf } from './views.ts';

function reduced(plan: Planner, value: Value, axes: ReadonlySet<number>, reduction: Reduction, keep: boolean): Value {
  const source = plan.place(value);
  const every = value.shape.map((_, axis) => axis);
  const out = plan.fresh(every.map((axis) => (axes.has(axis) ? 1 : value.shape[axis]!)), [value]);
  const [gone, kept] = [every.filter((axis) => axes.has(axis)), every.filter((axis) => !axes.has(axis))];
  if (every.length > AXES) throw new UnsupportedError(`[${value.shape.join(', ')}] has too many axes to be reduced`);
  const filled = (list: Shape, filling: number) => [...Array.from({ length: AXES - list.length }, () => filling), ...list];
  const sizes = (list: number[]) => filled(list.map((axis) => value.shape[axis]!), 1);
  const strides = (list: number[], { strides: own }: Value) => filled(list.map((axis) => own[axis]!), 0);
  plan.step('reduce', [[REDUCTIONS.indexOf(reduction), ...sizes(kept), ...strides(kept, out), ...strides(kept, source), ...sizes(gone), ...strides(gone, source)], source, out]);
  return keep ? out : plan.reshape(out, kept.map((axis) => value.shape[axis]!));
}

const reduce =
  (reduction: Reduction): Operator =>
  (plan, node) => {
    const value = plan.input(node, 0);
    const given = plan.numbers(node, 1) ?? (node.attributes['axes'] as readonly number[] | undefined) ?? [];
    if (given.length === 0 && node.attributes['noop_with_empty_axes']) return value;
    const axes = given.length ? given.map((axis) => axisOf(plan, node, axis, value.shape.length)) : value.shape.map((_, axis) => axis);
    return reduced(plan, value, new Set(axes), reduction, ((node.attributes['keepdims'] as number | undefined) ?? 1) === 1);
  };

const globally =
  (reduction: Reduction): Operator =>
  (plan, node) => {
    const value = plan.input(node, 0);
    return reduced(plan, value, new Set(value.shape.map((_, axis) => axis).slice(2)), reduction, true);
  };

export const REDUCTION: Readonly<Record<string, Operator>> = {
  GlobalAveragePool: globally('mean'),
  GlobalMaxPool: globally('largest'),
  ReduceL2: reduce('length'),
  ReduceMax: reduce('largest'),
  ReduceMean: reduce('mean'),
  ReduceMin: reduce('smallest'),
  ReduceProd: reduce('product'),
  ReduceSum: reduce('sum'),
  ReduceSumSquare: reduce('sumOfSquares'),
};
