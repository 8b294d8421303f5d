/** Functions of single numbers, with operands repeated where their shapes ask for it. */
import type { DType } from '../../protocol.ts';
import { ELEMENT_TYPES, type Node } from '../onnx.ts';
import type { Operator, Planner } from '../planner.ts';
import type { Placed, Value, Wish } from '../value.ts';
import { broadcast, product, repeatStrides, sameShape } from '../views.ts';
import type { Operation } from '../wasm.ts';

/** An image that lies as the kernels of convolutions want it; then the result had better do so too. */
export const isImage = ({ shape, strides }: Value): boolean => shape.length === 4 && shape[1]! >= 4 && strides[1] === 1;

/** A function of operands, their shapes brought together. */
export function elementwise(plan: Planner, node: Node, operation: Operation, operands: readonly Value[], options: { dtype?: DType; slope?: number; wish?: Wish | undefined } = {}): Placed {
  const { dtype = 'float32', slope = 0, wish } = options;
  const integer = dtype === 'float32' && operands.find((value) => value.dtype === 'int64' || value.dtype === 'int32');
  if (integer) plan.refuse(node, `it cannot take ${integer.dtype} that is not known before the call`);
  const shape = broadcast(operands.map((value) => value.shape));
  if (!shape) plan.refuse(node, `the shapes ${operands.map((value) => `[${value.shape.join(', ')}]`).join(' and ')} do not fit together`);
  const image = shape.length === 4 && dtype === 'float32' && (wish?.(shape).some(Boolean) || operands.some((value) => isImage(value) && sameShape(value.shape, shape)));
  const out = image ? plan.freshImage(shape, operands, wish) : plan.fresh(shape, operands, dtype);
  const views = operands.map((value) => ({ ...plan.place(value), shape, strides: repeatStrides(value.shape, value.strides, shape) }));
  plan.map(operation, out, views, slope);
  return out;
}

const unary =
  (operation: Operation): Operator =>
  (plan, node, wish) =>
    elementwise(plan, node, operation, plan.inputs(node), { wish });

const binary = unary;

/** Truth values from two operands of one type. */
const compare =
  (operation: Operation, swap = false): Operator =>
  (plan, node) => {
    const operands = plan.inputs(node);
    return elementwise(plan, node, operation, swap ? [...operands].reverse() : operands, { dtype: 'bool' });
  };

const logical =
  (operation: Operation): Operator =>
  (plan, node) =>
    elementwise(plan, node, operation, plan.inputs(node), { dtype: 'bool' });

/** Any number of operands, two at a time. */
const fold =
  (operation: Operation): Operator =>
  (plan, node, wish) => {
    const operands = plan.inputs(node);
    return operands.slice(1).reduce((a, b) => elementwise(plan, node, operation, [a, b], { wish }), operands[0]!);
  };

const power: Operator = (plan, node, wish) => {
  const [base, exponent] = plan.inputs(node) as [Value, Value];
  const known = plan.numbersOf(exponent);
  const simple = known?.length === 1 && product(exponent.shape) === 1 && exponent.shape.length <= base.shape.length;
  if (simple && known[0] === 2) return elementwise(plan, node, 'times', [base, base], { wish });
  return elementwise(plan, node, 'power', [base, exponent], { wish });
};

const clip: Operator = (plan, node, wish) => {
  const bound = (index: number, none: number): Value => (plan.has(node, index) ? plan.input(node, index) : plan.number(none));
  return elementwise(plan, node, 'clip', [plan.input(node, 0), bound(1, -Infinity), bound(2, Infinity)], { wish });
};

const where: Operator = (plan, node, wish) => {
  const [condition, yes, no] = [0, 1, 2].map((index) => plan.input(node, index)) as [Value, Value, Value];
  return elementwise(plan, node, 'where', [condition, yes, no], { dtype: yes.dtype, wish });
};

const cast: Operator = (plan, node, wish) => {
  const value = plan.input(node, 0, wish);
  const dtype = ELEMENT_TYPES[node.attributes['to'] as number]!;
  const real = value.dtype === 'float32' || value.dtype === 'float16';
  const operation =
    dtype === value.dtype || value.dtype === 'bool' || dtype === 'float32' ? undefined : dtype === 'bool' ? 'nonZero' : dtype === 'float16' ? 'toHalf' : real ? 'truncate' : undefined;
  return operation ? elementwise(plan, node, operation, [value], { dtype }) : { ...value, known: undefined, dtype };
};

/** (x - zero) * scale, with one scale for all or for each index of an axis. */
const dequantize: Operator = (plan, node) => {
  const value = plan.input(node, 0);
  const axis = (node.attributes['axis'] as number | undefined) ?? 1;
  const along = (one: Value): Value => {
    if (one.shape.length > 1) plan.refuse(node, 'its scale must be one number or a list');
    return one.shape.length ? plan.reshape(one, value.shape.map((size, i) => (i === (axis + value.shape.length) % value.shape.length ? size : 1))) : one;
  };
  const shifted = plan.has(node, 2) ? elementwise(plan, node, 'minus', [value, along(plan.input(node, 2))]) : value;
  return elementwise(plan, node, 'times', [shifted, along(plan.input(node, 1))]);
};

export const ELEMENTWISE: Readonly<Record<string, Operator>> = {
  Abs: unary('absolute'),
  Add: binary('plus'),
  And: logical('times'),
  Cast: cast,
  Ceil: unary('ceiling'),
  Clip: clip,
  Cos: unary('cosine'),
  DequantizeLinear: dequantize,
  Div: binary('over'),
  Equal: compare('equal'),
  Exp: unary('exp'),
  Floor: unary('floor'),
  Greater: compare('less', true),
  GreaterOrEqual: compare('lessOrEqual', true),
  LeakyRelu: (plan, node, wish) => elementwise(plan, node, 'leakyRelu', plan.inputs(node), { slope: (node.attributes['alpha'] as number | undefined) ?? 0.01, wish }),
  Less: compare('less'),
  LessOrEqual: compare('lessOrEqual'),
  Log: unary('log'),
  Max: fold('larger'),
  Min: fold('smaller'),
  Mul: binary('times'),
  Neg: unary('negate'),
  Not: logical('not'),
  Or: logical('larger'),
  Pow: power,
  Reciprocal: unary('inverse'),
  Relu: unary('leakyRelu'),
  Sigmoid: unary('logistic'),
  Sin: unary('sine'),
  Softplus: unary('softplus'),
  Sqrt: unary('root'),
  Sub: binary('minus'),
  Tanh: unary('tangent'),
  Where: where,
};
