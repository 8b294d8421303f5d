/** Convolutions: by Winograd's transforms, by products over gathered pixels, or output by output. */
import type { Node } from '../onnx.ts';
import type { Operator, Planner } from '../planner.ts';
import type { Pointer } from '../store.ts';
import type { Placed, Value, Wish } from '../value.ts';
import { fill4, sameShape } from '../views.ts';
import { elementwise } from './elementwise.ts';
import { asGiven, asImage, imageStrides, moved, outputShape, taps, type Window, windowOf } from './windows.ts';

/** Fewest channels for which Winograd's transforms pay. */
const WINOGRAD_CHANNELS = 8;

/** All that the kernels need, in its place. */
interface Convolution {
  /** Names its packed weights. */
  key: string;
  window: Window;
  /** [outputs, cin, ...kernel], cin being the channels of one group. */
  weights: Value;
  outputs: number;
  cin: number;
  bias: Placed | null;
  /** In its margin, and where the first window begins. */
  x: Placed;
  corner: Pointer;
  add: Placed | null;
  out: Placed;
}

/** Whether Winograd's F(4x4, 3x3) can do it. */
const suitsWinograd = ({ kernel, strides, dilations, groups }: Window, outputs: number, cin: number): boolean =>
  groups === 1 && Math.min(outputs, cin) >= WINOGRAD_CHANNELS && [...kernel, ...strides, ...dilations].join() === '3,3,1,1,1,1';

const later = (pointer: Pointer | null, numbers: number): Pointer | null => pointer && { block: pointer.block, offset: pointer.offset + numbers };

/** What the tables of all three kernels begin with: the grid of output pixels, and how operands step through it. */
function grid({ x, add, out }: Convolution, [down, across]: readonly [number, number]): number[] {
  const [image, row, column] = imageStrides(x) as [number, number, number];
  return [out.shape[0]!, out.shape[2]!, out.shape[3]!, image, row * down, column * across, ...(add ? imageStrides(add) : [0, 0, 0]), ...imageStrides(out)];
}

/** Where the taps of a window lie, from its first one. */
const offsets = ({ window, x }: Convolution): number[] =>
  taps(window.kernel).map(([row, column]) => row * window.dilations[0] * x.strides[2]! + column * window.dilations[1] * x.strides[3]!);

function byWinograd(plan: Planner, one: Convolution): void {
  const { cin, outputs, weights, out } = one;
  const filled = fill4(outputs);
  const packed = plan.packed(`${one.key} winograd`, weights, 36 * cin * filled, (to) => plan.step('pack_winograd', [plan.dense(weights), to, outputs, cin]));
  const space = plan.space(plan.store.exports.winograd_space(cin, filled), out.fixed);
  plan.step('winograd', [[...grid(one, [1, 1]), cin, filled], one.corner, packed, one.bias, one.add, out, space]);
}

function byProducts(plan: Planner, one: Convolution): void {
  const { cin, weights, window } = one;
  const outputs = one.outputs / window.groups;
  const filled = fill4(outputs);
  const places = taps(window.kernel).map((_, i) => i);
  const size = filled * cin * places.length;
  const groups = Array.from({ length: window.groups }, (_, group) => group);
  const packed = plan.packed(`${one.key} panels`, weights, size * groups.length, (to) => {
    const dense = plan.dense(weights);
    const table = [outputs, cin, cin * places.length, places.length, places.length, ...places];
    for (const group of groups) plan.step('pack', [table, later(dense, group * outputs * cin * places.length), later(to, group * size)]);
  });
  const table = [...grid(one, window.strides), cin, filled, places.length, ...offsets(one)];
  for (const group of groups) {
    const own = (pointer: Pointer | null) => later(pointer, group * outputs);
    plan.step('convolve', [table, later(one.corner, group * cin), later(packed, group * size), own(one.bias), own(one.add), own(one.out)]);
  }
}

function oneByOne(plan: Planner, one: Convolution): void {
  const { cin, window } = one;
  const table = [...grid(one, window.strides), cin, one.outputs / window.groups, taps(window.kernel).length, ...offsets(one)];
  plan.step('convolve_groups', [table, window.groups, one.corner, plan.dense(one.weights), one.bias, one.out]);
}

/**
 * A convolution, and the sum with another value of the same shape if there is one to add.
 *
 * @param addend name of what is added; worked out before the convolution.
 */
export function convolution(plan: Planner, node: Node, wish?: Wish, addend?: string): Value {
  const weights = plan.input(node, 1);
  const [outputs, cin, ...kernel] = weights.shape as [number, number, ...number[]];
  const window = windowOf(plan, node, kernel);
  const winograd = suitsWinograd(window, outputs, cin);
  /** What the kernels read around the image; Winograd's tiles are whole at the lower and right edge too. */
  const reach: Wish = (shape) => {
    const [, , height, width] = outputShape(window, shape, outputs);
    const [top, left] = window.pads(shape[2]!, shape[3]!);
    const read = (out: number, axis: 0 | 1) => (winograd ? fill4(out) + 2 : (out - 1) * window.strides[axis] + (window.kernel[axis] - 1) * window.dilations[axis] + 1);
    return [top, left, Math.max(0, read(height, 0) - top - shape[2]!), Math.max(0, read(width, 1) - left - shape[3]!)];
  };
  const image = kernel.length === 2;
  const source = asImage(plan, plan.input(node, 0, image ? reach : undefined));
  if (source.shape.length !== 4 || source.shape[1] !== cin * window.groups) plan.refuse(node, `the input [${source.shape.join(', ')}] does not fit the weights [${weights.shape.join(', ')}]`);
  const shape = outputShape(window, source.shape, outputs);
  if (Math.min(...shape.slice(1)) <= 0) plan.refuse(node, `nothing is left of the input [${source.shape.join(', ')}]`);
  const bias = plan.has(node, 2) ? plan.dense(plan.input(node, 2)) : null;
  const more = addend === undefined ? null : plan.value(addend);
  const add = more && image && window.groups === 1 && sameShape(more.shape, shape) ? plan.image(more) : null;
  const x = plan.image(source, reach);
  const out = plan.freshImage(shape, [x, weights, bias, add].filter((value) => value !== null), image ? wish : undefined);
  const [top, left] = window.pads(source.shape[2]!, source.shape[3]!);
  const one: Convolution = { key: node.outputs[0]!, window, weights, outputs, cin, bias, x, corner: moved(x, -top, -left), add, out };
  const vectors = window.groups === 1 || outputs % (4 * window.groups) === 0;
  (winograd ? byWinograd : vectors ? byProducts : oneByOne)(plan, one);
  const result = asGiven(out, weights.shape.length);
  return more && !add ? elementwise(plan, node, 'plus', [result, more], { wish }) : result;
}

export const CONVOLUTION: Readonly<Record<string, Operator>> = { Conv: (plan, node, wish) => convolution(plan, node, wish) };
