/** Normalisations, and what one kernel does with them: scale and shift for each image (FiLM), and an activation. */
import type { Node } from '../onnx.ts';
import type { Operator, Planner } from '../planner.ts';
import type { Placed, Value, Wish } from '../value.ts';
import { fill4, product } from '../views.ts';
import { ACTIVATIONS, type Activation } from '../wasm.ts';
import { elementwise } from './elementwise.ts';

/** A normalisation in groups of channels, by names of values. */
export interface GroupNorm {
  node: Node;
  input: string;
  /** For each channel, whatever the shape. */
  gamma: string;
  beta: string;
  groups: number;
  epsilon: number;
  /** [N or 1, C, 1, 1]. */
  scale?: string;
  shift?: string;
  activation?: Activation;
  slope?: number;
}

/** What follows the channels' axis becomes height 1 and one width. */
function asImage(plan: Planner, value: Value): Value {
  if (value.shape.length === 4) return value;
  return plan.reshape(value, [value.shape[0]!, value.shape[1]!, 1, product(value.shape.slice(2))]);
}

/** A row [C] for each image, with the channels side by side; the stride from row to row is 0 if there is one for all. */
function rows(plan: Planner, value: Value): { value: Placed; stride: number } {
  const [images, channels] = value.shape as [number, number];
  const row = { ...plan.place(value), shape: [images, channels], strides: value.strides.slice(0, 2), margin: undefined };
  const placed = row.strides[1] === 1 ? row : plan.dense(row);
  return { value: placed, stride: images === 1 ? 0 : placed.strides[0]! };
}

export function groupNorm(plan: Planner, norm: GroupNorm, wish?: Wish): Value {
  const { node } = norm;
  const given = plan.value(norm.input);
  const channels = given.shape[1]!;
  if (given.shape.length < 3) plan.refuse(node, `its input [${given.shape.join(', ')}] has no axis behind the channels`);
  if (channels % norm.groups) plan.refuse(node, `${channels} channels do not fall into ${norm.groups} groups`);
  const perChannel = [norm.gamma, norm.beta].map((name) => plan.dense(plan.value(name)));
  const perImage = [norm.scale, norm.shift].map((name) => (name === undefined ? undefined : rows(plan, plan.value(name))));
  const x = plan.image(asImage(plan, given));
  const from = [x, ...perChannel, ...perImage.flatMap((row) => (row ? [row.value] : []))];
  const out = plan.freshImage(x.shape, from, given.shape.length === 4 ? wish : undefined);
  const strides = [x, out].flatMap(({ strides: [image, , row, column] }) => [image!, row!, column!]);
  const table = [x.shape[0]!, x.shape[2]!, x.shape[3]!, channels, norm.groups, ...strides, ...perImage.map((row) => row?.stride ?? 0), ACTIVATIONS.indexOf(norm.activation ?? 'nothing')];
  const space = plan.space(2 * fill4(channels), out.fixed);
  plan.step('group_norm', [table, norm.epsilon, norm.slope ?? 0, x, ...perChannel, ...perImage.map((row) => row?.value ?? null), out, space]);
  return given.shape.length === 4 ? out : plan.reshape(out, given.shape);
}

const epsilonOf = ({ attributes }: Node): number => (attributes['epsilon'] as number | undefined) ?? 1e-5;

/** A node that is a normalisation by itself, for the kernel; of the instance it is one with a group for each channel. */
export function normOf(node: Node, channels: number): GroupNorm {
  const groups = node.type === 'GroupNormalization' ? (node.attributes['num_groups'] as number) : channels;
  return { node, input: node.inputs[0]!, gamma: node.inputs[1]!, beta: node.inputs[2]!, groups, epsilon: epsilonOf(node) };
}

const group: Operator = (plan, node, wish) => {
  if (plan.model.opset < 21) plan.refuse(node, 'before opset 21 its scale was one of the group');
  return groupNorm(plan, normOf(node, 0), wish);
};

/** Scale and shift of the trained statistics, one multiplication and one addition for each channel. */
const batch: Operator = (plan, node, wish) => {
  const [x, gamma, beta, mean, variance] = plan.inputs(node) as [Value, Value, Value, Value, Value];
  const deviation = elementwise(plan, node, 'root', [elementwise(plan, node, 'plus', [variance, plan.number(epsilonOf(node))])]);
  const factor = elementwise(plan, node, 'over', [gamma, deviation]);
  const offset = elementwise(plan, node, 'minus', [beta, elementwise(plan, node, 'times', [mean, factor])]);
  const channel = (value: Value) => plan.reshape(value, [value.shape[0]!, ...x.shape.slice(2).map(() => 1)]);
  return elementwise(plan, node, 'timesPlus', [x, channel(factor), channel(offset)], { wish });
};

export const NORMALIZATION: Readonly<Record<string, Operator>> = {
  BatchNormalization: batch,
  GroupNormalization: group,
  InstanceNormalization: (plan, node, wish) => groupNorm(plan, normOf(node, plan.input(node, 0).shape[1]!), wish),
};
