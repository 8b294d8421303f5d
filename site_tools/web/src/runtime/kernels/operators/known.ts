/** Arithmetic on integers that planning knows: the sizes that graphs compute from Shape to give them to Reshape. */
import type { DType } from '../../protocol.ts';
import { ELEMENT_TYPES, type Node } from '../onnx.ts';
import type { Evaluation, Planner } from '../planner.ts';
import type { Value } from '../value.ts';
import { broadcast, denseStrides, product, repeatStrides, type Shape } from '../views.ts';

const LARGEST = 4096;
const WHOLE: readonly DType[] = ['int64', 'int32', 'bool'];

export function knownValue(known: readonly number[], shape: Shape, dtype: DType = 'int64'): Value {
  return { dtype, shape, strides: denseStrides(shape), offset: 0, known, fixed: false };
}

interface Known {
  shape: Shape;
  numbers: readonly number[];
}

/** The operands' numbers, each repeated to the common shape, through `f`. */
function combine(operands: readonly Known[], f: (...values: number[]) => number): Known | undefined {
  const shape = broadcast(operands.map((one) => one.shape));
  if (!shape) return undefined;
  const steps = operands.map((one) => repeatStrides(one.shape, denseStrides(one.shape), shape));
  const own = denseStrides(shape);
  const numbers = Array.from({ length: product(shape) }, (_, i) =>
    f(...operands.map((one, k) => one.numbers[shape.reduce((at, size, axis) => at + (Math.floor(i / own[axis]!) % size) * steps[k]![axis]!, 0)]!)),
  );
  return { shape, numbers };
}

const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  Add: (a, b) => a! + b!,
  Sub: (a, b) => a! - b!,
  Mul: (a, b) => a! * b!,
  Div: (a, b) => Math.trunc(a! / b!),
  Neg: (a) => -a!,
  Max: Math.max,
  Min: Math.min,
  Equal: (a, b) => Number(a === b),
  Cast: (a) => a!,
  Where: (condition, yes, no) => (condition ? yes! : no!),
};

/** Sizes of a value's axes from `start` to `end`. */
const shapeOf = ({ attributes }: Node, { shape }: Value): number[] => shape.slice((attributes['start'] as number | undefined) ?? 0, (attributes['end'] as number | undefined) ?? shape.length);

/** Of lists, which is what sizes are kept in: one axis or none. */
function ofLists(node: Node, inputs: readonly Known[]): Known | undefined {
  const [first, second] = inputs;
  if (inputs.some(({ shape }) => shape.length > 1)) return undefined;
  switch (node.type) {
    case 'Concat': {
      const numbers = inputs.flatMap((one) => one.numbers);
      return { shape: [numbers.length], numbers };
    }
    case 'Gather': {
      const at = (index: number) => first!.numbers.at(index);
      const numbers = second!.numbers.map(at);
      return numbers.includes(undefined) ? undefined : { shape: second!.shape, numbers: numbers as number[] };
    }
    case 'Squeeze':
      return first!.numbers.length === 1 ? { shape: [], numbers: first!.numbers } : first;
    case 'Unsqueeze':
      return first!.shape.length === 0 ? { shape: [1], numbers: first!.numbers } : undefined;
    case 'Slice': {
      const [start, end, , step] = inputs.slice(1).map(({ numbers }) => numbers[0]);
      return step === undefined || step === 1 ? { shape: [first!.numbers.slice(start, end).length], numbers: first!.numbers.slice(start, end) } : undefined;
    }
    default:
      return undefined;
  }
}

const LISTS = new Set(['Concat', 'Gather', 'Squeeze', 'Unsqueeze', 'Slice']);

function whole(plan: Planner, node: Node): Known[] | undefined {
  const values = node.inputs.filter(Boolean).map((name) => plan.value(name));
  const known = values.map((value) => ({ shape: value.shape, numbers: plan.numbersOf(value)! }));
  return values.every(({ dtype }) => WHOLE.includes(dtype)) && known.every(({ numbers }) => numbers && numbers.length <= LARGEST) ? known : undefined;
}

/** The type of a result; none if it is not whole. */
function dtypeOf(plan: Planner, { type, inputs, attributes }: Node): DType | undefined {
  if (type === 'Equal') return 'bool';
  if (type !== 'Cast') return plan.value(inputs[type === 'Where' ? 1 : 0]!).dtype;
  const dtype = ELEMENT_TYPES[attributes['to'] as number]!;
  return dtype === 'int64' || dtype === 'int32' ? dtype : undefined;
}

export const evaluate: Evaluation = (plan, node) => {
  if (node.type === 'Shape') {
    const sizes = shapeOf(node, plan.input(node, 0));
    return knownValue(sizes, [sizes.length]);
  }
  if (!FUNCTIONS[node.type] && !LISTS.has(node.type)) return undefined;
  const inputs = whole(plan, node);
  const dtype = dtypeOf(plan, node);
  if (!dtype) return undefined;
  const result = inputs && (FUNCTIONS[node.type] ? combine(inputs, FUNCTIONS[node.type]!) : ofLists(node, inputs));
  return result && knownValue(result.numbers, result.shape, dtype);
};
