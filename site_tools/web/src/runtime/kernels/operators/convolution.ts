/** Convolutions of both directions and pooling, on images whose channels lie side by side. */
import type { Node } from '../onnx.ts';
import type { Operator, Planner } from '../planner.ts';
import type { Pointer } from '../store.ts';
import type { Margin, Placed, Value, Wish } from '../value.ts';
import { fill4, product, sameShape, type Shape } from '../views.ts';
import { REDUCTIONS } from '../wasm.ts';
import { elementwise } from './elementwise.ts';

type Pair = readonly [number, number];

/** Fewest channels for which Winograd's transforms pay. */
const WINOGRAD_CHANNELS = 8;

/** Signals [N, C, L] are images of height 1. */
const asImage = (plan: Planner, value: Value): Value => (value.shape.length === 3 ? { ...plan.place(value), shape: [...value.shape.slice(0, 2), 1, value.shape[2]!], strides: [...value.strides.slice(0, 2), 0, value.strides[2]!], margin: undefined } : value);
const asGiven = (value: Value, rank: number): Value => (rank === 3 ? { ...value, shape: [0, 1, 3].map((axis) => value.shape[axis]!), strides: [0, 1, 3].map((axis) => value.strides[axis]!), margin: undefined } : value);

interface Window {
  kernel: Pair;
  strides: Pair;
  dilations: Pair;
  groups: number;
  /** Top, left, bottom, right. */
  pads(height: number, width: number): Margin;
}

function windowOf(plan: Planner, node: Node, kernel: Shape): Window {
  const pair = (name: string, otherwise: number): Pair => {
    const given = (node.attributes[name] as readonly number[] | undefined) ?? [otherwise, otherwise];
    return given.length === 1 ? [1, given[0]!] : (given as unknown as Pair);
  };
  const size = kernel.length === 1 ? ([1, kernel[0]!] as const) : (kernel as unknown as Pair);
  const [strides, dilations] = [pair('strides', 1), pair('dilations', 1)];
  if (kernel.length > 2) plan.refuse(node, `its kernel [${kernel.join(', ')}] has more than two axes`);
  const mode = (node.attributes['auto_pad'] as string | undefined) ?? 'NOTSET';
  const given = (node.attributes['pads'] as readonly number[] | undefined) ?? [0, 0, 0, 0];
  const pads = (height: number, width: number): Margin => {
    if (mode === 'VALID') return [0, 0, 0, 0];
    if (mode === 'NOTSET') return given.length === 2 ? [0, given[0]!, 0, given[1]!] : (given as unknown as Margin);
    const both = ([height, width] as const).map((length, i) => {
      const more = Math.max(0, (Math.ceil(length / strides[i]!) - 1) * strides[i]! + (size[i]! - 1) * dilations[i]! + 1 - length);
      return mode === 'SAME_UPPER' ? [Math.floor(more / 2), Math.ceil(more / 2)] : [Math.ceil(more / 2), Math.floor(more / 2)];
    }) as unknown as [Pair, Pair];
    return [both[0][0], both[1][0], both[0][1], both[1][1]];
  };
  return { kernel: size, strides, dilations, groups: (node.attributes['group'] as number | undefined) ?? 1, pads };
}

/** How many windows fit beside each other. */
const fitting = (length: number, before: number, after: number, kernel: number, stride: number, dilation: number): number =>
  Math.floor((length + before + after - (kernel - 1) * dilation - 1) / stride) + 1;

function outputShape({ kernel, strides, dilations, pads }: Window, [n, , h, w]: Shape, channels: number): [number, number, number, number] {
  const [top, left, bottom, right] = pads(h!, w!);
  return [n!, channels, fitting(h!, top, bottom, kernel[0], strides[0], dilations[0]), fitting(w!, left, right, kernel[1], strides[1], dilations[1])];
}

/** Kernel positions in the order of the file. */
const taps = ([height, width]: Pair): Pair[] => Array.from({ length: height * width }, (_, i) => [Math.floor(i / width), i % width] as const);

const imageStrides = ({ strides }: Value): number[] => [strides[0]!, strides[2]!, strides[3]!];

/** A value moved by rows and columns. */
const moved = (value: Placed, rows: number, columns: number, channels = 0): Pointer => ({
  block: value.block,
  offset: value.offset + rows * value.strides[2]! + columns * value.strides[3]! + channels * value.strides[1]!,
});

/**
 * A convolution, and the sum with another value of the same shape if there is one to add.
 *
 * @param addend name of what is added; worked out before the convolution.
 */
