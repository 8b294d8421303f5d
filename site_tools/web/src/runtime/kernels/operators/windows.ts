/** What convolutions of both kinds and pooling have in common: windows that move over images with their channels side by side. */
import type { Node } from '../onnx.ts';
import type { Operator, Planner } from '../planner.ts';
import type { Pointer } from '../store.ts';
import type { Margin, Placed, Value } from '../value.ts';
import type { Shape } from '../views.ts';
import { REDUCTIONS } from '../wasm.ts';

export type Pair = readonly [number, number];

/** Signals [N, C, L] are images of height 1. */
export const asImage = (plan: Planner, value: Value): Value => (value.shape.length === 3 ? { ...plan.place(value), shape: [...value.shape.slice(0, 2), 1, value.shape[2]!], strides: [...value.strides.slice(0, 2), 0, value.strides[2]!], margin: undefined } : value);
/** Back to the rank that was given. */
export const asGiven = (value: Value, rank: number): Value => (rank === 3 ? { ...value, shape: [0, 1, 3].map((axis) => value.shape[axis]!), strides: [0, 1, 3].map((axis) => value.strides[axis]!), margin: undefined } : value);

/** The windows that a kernel looks through, for each axis of an image. */
export interface Window {
  kernel: Pair;
  strides: Pair;
  dilations: Pair;
  groups: number;
  /** Top, left, bottom, right. */
  pads(height: number, width: number): Margin;
}

/** The windows of a node, whose kernel may have one axis. */
export function windowOf(plan: Planner, node: Node, kernel: Shape): Window {
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

/** The shape of what so many windows make of an image [N, C, H, W]. */
export function outputShape({ kernel, strides, dilations, pads }: Window, [n, , h, w]: Shape, channels: number): [number, number, number, number] {
  const [top, left, bottom, right] = pads(h!, w!);
  return [n!, channels, fitting(h!, top, bottom, kernel[0], strides[0], dilations[0]), fitting(w!, left, right, kernel[1], strides[1], dilations[1])];
}

/** Kernel positions in the order of the file. */
export const taps = ([height, width]: Pair): Pair[] => Array.from({ length: height * width }, (_, i) => [Math.floor(i / width), i % width] as const);

/** From image to image, row to row, column to column. */
export const imageStrides = ({ strides }: Value): number[] => [strides[0]!, strides[2]!, strides[3]!];

/** A value moved by rows and columns. */
export const moved = (value: Placed, rows: number, columns: number, channels = 0): Pointer => ({
  block: value.block,
  offset: value.offset + rows * value.strides[2]! + columns * value.strides[3]! + channels * value.strides[1]!,
});

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

export const POOLING: Readonly<Record<string, Operator>> = { AveragePool: pool('mean'), MaxPool: pool('largest') };
