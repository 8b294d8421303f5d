/**
 * From a graph and the sizes of its inputs to a list of kernel calls. Values are made on demand, from the wanted outputs
 * backwards: what no output needs is never computed, and a chain that one kernel can do is found at its end, where all
 * shapes are known. Steps whose operands are all constant run at once.
 */
import type { DType } from '../protocol.ts';
import { UnsupportedError } from './errors.ts';
import type { Block } from './memory.ts';
import type { Model, Node } from './onnx.ts';
import { type Argument, isPointer, type Pointer, type Store } from './store.ts';
import { constant, type Margin, type Placed, type Value, type Wish } from './value.ts';
import { denseStrides, fill4, isDense, product, reshapeStrides, sameShape, type Shape, walk } from './views.ts';
import { AXES, type KernelName, type Operation, OPERATIONS } from './wasm.ts';

export interface Step {
  kernel: KernelName;
  args: readonly Argument[];
  /** The error if the kernel does not return 0. */
  error?: string | undefined;
}

/** What an operator does: add steps to the plan, and return its outputs. */
export type Operator = (plan: Planner, node: Node, wish?: Wish) => Value | readonly Value[];
/** Tries whether a node ends a chain that one kernel can do. */
export type Fusion = (plan: Planner, node: Node, wish?: Wish) => Value | undefined;
/** Tries to work a node out while planning, on integers that are known. */
export type Evaluation = (plan: Planner, node: Node) => Value | undefined;

export interface Operators {
  operators: Readonly<Record<string, Operator>>;
  fusions: readonly Fusion[];
  evaluate: Evaluation;
}

const NO_MARGIN: Margin = [0, 0, 0, 0];
const LARGEST_KNOWN = 4096;

export class Planner {
  readonly steps: Step[] = [];
  /** Blocks with numbers that planning knew. */
  readonly literals = new Map<Block, readonly number[]>();
  private readonly values = new Map<string, Value>();
  private readonly makers = new Map<string, Node>();
  private readonly readers = new Map<string, number>();

  constructor(
    readonly model: Model,
    readonly store: Store,
    private readonly known: Operators,
    feeds: Readonly<Record<string, Value>>,
  ) {
    for (const [name, tensor] of model.constants) this.values.set(name, constant(tensor, name));
    for (const [name, value] of Object.entries(feeds)) this.values.set(name, value);
    for (const node of model.nodes) {
      for (const name of node.outputs) this.makers.set(name, node);
      for (const name of node.inputs) this.readers.set(name, (this.readers.get(name) ?? 0) + 1);
    }
    for (const { name } of model.outputs) this.readers.set(name, (this.readers.get(name) ?? 0) + 1);
  }

  // --- values by name -------------------------------------------------------------------------------------

  /** The node that makes a value, if it has not been worked out yet. */
  maker(name: string | undefined): Node | undefined {
    return name === undefined || this.values.has(name) ? undefined : this.makers.get(name);
  }

  uses(name: string): number {
    return this.readers.get(name) ?? 0;
  }

  /** A value by its name; it is computed if it has not been. */
  value(name: string, wish?: Wish): Value {
    const known = this.values.get(name);
    if (known) return known;
    const node = this.makers.get(name);
    if (!node) throw new Error(`the graph has no value ${name}`);
    const made = this.make(node, wish);
    node.outputs.forEach((output, i) => {
      if (made[i]) this.values.set(output, made[i]);
      else if (this.uses(output)) this.refuse(node, `its output ${i + 1} is not known`);
    });
    return this.values.get(name)!;
  }

  private make(node: Node, wish?: Wish): readonly Value[] {
    for (const fusion of this.known.fusions) {
      const value = fusion(this, node, wish);
      if (value) return [value];
    }
    const operator = this.known.operators[node.type];
    const evaluated = this.known.evaluate(this, node);
    if (evaluated) return [evaluated];
    if (!operator) this.refuse(node, 'its inputs must be known before the call');
    const made = operator(this, node, wish);
    return Array.isArray(made) ? made : [made as Value];
  }

  has(node: Node, index: number): boolean {
    return Boolean(node.inputs[index]);
  }

  input(node: Node, index: number, wish?: Wish): Value {
    if (!this.has(node, index)) this.refuse(node, `its input ${index + 1} is missing`);
    return this.value(node.inputs[index]!, wish);
  }

  /** All inputs that there are. */
  inputs(node: Node): Value[] {
    return node.inputs.filter(Boolean).map((name) => this.value(name));
  }

  /** The numbers of an input that must be known now; undefined if there is no such input. */
  numbers(node: Node, index: number): readonly number[] | undefined {
    if (!this.has(node, index)) return undefined;
    return this.numbersOf(this.input(node, index)) ?? this.refuse(node, `its input ${index + 1} must be known before the call`);
  }

  numbersOf(value: Value): readonly number[] | undefined {
    if (value.known || !value.source || value.source.tensor.data.length > LARGEST_KNOWN) return value.known;
    if (value.source.tensor.dtype === 'float16') return undefined;
    value.known = Array.from(value.source.tensor.data as ArrayLike<number | bigint>, Number);
    return value.known;
  }

  refuse(node: Node, why: string): never {
    throw new UnsupportedError(`${node.type} (${node.outputs[0]}): ${why}`);
  }