export function convolution(plan: Planner, node: Node, wish?: Wish, addend?: string): Value {
  const weights = plan.input(node, 1);
  const [outputs, cin, ...kernel] = weights.shape as [number, number, ...number[]];
  const window = windowOf(plan, node, kernel);
  const { strides, dilations, groups } = window;
  const winograd = groups === 1 && Math.min(outputs, cin) >= WINOGRAD_CHANNELS && kernel.length === 2 && [...kernel, ...strides, ...dilations].join() === '3,3,1,1,1,1';
  /** What the kernels read around the image; Winograd's tiles are whole at the lower and right edge too. */
  const reach: Wish = (shape) => {
    const [, , height, width] = outputShape(window, shape, outputs);
    const [top, left] = window.pads(shape[2]!, shape[3]!);
    const read = (out: number, axis: 0 | 1) => (winograd ? fill4(out) + 2 : (out - 1) * strides[axis] + (window.kernel[axis] - 1) * dilations[axis] + 1);
    return [top, left, Math.max(0, read(height, 0) - top - shape[2]!), Math.max(0, read(width, 1) - left - shape[3]!)];
  };
  const rank = kernel.length + 2;
  const source = asImage(plan, plan.input(node, 0, rank === 4 ? reach : undefined));
  if (source.shape.length !== 4 || source.shape[1] !== cin * groups) plan.refuse(node, `the input [${source.shape.join(', ')}] does not fit the weights [${weights.shape.join(', ')}]`);
  const shape = outputShape(window, source.shape, outputs);
  if (Math.min(...shape.slice(1)) <= 0) plan.refuse(node, `nothing is left of the input [${source.shape.join(', ')}]`);
  const bias = plan.has(node, 2) ? plan.dense(plan.input(node, 2)) : null;
  const more = addend === undefined ? undefined : plan.value(addend);
  const add = more && rank === 4 && groups === 1 && sameShape(more.shape, shape) ? plan.image(more) : undefined;
  const x = plan.image(source, reach);
  const from = [x, weights, ...(add ? [add] : []), ...(plan.has(node, 2) ? [plan.input(node, 2)] : [])];
  const out = plan.freshImage(shape, from, rank === 4 ? wish : undefined);
  const [top, left] = window.pads(source.shape[2]!, source.shape[3]!);
  const corner = moved(x, -top, -left);
  const grid = [shape[0], shape[2], shape[3], ...imageStrides(x).map((stride, i) => (i ? stride * strides[i - 1]! : stride)), ...(add ? imageStrides(add) : [0, 0, 0]), ...imageStrides(out)];
  const offsets = taps(window.kernel).map(([y, z]) => y * dilations[0] * x.strides[2]! + z * dilations[1] * x.strides[3]!);
  const places = taps(window.kernel).map((_, i) => i);
  const filled = fill4(outputs / groups);
  const key = node.outputs[0]!;
  if (winograd) {
    const packed = plan.packed(`${key} winograd`, weights, 36 * cin * filled, (to) => plan.step('pack_winograd', [plan.dense(weights), to, outputs, cin]));
    const space = plan.space(plan.store.exports.winograd_space(cin, filled), out.fixed);
    plan.step('winograd', [[...grid.slice(0, 3), ...imageStrides(x), ...grid.slice(6), cin, filled], corner, packed, bias, add ?? null, out, space]);
  } else if (groups === 1 || outputs % (4 * groups) === 0) {
    const size = filled * cin * places.length;
    const packed = plan.packed(`${key} panels`, weights, size * groups, (to) => {
      const dense = plan.dense(weights);
      for (let group = 0; group < groups; group++) {
        const [source, target] = [{ ...dense, offset: dense.offset + group * (outputs / groups) * cin * places.length }, { ...to, offset: group * size }];
        plan.step('pack', [[outputs / groups, cin, cin * places.length, places.length, places.length, ...places], source, target]);
      }
    });
    for (let group = 0; group < groups; group++) {
      const channels = (group * outputs) / groups;
      const part = (value: Pointer | null) => value && { ...value, offset: value.offset + channels };
      plan.step('convolve', [[...grid, cin, filled, offsets.length, ...offsets], { ...corner, offset: corner.offset + group * cin }, { ...packed, offset: group * size }, part(bias), part(add ?? null), part(out)]);
    }
  } else {
    plan.step('convolve_groups', [[...grid, cin, outputs / groups, offsets.length, ...offsets], groups, corner, plan.dense(weights), bias, out]);
  }
  const result = asGiven(out, rank);
  return more && !add ? elementwise(plan, node, 'plus', [result, more], { wish }) : result;
}

/**
 * As many convolutions as the strides have steps: each makes those output pixels that the same taps reach. The windows of
 * an input of one pixel never meet; then they may step as far as they are wide, and no tap reaches beyond the pixel.
 */
