/** Whether a graph is one for this runtime, by operators.json, which Python reads as well. */
import { UnsupportedError } from './errors.ts';
import type { Attribute, Model, Node } from './onnx.ts';
import supported from './operators.json' with { type: 'json' };

/** What attributes may be: anything, or one of a list. */
type Allowed = true | readonly (number | string)[];

const OPERATORS = supported.operators as Readonly<Record<string, { attributes: Readonly<Record<string, Allowed>> } | undefined>>;

const show = (value: Attribute): string => (typeof value === 'object' && 'dtype' in value ? 'a tensor' : Array.isArray(value) ? `[${value.join(', ')}]` : String(value));

/** Why a node cannot be run; undefined if it can. */
function problem({ type, attributes }: Node): string | undefined {
  const operator = OPERATORS[type];
  if (!operator) return `the operator ${type} is not known`;
  for (const [name, value] of Object.entries(attributes)) {
    const allowed = operator.attributes[name];
    if (allowed === undefined) return `the operator ${type} has an attribute ${name}, which is not known`;
    if (allowed !== true && !allowed.includes(value as number | string)) return `the operator ${type} has ${name} = ${show(value)}; known is ${allowed.join(', ')}`;
  }
  return undefined;
}

/** @throws UnsupportedError with a sentence for each operator, attribute, type and opset that is not known. */
export function checkSupport({ opset, nodes, inputs, outputs }: Model): void {
  const [first, last] = supported.opsets as [number, number];
  const problems = new Set<string>();
  if (opset < first || opset > last) problems.add(`the opset is ${opset}; known are ${first} to ${last}`);
  for (const { name, dtype } of [...inputs, ...outputs]) if (!supported.dtypes.includes(dtype)) problems.add(`${name} is ${dtype}`);
  for (const node of nodes) problems.add(problem(node) ?? '');
  problems.delete('');
  if (problems.size) throw new UnsupportedError([...problems].join('; '));
}
