/** The compiled kernels: what `c/*.c` exports, under the same names. Addresses are bytes, tables lists of int32. */

/** Of `map`, in the order of c/elementwise.c. */
export const OPERATIONS = [
  'copy', 'negate', 'absolute', 'root', 'inverse', 'exp', 'log', 'sine', 'cosine', 'tangent', 'logistic', 'softplus', 'swish', 'leakyRelu',
  'floor', 'ceiling', 'truncate', 'nonZero', 'not', 'toHalf',
  'plus', 'minus', 'times', 'over', 'power', 'smaller', 'larger', 'equal', 'less', 'lessOrEqual',
  'timesPlus', 'where', 'clip',
] as const; // prettier-ignore

/** Of `reduce` and `pool`, in the order of c/reduce.c. */
export const REDUCTIONS = ['sum', 'mean', 'largest', 'smallest', 'product', 'length', 'sumOfSquares'] as const;

/** What `group_norm` may end with, in the order of c/functions.h. */
export const ACTIVATIONS = ['nothing', 'silu', 'leaky', 'sigmoid', 'tanh'] as const;

export type Operation = (typeof OPERATIONS)[number];
export type Reduction = (typeof REDUCTIONS)[number];
export type Activation = (typeof ACTIVATIONS)[number];

/** Axes that `map` and `reduce` can walk. */
export const AXES = 6;

type Kernel = (...values: number[]) => number | void;

export interface Exports {
  memory: WebAssembly.Memory;
  __heap_base: WebAssembly.Global;
  winograd_space(cin: number, cout: number): number;
  convolve: Kernel;
  convolve_groups: Kernel;
  pack: Kernel;
  winograd: Kernel;
  pack_winograd: Kernel;
  group_norm: Kernel;
  clear_margin: Kernel;
  map: Kernel;
  reduce: Kernel;
  pool: Kernel;
  gather: Kernel;
}

/** A kernel that a plan may call. */
export type KernelName = Exclude<{ [K in keyof Exports]: Exports[K] extends Kernel ? K : never }[keyof Exports], 'winograd_space'>;

export async function instantiate(bytes: Uint8Array<ArrayBuffer>): Promise<Exports> {
  const { instance } = await WebAssembly.instantiate(bytes);
  return instance.exports as unknown as Exports;
}
