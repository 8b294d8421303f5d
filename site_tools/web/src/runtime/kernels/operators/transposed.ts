/** The transposed convolution of decoders and generators. */
import type { Operator } from '../planner.ts';
import { fill4, product } from '../views.ts';
import { attribute } from './views.ts';
import { asGiven, asImage, imageStrides, moved, type Window, windowOf } from './windows.ts';

/** Output pixels from the `start`th on in steps of the stride, and the taps that reach them, each from so many pixels further on. */
interface Phase {
  start: number;
  count: number;
  taps: { tap: number; offset: number }[];
}

/** One axis of the output. */
interface Axis {
  size: number;
  stride: number;
  phases: Phase[];
  /** Pixels that taps read beyond either end of the input. */
  before: number;
  after: number;
}

/** The windows of an input of one pixel never meet: then they may step as far as they are wide, and no tap reaches beyond. */
function axisOf(input: number, { kernel, strides, dilations }: Window, i: 0 | 1, before: number, after: number, added: number): Axis {
  const span = (kernel[i] - 1) * dilations[i] + 1;
  const size = (input - 1) * strides[i] + span + added - before - after;
  const stride = input === 1 ? span : strides[i];
  const phases = Array.from({ length: stride }, (_, start) => {
    const offsets = Array.from({ length: kernel[i] }, (_, tap) => ({ tap, offset: (start + before - tap * dilations[i]) / stride }));
    return { start, count: Math.max(0, Math.ceil((size - start) / stride)), taps: offsets.filter(({ offset }) => Number.isInteger(offset)) };
  });
  const reached = phases.flatMap(({ count, taps }) => taps.map(({ offset }) => ({ first: offset, last: count - 1 + offset })));
  return { size, stride, phases, before: Math.max(0, ...reached.map(({ first }) => -first)), after: Math.max(0, ...reached.map(({ last }) => last - (input - 1))) };
}

/** As many convolutions as the strides have steps: each makes those output pixels that the same taps reach. */
const transposed: Operator = (plan, node, wish) => {
  const weights = plan.input(node, 1);
  const [cin, outputs, ...kernel] = weights.shape as [number, number, ...number[]];
  const window = windowOf(plan, node, kernel);
  const source = asImage(plan, plan.input(node, 0));
  const [images, channels, height, width] = source.shape as [number, number, number, number];
  if (source.shape.length !== 4 || channels !== cin) plan.refuse(node, `the input [${source.shape.join(', ')}] does not fit the weights [${weights.shape.join(', ')}]`);
  const [top, left, bottom, right] = window.pads(height, width);
  const [down, across] = [0, ...attribute<readonly number[]>(node, 'output_padding', [0, 0])].slice(-2) as [number, number];
  const [vertical, horizontal] = [axisOf(height, window, 0, top, bottom, down), axisOf(width, window, 1, left, right, across)];
  if (Math.min(vertical.size, horizontal.size) <= 0) plan.refuse(node, `nothing is left of the input [${source.shape.join(', ')}]`);
  const x = plan.image(source, () => [vertical.before, horizontal.before, vertical.after, horizontal.after]);
  const bias = plan.has(node, 2) ? plan.dense(plan.input(node, 2)) : null;
  const operands = bias ? [x, weights, bias] : [x, weights];
  const out = plan.freshImage([images, outputs, vertical.size, horizontal.size], operands, kernel.length === 2 ? wish : undefined);
  const [image, row, column] = imageStrides(out) as [number, number, number];
  const filled = fill4(outputs);
  const positions = product(kernel);
  for (const rows of vertical.phases) {
    for (const columns of horizontal.phases) {
      if (!rows.count || !columns.count) continue;
      const pairs = rows.taps.flatMap((one) => columns.taps.map((other) => [one, other] as const));
      const places = pairs.map(([one, other]) => one.tap * window.kernel[1] + other.tap);
      const offsets = pairs.map(([one, other]) => one.offset * x.strides[2]! + other.offset * x.strides[3]!);
      const key = `${node.outputs[0]} phase ${rows.start}/${vertical.stride} ${columns.start}/${horizontal.stride}`;
      const packed = plan.packed(key, weights, filled * cin * places.length, (to) =>
        plan.step('pack', [[outputs, cin, positions, outputs * positions, places.length, ...places], plan.dense(weights), to]),
      );
      const grid = [images, rows.count, columns.count, ...imageStrides(x), 0, 0, 0, image, row * vertical.stride, column * horizontal.stride];
      plan.step('convolve', [[...grid, cin, filled, offsets.length, ...offsets], x, packed, bias, null, moved(out, rows.start, columns.start)]);
    }
  }
  return asGiven(out, weights.shape.length);
};

export const TRANSPOSED: Readonly<Record<string, Operator>> = { ConvTranspose: transposed };
