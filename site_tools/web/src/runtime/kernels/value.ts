/** A tensor while a plan is made. */
import type { DType, Tensor } from '../protocol.ts';
import type { Block } from './memory.ts';
import type { Pointer } from './store.ts';
import { denseStrides, type Shape } from './views.ts';

/** Rows and columns of zeros around an image: top, left, bottom, right. */
export type Margin = readonly [number, number, number, number];
/** What margin the reader of an image [N, C, H, W] would like. */
export type Wish = (shape: Shape) => Margin;

/** A tensor while a plan is made: a view of a block, or something that will be put into one when it is needed. */
export interface Value {
  dtype: DType;
  shape: Shape;
  strides: Shape;
  offset: number;
  block?: Block | undefined;
  /** Of a constant of the file that has no block yet. */
  source?: { tensor: Tensor; name: string } | undefined;
  /** The numbers, where planning knows them: sizes above all. */
  known?: readonly number[] | undefined;
  /** Whether it is the same in every call of every plan. */
  fixed: boolean;
  /** Zeros that lie around it. */
  margin?: Margin | undefined;
}

export type Placed = Value & Pointer;

/** A constant of the file. */
export function constant(tensor: Tensor, name: string): Value {
  const { dtype, dims } = tensor;
  return { dtype, shape: dims, strides: denseStrides(dims), offset: 0, source: { tensor, name }, fixed: true };
}
