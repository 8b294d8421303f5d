/** Products of matrices: the kernel of convolutions on a row of "pixels", whose channels are the columns. */
import { UnsupportedError } from '../errors.ts';
import type { Operator, Planner } from '../planner.ts';
import type { Pointer } from '../store.ts';
import type { Placed, Value } from '../value.ts';
import { broadcast, denseStrides, fill4, product, repeatStrides, type Shape } from '../views.ts';
import { elementwise } from './elementwise.ts';

/** Rows of `a` times the columns of `b`, both [.., ..] at any strides, into `out`. */
function multiply(plan: Planner, key: string, a: Placed, b: Placed, bias: Pointer | null, out: Placed): void {
  const [rows, inner] = a.shape as [number, number];
  const columns = b.shape[1]!;
  if (inner === 0) throw new UnsupportedError('a product of matrices has nothing to sum up');
  const filled = fill4(columns);
  const packed = plan.packed(key, b, filled * inner, (to) => plan.step('pack', [[columns, inner, b.strides[1]!, b.strides[0]!, 1, 0], b, to]));
  const grid = [1, 1, rows, 0, 0, a.strides[0]!, 0, 0, 0, 0, 0, out.strides[0]!];
  plan.step('convolve', [[...grid, inner, filled, 1, 0], a, packed, bias, null, out]);
}

/** The last two axes, the inner numbers side by side. */
const ready = (plan: Planner, value: Value): Placed => (value.strides.at(-1) === 1 || value.shape.at(-1) === 1 ? plan.place(value) : plan.dense(value));

const flip = (value: Value): Value => ({ ...value, shape: [...value.shape].reverse(), strides: [...value.strides].reverse() });

const gemm: Operator = (plan, node) => {
  const number = (name: string, otherwise: number) => (node.attributes[name] as number | undefined) ?? otherwise;
  const [a, b] = [0, 1].map((i) => {
    const value = plan.input(node, i);
    return number(i ? 'transB' : 'transA', 0) ? flip(plan.place(value)) : value;
  }) as [Value, Value];
  if (a.shape.length !== 2 || b.shape.length !== 2 || a.shape[1] !== b.shape[0]) plan.refuse(node, `[${a.shape.join(', ')}] and [${b.shape.join(', ')}] cannot be multiplied`);
  const [alpha, beta] = [number('alpha', 1), number('beta', 1)];
  const c = plan.has(node, 2) && beta !== 0 ? plan.input(node, 2) : undefined;
  const list = c && alpha === 1 && beta === 1 && c.shape.length <= 2 && c.shape.at(-1) === b.shape[1] && product(c.shape) === b.shape[1] ? plan.dense(c) : null;
  const [left, right] = [ready(plan, a), plan.place(b)];
  const out = plan.freshRows([a.shape[0]!, b.shape[1]!], [left, right, ...(list ? [list] : [])]);
  multiply(plan, `${node.outputs[0]} panels`, left, right, list, out);
  if (list || (!c && alpha === 1)) return out;
  const scaled = alpha === 1 ? out : elementwise(plan, node, 'times', [out, plan.number(alpha)]);
  if (!c) return scaled;
  return elementwise(plan, node, 'plus', [scaled, beta === 1 ? c : elementwise(plan, node, 'times', [c, plan.number(beta)])]);
};

/** One matrix of many. */
function matrix(value: Placed, offset: number): Placed {
  return { ...value, shape: value.shape.slice(-2), strides: value.strides.slice(-2), offset: value.offset + offset };
}

function offsets(before: Shape, strides: Shape): number[] {
  const own = denseStrides(before);
  return Array.from({ length: product(before) }, (_, i) => before.reduce((sum, size, axis) => sum + (Math.floor(i / own[axis]!) % size) * strides[axis]!, 0));
}

const matmul: Operator = (plan, node) => {
  const [first, second] = plan.inputs(node) as [Value, Value];
  const a = first.shape.length === 1 ? plan.reshape(first, [1, first.shape[0]!]) : first;
  const b = second.shape.length === 1 ? plan.reshape(second, [second.shape[0]!, 1]) : second;
  const [rows, inner] = a.shape.slice(-2) as [number, number];
  const columns = b.shape.at(-1)!;
  const before = broadcast([a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  if (!before || inner !== b.shape.at(-2)) return plan.refuse(node, `[${first.shape.join(', ')}] and [${second.shape.join(', ')}] cannot be multiplied`);
  const finish = (value: Value): Value => {
    const shape = [...before, ...(first.shape.length === 1 ? [] : [rows]), ...(second.shape.length === 1 ? [] : [columns])];
    return shape.length === value.shape.length ? value : plan.reshape(value, shape);
  };
  const key = `${node.outputs[0]} panels`;
  if (product(b.shape.slice(0, -2)) === 1) {
    // one matrix on the right: all rows on the left are rows of one product
    const all = product(before) * rows;
    const [left, right] = [ready(plan, plan.reshape(a, [all, inner])), matrix(plan.place(b), 0)];
    const out = plan.freshRows([all, columns], [left, right]);
    multiply(plan, key, left, right, null, out);
    return finish({ ...out, shape: [...before, rows, columns], strides: denseStrides([...before, rows, fill4(columns)]) });
  }
  const [left, right] = [ready(plan, a), plan.place(b)];
  const out = plan.freshRows([...before, rows, columns], [left, right]);
  const [as, bs, outs] = [left, right, out].map((value) => offsets(before, repeatStrides(value.shape.slice(0, -2), value.strides.slice(0, -2), before))) as [number[], number[], number[]];
  outs.forEach((to, i) => multiply(plan, `${key} ${bs[i]}`, matrix(left, as[i]!), matrix(right, bs[i]!), null, matrix(out, to)));
  return finish(out);
};

export const MATRIX: Readonly<Record<string, Operator>> = { Gemm: gemm, MatMul: matmul };