const transposed: Operator = (plan, node, wish) => {
  const weights = plan.input(node, 1);
  const [cin, outputs, ...kernel] = weights.shape as [number, number, ...number[]];
  const window = windowOf(plan, node, kernel);
  const { dilations } = window;
  if (window.groups !== 1) plan.refuse(node, 'it cannot have groups');
  const extra = (node.attributes['output_padding'] as readonly number[] | undefined) ?? [0, 0];
  const added = extra.length === 1 ? [0, extra[0]!] : extra;
  const rank = kernel.length + 2;
  const source = asImage(plan, plan.input(node, 0));
  if (source.shape.length !== 4 || source.shape[1] !== cin) plan.refuse(node, `the input [${source.shape.join(', ')}] does not fit the weights [${weights.shape.join(', ')}]`);
  const pads = window.pads(source.shape[2]!, source.shape[3]!);
  const sizes = ([0, 1] as const).map((i) => (source.shape[2 + i]! - 1) * window.strides[i] + (window.kernel[i] - 1) * dilations[i] + 1 + added[i]! - pads[i] - pads[i + 2]!) as [number, number];
  /** For one axis: which output pixels a phase makes, and which taps reach them from how far. */
  const strides = ([0, 1] as const).map((i) => (source.shape[2 + i] === 1 ? (window.kernel[i] - 1) * dilations[i] + 1 : window.strides[i])) as unknown as Pair;
  const phases = ([0, 1] as const).map((i) =>
    Array.from({ length: strides[i] }, (_, phase) => ({
      phase,
      count: Math.max(0, Math.ceil((sizes[i] - phase) / strides[i])),
      taps: Array.from({ length: window.kernel[i] }, (_, tap) => ({ tap, offset: (phase + pads[i] - tap * dilations[i]) / strides[i] })).filter(({ offset }) => Number.isInteger(offset)),
    })),
  ) as [Phase[], Phase[]];
  const reach: Wish = (shape) => {
    const before = (i: 0 | 1) => Math.max(0, ...phases[i].flatMap((phase) => phase.taps.map(({ offset }) => -offset)));
    const after = (i: 0 | 1) => Math.max(0, ...phases[i].flatMap(({ count, taps }) => taps.map(({ offset }) => count - 1 + offset - (shape[2 + i]! - 1))));
    return [before(0), before(1), after(0), after(1)];
  };
  const x = plan.image(source, reach);
  const bias = plan.has(node, 2) ? plan.dense(plan.input(node, 2)) : null;
  const shape = [source.shape[0]!, outputs, ...sizes];
  if (Math.min(...shape.slice(1)) <= 0) plan.refuse(node, `nothing is left of the input [${source.shape.join(', ')}]`);
  const out = plan.freshImage(shape, [x, weights, ...(plan.has(node, 2) ? [plan.input(node, 2)] : [])], rank === 4 ? wish : undefined);
  const filled = fill4(outputs);
  for (const rows of phases[0]) {
    for (const columns of phases[1]) {
      if (!rows.count || !columns.count) continue;
      const pairs = rows.taps.flatMap((row) => columns.taps.map((column) => ({ row, column })));
      const places = pairs.map(({ row, column }) => row.tap * window.kernel[1] + column.tap);
      const offsets = pairs.map(({ row, column }) => row.offset * x.strides[2]! + column.offset * x.strides[3]!);
      const packed = plan.packed(`${node.outputs[0]} phase ${rows.phase} ${columns.phase}`, weights, filled * cin * places.length, (to) =>
        plan.step('pack', [[outputs, cin, product(kernel), outputs * product(kernel), places.length, ...places], plan.dense(weights), to]),
      );
      const [image, row, column] = imageStrides(out) as [number, number, number];
      const grid = [shape[0]!, rows.count, columns.count, ...imageStrides(x), 0, 0, 0, image, row * strides[0], column * strides[1]];
      plan.step('convolve', [[...grid, cin, filled, offsets.length, ...offsets], x, packed, bias, null, moved(out, rows.phase, columns.phase)]);
    }
  }
  return asGiven(out, rank);
};

interface Phase {
  phase: number;
  count: number;
  taps: { tap: number; offset: number }[];
}

const pool =
  (reduction: 'largest' | 'mean'): Operator =>
  (plan, node, wish) => {
    const value = plan.input(node, 0);
    const window = windowOf(plan, node, node.attributes['kernel_shape'] as readonly number[]);
    const x = plan.image(asImage(plan, value));
    const shape = outputShape(window, x.shape, x.shape[1]!);
    const out = plan.freshImage(shape, [x], value.shape.length === 4 ? wish : undefined);
    const [top, left] = window.pads(x.shape[2]!, x.shape[3]!);
    const numbers = [...shape.slice(0, 1), ...shape.slice(2), shape[1], x.shape[2]!, x.shape[3]!, ...imageStrides(x), ...imageStrides(out), ...window.kernel, ...window.strides, top, left];
    plan.step('pool', [[REDUCTIONS.indexOf(reduction), ...numbers, (node.attributes['count_include_pad'] as number | undefined) ?? 0], x, out]);
    return asGiven(out, value.shape.length);
  };

export const CONVOLUTION: Readonly<Record<string, Operator>> = {
  AveragePool: pool('mean'),
  Conv: (plan, node, wish) => convolution(plan, node, wish),
  ConvTranspose: transposed,
  MaxPool: pool('largest'),
};