  // --- places -----------------------------------------------------------------------------------------------

  /** A new value without gaps, for what is computed from `from`. */
  fresh(shape: Shape, from: readonly Value[], dtype: DType = 'float32'): Placed {
    return this.view(shape, denseStrides(shape), product(shape), from, dtype);
  }

  /** Rows [..., M, N] whose ends are filled up to vectors. */
  freshRows(shape: Shape, from: readonly Value[]): Placed {
    const stored = [...shape.slice(0, -1), fill4(shape.at(-1)!)];
    return this.view(shape, denseStrides(stored), product(stored), from, 'float32');
  }

  /** An image [N, C, H, W] with its channels side by side, filled up to vectors, in the margin that its reader wishes. */
  freshImage(shape: Shape, from: readonly Value[], wish?: Wish): Placed {
    const [images, channels, height, width] = shape as [number, number, number, number];
    const margin = wish?.(shape) ?? NO_MARGIN;
    const [top, left, bottom, right] = margin;
    const stored = fill4(channels);
    const [rows, columns] = [top + height + bottom, left + width + right];
    const strides = [rows * columns * stored, 1, columns * stored, stored];
    const value = this.view(shape, strides, images * rows * columns * stored, from, 'float32');
    if (margin.some(Boolean)) {
      this.step('clear_margin', [[images, rows, columns, stored, top, left, bottom, right], { ...value }]);
      value.margin = margin;
      value.offset = (top * columns + left) * stored;
    }
    return value;
  }

  private view(shape: Shape, strides: Shape, size: number, from: readonly Value[], dtype: DType): Placed {
    const fixed = from.every((value) => value.fixed);
    return { dtype, shape, strides, offset: 0, block: fixed ? this.store.allocate(size) : { size }, fixed };
  }

  /** Workspace of one step. */
  space(size: number, fixed: boolean): Pointer {
    return { block: fixed ? this.store.allocate(size) : { size }, offset: 0 };
  }

  /** One number, repeated as often as a shape wants it. */
  number(value: number, shape: Shape = []): Placed {
    return { dtype: 'float32', shape, strides: shape.map(() => 0), offset: 0, block: this.store.number(value), fixed: true };
  }

  place(value: Value): Placed {
    if (!value.block) {
      if (value.source) value.block = this.store.upload(value.source.tensor, value.source.name);
      else {
        value.block = { size: value.known!.length };
        this.literals.set(value.block, value.known!);
      }
    }
    return value as Placed;
  }

  /** A constant's packed form, which is made once for all plans. */
  packed(key: string, source: Value, size: number, make: (out: Pointer) => void): Pointer {
    const block = source.fixed ? this.store.pack(key) : undefined;
    if (block) return { block, offset: 0 };
    const out = this.space(size, source.fixed);
    make(out);
    if (source.fixed) this.store.keepPack(key, out.block);
    return out;
  }

  // --- steps that all operators need ----------------------------------------------------------------------------

  step(kernel: KernelName, args: readonly Argument[], error?: string): void {
    if (!args.every((argument) => !isPointer(argument) || argument.block.address !== undefined)) this.steps.push({ kernel, args, error });
    else if (this.store.runNow(kernel, args)) throw new Error(error);
  }

  /** Apply a function to operands of the same shape as `out`. */
  map(operation: Operation, out: Placed, operands: readonly Value[], slope = 0): void {
    if (product(out.shape) === 0) return;
    const placed = operands.map((value) => this.place(value));
    const all = [out, ...placed, ...Array.from({ length: 3 - placed.length }, () => placed[0]!)];
    const axes = walk(out.shape, all.map(({ strides }) => strides), AXES);
    if (!axes) throw new UnsupportedError(`a tensor of shape [${out.shape.join(', ')}] has too many axes in this order`);
    this.step('map', [[OPERATIONS.indexOf(operation), ...axes.sizes, ...axes.strides.flat()], slope, ...all]);
  }

  /** The same numbers without gaps. */
  dense(value: Value): Placed {
    if (isDense(value.shape, value.strides)) return this.place(value);
    const copy = this.fresh(value.shape, [value], value.dtype);
    this.map('copy', copy, [value]);
    return copy;
  }

  /** An image [N, C, H, W] whose channels lie side by side, with at least the margin that is wished for. */
  image(value: Value, wish?: Wish): Placed {
    const margin = wish?.(value.shape) ?? NO_MARGIN;
    const together = value.strides[1] === 1 || value.shape[1] === 1;
    if (together && margin.every((size, side) => size <= (value.margin?.[side] ?? 0))) return this.place(value);
    const copy = this.freshImage(value.shape, [value], wish);
    this.map('copy', copy, [value]);
    return copy;
  }

  /** The same numbers in another shape, as a view if that is possible. */
  reshape(value: Value, shape: Shape): Value {
    if (sameShape(value.shape, shape)) return value;
    if (product(value.shape) !== product(shape)) throw new UnsupportedError(`[${value.shape.join(', ')}] cannot become [${shape.join(', ')}]`);
    const strides = reshapeStrides(value.shape, value.strides, shape);
    if (strides) return { ...this.place(value), shape, strides, margin: undefined };
    return { ...this.dense(value), shape, strides: denseStrides(shape) };
  }
}
