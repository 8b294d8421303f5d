/**
 * Chains that one kernel can do, found at their last node. A link in the middle must have no other reader, and nothing is
 * assumed about it that is not looked up: what only resembles a chain is left to its operators.
 */
import type { Node } from './onnx.ts';
import { convolution } from './operators/convolution.ts';
import { elementwise } from './operators/elementwise.ts';
import { type GroupNorm, groupNorm, normOf } from './operators/normalization.ts';
import type { Fusion, Planner } from './planner.ts';
import type { Value } from './value.ts';
import { product, sameShape } from './views.ts';
import type { Activation } from './wasm.ts';

/** The node that makes a value, if it is of this type and its value has no more than so many readers. */
function made(plan: Planner, name: string | undefined, type: string, readers = 1): Node | undefined {
  const node = plan.maker(name);
  return node?.type === type && plan.uses(name!) <= readers ? node : undefined;
}

/** The two operands of a node, once in each order. */
const orders = ({ inputs }: Node): [string, string][] => [[inputs[0]!, inputs[1]!], [inputs[1]!, inputs[0]!]];

interface Activated {
  input: string;
  activation: Activation;
  slope?: number;
  /** Readers of the input that belong to the activation. */
  readers: number;
}

const SIMPLE: Readonly<Record<string, Activation>> = { Relu: 'leaky', LeakyRelu: 'leaky', Sigmoid: 'sigmoid', Tanh: 'tanh' };

/** x * sigmoid(x), which exporters write for SiLU. */
function silu(plan: Planner, node: Node): string | undefined {
  if (node.type !== 'Mul') return undefined;
  return orders(node).find(([x, gate]) => made(plan, gate, 'Sigmoid')?.inputs[0] === x)?.[0];
}

function activated(plan: Planner, node: Node): Activated | undefined {
  const input = silu(plan, node);
  if (input !== undefined) return { input, activation: 'silu', readers: 2 };
  const activation = SIMPLE[node.type];
  if (!activation) return undefined;
  return { input: node.inputs[0]!, activation, slope: node.type === 'LeakyRelu' ? ((node.attributes['alpha'] as number | undefined) ?? 0.01) : 0, readers: 1 };
}

/** Whether a value is the same number everywhere. */
const isEverywhere = (plan: Planner, name: string, number: number): boolean => Boolean(plan.numbersOf(plan.value(name))?.every((value) => value === number));

/** Whether a value has one number for each channel of [N, C, H, W], and no more. */
function isPerChannel({ shape }: Value, channels: number): boolean {
  const own = [1, 1, 1, 1, ...shape].slice(-4);
  return shape.length >= 3 && shape.length <= 4 && sameShape(own, [1, channels, 1, 1]);
}

/** A normalisation by itself, or the one of groups that exporters write: Reshape, InstanceNormalization, Reshape, Mul, Add. */
function normalized(plan: Planner, name: string, readers: number): GroupNorm | undefined {
  const alone = made(plan, name, 'InstanceNormalization', readers);
  if (alone) return normOf(alone, plan.value(alone.inputs[0]!).shape[1]!);
  const add = made(plan, name, 'Add', readers);
  for (const [sum, beta] of add ? orders(add) : []) {
    const mul = made(plan, sum, 'Mul');
    for (const [back, gamma] of mul ? orders(mul) : []) {
      const unfold = made(plan, back, 'Reshape');
      const norm = made(plan, unfold?.inputs[0], 'InstanceNormalization');
      const fold = made(plan, norm?.inputs[0], 'Reshape');
      if (!unfold || !norm || !fold) continue;
      const { shape } = plan.value(fold.inputs[0]!);
      const folded = plan.numbersOf(plan.value(fold.inputs[1]!));
      const unfolded = plan.numbersOf(plan.value(unfold.inputs[1]!));
      const groups = folded?.[1];
      const channels = shape[1]!;
      if (shape.length !== 4 || folded?.length !== 3 || ![0, shape[0]].includes(folded[0]!) || !groups || channels % groups) continue;
      if (![-1, product(shape) / (shape[0]! * groups)].includes(folded[2]!) || !unfolded || !sameShape(unfolded, shape)) continue;
      if (!isEverywhere(plan, norm.inputs[1]!, 1) || !isEverywhere(plan, norm.inputs[2]!, 0)) continue;
      if (![gamma, beta].every((one) => isPerChannel(plan.value(one), channels))) continue;
      return { ...normOf(norm, groups), input: fold.inputs[0]!, gamma, beta };
    }
  }
  return undefined;
}

/** A normalisation, perhaps with a row of scales and one of shifts for each image behind it. */
function modulated(plan: Planner, name: string, readers: number): GroupNorm | undefined {
  const plain = normalized(plan, name, readers);
  if (plain) return plain;
  const add = made(plan, name, 'Add', readers);
  for (const [product, shift] of add ? orders(add) : []) {
    const mul = made(plan, product, 'Mul');
    for (const [inner, scale] of mul ? orders(mul) : []) {
      const norm = normalized(plan, inner, 1);
      if (!norm) continue;
      const { shape } = plan.value(norm.input);
      const fits = ({ shape: [images, channels, ...rest] }: Value) => [1, shape[0]].includes(images) && channels === shape[1] && rest.length === 2 && rest.every((size) => size === 1);
      if ([scale, shift].every((one) => fits(plan.value(one)))) return { ...norm, scale, shift };
    }
  }
  return undefined;
}

const norm: Fusion = (plan, node, wish) => {
  const end = activated(plan, node);
  if (end) {
    const chain = modulated(plan, end.input, end.readers);
    if (chain) return groupNorm(plan, { ...chain, activation: end.activation, slope: end.slope ?? 0 }, wish);
    return end.activation === 'silu' ? elementwise(plan, node, 'swish', [plan.value(end.input)], { wish }) : undefined;
  }
  // The readers of the node's own value do not matter: it is what the chain makes.
  const chain = node.type === 'Add' ? modulated(plan, node.outputs[0]!, Infinity) : undefined;
  return chain && groupNorm(plan, chain, wish);
};

/** A convolution and what is added to it. */
const residual: Fusion = (plan, node, wish) => {
  if (node.type !== 'Add') return undefined;
  for (const [sum, other] of orders(node)) {
    const conv = made(plan, sum, 'Conv');
    if (conv && sum !== other) return convolution(plan, conv, wish, other);
  }
  return undefined;
};

export const FUSIONS: readonly Fusion[] = [norm, residual];
