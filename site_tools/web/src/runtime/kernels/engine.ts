/**
 * A small ONNX runtime of our own: convolutional networks, decoders, flows and classifiers in float32 on one thread.
 * What it takes is in operators.json; everything else is refused by name, and ONNX Runtime Web can run it.
 */
import type { Tensors } from '../protocol.ts';
import { UnsupportedError } from './errors.ts';
import { Heap } from './memory.ts';
import { type Model, readModel } from './onnx.ts';
import { OPERATORS } from './operators/registry.ts';
import { Plan } from './plan.ts';
import { Planner } from './planner.ts';
import type { Placed } from './value.ts';
import { Store } from './store.ts';
import { checkSupport } from './support.ts';
import { denseStrides, product, type Shape } from './views.ts';
import { type Exports, instantiate } from './wasm.ts';

export { UnsupportedError };

/** Plans that a graph keeps: one for each combination of input sizes and wanted outputs, the latest ones. */
const MOST_PLANS = 4;

/** The compiled kernels and their memory, which all graphs share; what a released graph had, the next one gets. */
export class Kernels {
  private constructor(
    private readonly exports: Exports,
    private readonly heap: Heap,
  ) {}

  /** @param wasm the content of kernels.wasm. */
  static async create(wasm: Uint8Array<ArrayBuffer>): Promise<Kernels> {
    const exports = await instantiate(wasm);
    return new Kernels(exports, new Heap(exports.memory, exports.__heap_base.value as number));
  }

  /** Bytes in use, and bytes of the WebAssembly memory, which can only grow. */
  get memory(): { used: number; total: number } {
    return { used: this.heap.used, total: this.exports.memory.buffer.byteLength };
  }

  /**
   * Open an ONNX file.
   *
   * @throws UnsupportedError naming an operator, attribute, type or shape that is not known here; Error for what is no ONNX file.
   */
  load(onnx: Uint8Array): Graph {
    const model = readModel(onnx);
    checkSupport(model);
    const graph = new Graph(model, new Store(this.exports, this.heap));
    try {
      graph.rehearse();
    } catch (error) {
      graph.release();
      throw error;
    }
    return graph;
  }
}

export class Graph {
  private plans = new Map<string, Plan>();
  private released = false;

  constructor(
    private readonly model: Model,
    private readonly store: Store,
  ) {}

  /** Plan one call with a batch of one, where only the first axes are open: shapes that cannot be are refused, weights packed. */
  rehearse(): void {
    const { inputs, outputs } = this.model;
    if (inputs.some(({ dims }) => dims.some((size, axis) => axis > 0 && typeof size === 'string'))) return;
    this.plan(Object.fromEntries(inputs.map(({ name, dims }) => [name, dims.map((size) => (typeof size === 'string' ? 1 : size))])), outputs.map(({ name }) => name));
  }

  /**
   * One call of the graph.
   *
   * @param feeds all inputs by name, in the types that the graph declares.
   * @param outputs names of those that are wanted.
   * @throws UnsupportedError if these sizes need what is not known here; Error if an input is missing or of another type.
   */
  run(feeds: Tensors, outputs: readonly string[]): Tensors {
    if (this.released) throw new Error('the graph has been released');
    for (const { name, dtype, dims } of this.model.inputs) {
      const given = feeds[name];
      if (!given) throw new Error(`the input ${name} is missing`);
      if (given.dtype !== dtype) throw new Error(`the input ${name} is ${dtype}, not ${given.dtype}`);
      const fits = dims.length === given.dims.length && dims.every((size, axis) => typeof size === 'string' || size === given.dims[axis]);
      if (!fits) throw new Error(`the input ${name} is [${dims.join(', ')}], not [${given.dims.join(', ')}]`);
      if (given.data.length !== product(given.dims)) throw new Error(`the input ${name} has ${given.data.length} numbers for [${given.dims.join(', ')}]`);
    }
    for (const name of outputs) if (!this.model.outputs.some((port) => port.name === name)) throw new Error(`the graph has no output ${name}`);
    return this.plan(Object.fromEntries(this.model.inputs.map(({ name }) => [name, feeds[name]!.dims])), outputs).run(feeds);
  }

  private plan(shapes: Readonly<Record<string, Shape>>, outputs: readonly string[]): Plan {
    const key = JSON.stringify([shapes, outputs]);
    const plan = this.plans.get(key) ?? this.make(shapes, outputs);
    this.plans.delete(key); // and in again as the latest
    this.plans.set(key, plan);
    for (const [oldest] of [...this.plans].slice(0, -MOST_PLANS)) {
      this.plans.get(oldest)!.release();
      this.plans.delete(oldest);
    }
    this.sweep();
    return plan;
  }

  private make(shapes: Readonly<Record<string, Shape>>, outputs: readonly string[]): Plan {
    const feeds = Object.fromEntries(
      this.model.inputs.map(({ name, dtype }): [string, Placed] => {
        const shape = shapes[name]!;
        return [name, { dtype, shape, strides: denseStrides(shape), offset: 0, block: { size: product(shape) }, fixed: false }];
      }),
    );
    try {
      const planner = new Planner(this.model, this.store, OPERATORS, feeds);
      const results = Object.fromEntries(outputs.map((name) => [name, planner.dense(planner.value(name))]));
      return new Plan(this.store, planner, feeds, results);
    } catch (error) {
      this.sweep();
      if (/call stack|recursion/.test(String(error))) throw new UnsupportedError('the graph is too deep: planning goes from node to node');
      throw error;
    }
  }

  private sweep(): void {
    this.store.sweep(new Set([...this.plans.values()].flatMap((plan) => [...plan.constants])));
  }

  /** Give all its memory back to the kernels. */
  release(): void {
    this.released = true;
    for (const plan of this.plans.values()) plan.release();
    this.plans.clear();
    this.store.release();
  }
}
