/** A finished plan: steps with their places in memory, ready to run as often as one likes. */
import type { Tensor, Tensors } from '../protocol.ts';
import { type Block, bytesFor, type Lifetime, layOut } from './memory.ts';
import { readFloats, writeFloats } from './numbers.ts';
import type { Planner } from './planner.ts';
import type { Placed } from './value.ts';
import { isPointer, type Store } from './store.ts';
import { product } from './views.ts';
import type { KernelName } from './wasm.ts';

interface Call {
  kernel: KernelName;
  args: number[];
  error?: string | undefined;
}

export class Plan {
  /** Constants that its steps read. */
  readonly constants = new Set<Block>();
  private readonly calls: Call[];
  private readonly addresses: number[] = [];

  constructor(
    private readonly store: Store,
    planner: Planner,
    private readonly feeds: Readonly<Record<string, Placed>>,
    private readonly outputs: Readonly<Record<string, Placed>>,
  ) {
    try {
      this.calls = this.place(planner);
    } catch (error) {
      this.release();
      throw error;
    }
  }

  private place(planner: Planner): Call[] {
    this.placeBlocks(planner);
    const tables = planner.steps.flatMap(({ args }) => args.filter((argument) => Array.isArray(argument)) as (readonly number[])[]);
    let at = this.reserve(4 * tables.reduce((sum, { length }) => sum + length, 0));
    return planner.steps.map(({ kernel, args, error }) => ({
      kernel,
      error,
      args: this.store.resolve(args, (table) => {
        new Int32Array(this.store.exports.memory.buffer, at, table.length).set(table);
        at += 4 * table.length;
        return at - 4 * table.length;
      }),
    }));
  }

  private reserve(bytes: number): number {
    const address = this.store.heap.allocate(bytes);
    this.addresses.push(address);
    return address;
  }

  /** Give every block that has no place one: literals for themselves, the rest in an arena by their lifetimes. */
  private placeBlocks({ steps, literals }: Planner): void {
    const lives = new Map<Block, Lifetime>();
    const touch = (block: Block, step: number) => {
      if (literals.has(block)) return;
      if (block.address !== undefined) return void this.constants.add(block);
      const life = lives.get(block) ?? { block, first: step, last: step };
      lives.set(block, { block, first: Math.min(life.first, step), last: Math.max(life.last, step) });
    };
    for (const { block } of Object.values(this.feeds)) touch(block, -1);
    steps.forEach(({ args }, index) => {
      for (const argument of args) if (isPointer(argument)) touch(argument.block, index);
    });
    for (const { block } of Object.values(this.outputs)) touch(block, steps.length);
    const places = new Map<Block, number>();
    const arena = this.reserve(layOut([...lives.values()], (block, offset) => places.set(block, offset)));
    for (const [block, offset] of places) block.address = arena + offset;
    for (const [block, numbers] of literals) {
      block.address = this.reserve(bytesFor(block.size));
      this.store.floats(block.address, block.size).set(numbers);
    }
  }

  run(given: Tensors): Tensors {
    for (const [name, { block }] of Object.entries(this.feeds)) writeFloats(given[name]!, this.store.floats(block.address!, block.size), name);
    for (const { kernel, args, error } of this.calls) if (this.store.exports[kernel](...args)) throw new Error(error);
    return Object.fromEntries(Object.entries(this.outputs).map(([name, value]) => [name, this.read(value)]));
  }

  private read({ dtype, shape, block, offset }: Placed): Tensor {
    const values = this.store.floats(block.address! + 4 * offset, product(shape));
    return { dtype, data: readFloats(dtype, values), dims: [...shape] } as Tensor;
  }

  release(): void {
    for (const address of this.addresses) this.store.heap.free(address);
  }
}
