/**
 * Whether a graph is one for this runtime, as far as that is seen before sizes are known: by operators.json, which Python
 * reads as well (`site_tools/models/engine.py` is the twin of this file). Of an operator it says
 *
 * - which of the table's `types` its inputs may have, one for each input, the last one for the rest;
 * - which inputs must be `known` when a call is planned: constants, or computed from sizes alone;
 * - `whole`: on integers that are known it is worked out while planning, whatever `types` says;
 * - the type of its `result`, if that is not its first input's;
 * - which `attributes` it may have: with any value (true), or one of a list.
 */
import type { DType } from '../protocol.ts';
import { UnsupportedError } from './errors.ts';
import { type Attribute, ELEMENT_TYPES, type Model, type Node } from './onnx.ts';
import supported from './operators.json' with { type: 'json' };

interface Operator {
  types: readonly string[];
  known?: readonly number[];
  whole?: boolean;
  result?: string;
  attributes: Readonly<Record<string, true | readonly (number | string | readonly number[])[]>>;
}

/** What is known of a value beforehand. */
interface Expected {
  dtype: DType;
  known: boolean;
}

const TYPES = supported.types as Readonly<Record<string, readonly string[] | undefined>>;
const OPERATORS = supported.operators as unknown as Readonly<Record<string, Operator | undefined>>;

/** Types that planning can work out. */
const WHOLE = new Set<DType>(['int64', 'int32', 'bool']);

const show = (value: Attribute): string => (typeof value === 'object' && 'dtype' in value ? 'a tensor' : Array.isArray(value) ? `[${value.join(', ')}]` : String(value));

function attributeProblem({ type, attributes }: Node, operator: Operator): string | undefined {
  for (const [name, value] of Object.entries(attributes)) {
    const allowed = operator.attributes[name];
    if (allowed === undefined) return `the operator ${type} has an attribute ${name}, which is not known`;
    if (allowed !== true && !allowed.some((one) => show(one) === show(value))) return `the operator ${type} has ${name} = ${show(value)}; known is ${allowed.map(show).join(', ')}`;
  }
  return undefined;
}

function resultOf({ type, attributes }: Node, operator: Operator, inputs: readonly (Expected | undefined)[]): Expected {
  const known = type === 'Shape' || (operator.whole === true && inputs.every((value) => !value || (value.known && WHOLE.has(value.dtype))));
  const { value, to } = attributes;
  const given = typeof value === 'object' && 'dtype' in value ? value.dtype : 'float32';
  const dtype = type === 'Cast' ? ELEMENT_TYPES[to as number] : type === 'ConstantOfShape' ? given : operator.result ?? inputs[type === 'Where' ? 1 : 0]?.dtype;
  return { dtype: dtype as DType, known };
}

/** @throws UnsupportedError with what is not known of operators, attributes, types and opset. */
export function checkSupport({ opset, nodes, constants, inputs, outputs }: Model): void {
  const [first, last] = supported.opsets as [number, number];
  const problems = new Set<string>();
  if (opset < first || opset > last) problems.add(`the opset is ${opset}; known are ${first} to ${last}`);
  for (const { name, dtype } of [...inputs, ...outputs]) if (!supported.types.any.includes(dtype)) problems.add(`${name} is ${dtype}`);
  const values = new Map<string, Expected>(inputs.map(({ name, dtype }) => [name, { dtype, known: false }]));
  for (const [name, { dtype }] of constants) values.set(name, { dtype, known: true });
  for (const node of nodes) {
    const operator = OPERATORS[node.type];
    if (!operator) {
      problems.add(`the operator ${node.type} is not known`);
      continue;
    }
    const problem = attributeProblem(node, operator);
    if (problem) problems.add(problem);
    const given = node.inputs.map((name) => values.get(name));
    const result = resultOf(node, operator, given);
    given.forEach((value, i) => {
      if (!value) return;
      const types = TYPES[operator.types[Math.min(i, operator.types.length - 1)] ?? ''] ?? [];
      if (!types.includes(value.dtype) && !result.known) problems.add(`the operator ${node.type} cannot take ${value.dtype}`);
      if (operator.known?.includes(i) && !value.known) problems.add(`the operator ${node.type} has an input ${i + 1} that is not known before the call`);
    });
    for (const output of node.outputs) values.set(output, result);
  }
  if (problems.size) throw new UnsupportedError([...problems].join('; '));
}
