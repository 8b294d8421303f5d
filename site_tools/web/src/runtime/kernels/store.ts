/** What one graph keeps in the kernels' memory from call to call: its constants, and its weights as the kernels read them. */
import type { Tensor } from '../protocol.ts';
import { type Block, bytesFor, type Heap } from './memory.ts';
import { writeFloats } from './numbers.ts';
import type { Exports, KernelName } from './wasm.ts';

/** Where the numbers of a view begin: so many numbers behind the start of a block. */
export interface Pointer {
  block: Block;
  offset: number;
}

/** What a kernel is given: a number, numbers in memory, a table of integers, or nothing. */
export type Argument = number | Pointer | readonly number[] | null;

export const isPointer = (argument: Argument): argument is Pointer => argument !== null && typeof argument === 'object' && 'block' in argument;
const isTable = (argument: Argument): argument is readonly number[] => Array.isArray(argument);

export class Store {
  private blocks = new Set<Block>();
  private uploads = new Map<Tensor, Block>();
  private packs = new Map<string, Block>();
  private numbers = new Map<number, Block>();

  constructor(
    readonly exports: Exports,
    readonly heap: Heap,
  ) {}

  floats(address: number, size: number): Float32Array {
    return new Float32Array(this.exports.memory.buffer, address, size);
  }

  allocate(size: number): Block {
    const block: Block = { size, address: this.heap.allocate(bytesFor(size)) };
    this.blocks.add(block);
    return block;
  }

  /** A constant of the file as float32. */
  upload(tensor: Tensor, name: string): Block {
    let block = this.uploads.get(tensor);
    if (!block) {
      block = this.allocate(tensor.data.length);
      writeFloats(tensor, this.floats(block.address!, block.size), name);
      this.uploads.set(tensor, block);
    }
    return block;
  }

  number(value: number): Block {
    let block = this.numbers.get(value);
    if (!block) {
      block = this.allocate(1);
      this.floats(block.address!, 1)[0] = value;
      this.numbers.set(value, block);
    }
    return block;
  }

  pack(key: string): Block | undefined {
    return this.packs.get(key);
  }

  keepPack(key: string, block: Block): void {
    this.packs.set(key, block);
  }

  /** Write tables into memory and give all arguments as what WebAssembly takes. `write` returns a table's address. */
  resolve(args: readonly Argument[], write: (table: readonly number[]) => number): number[] {
    return args.map((argument) => {
      if (argument === null) return 0;
      if (isTable(argument)) return write(argument);
      return isPointer(argument) ? argument.block.address! + 4 * argument.offset : argument;
    });
  }

  /** Call a kernel now, on blocks that all have their place. */
  runNow(kernel: KernelName, args: readonly Argument[]): number | void {
    const tables: number[] = [];
    const values = this.resolve(args, (table) => {
      const address = this.heap.allocate(4 * table.length);
      tables.push(address);
      new Int32Array(this.exports.memory.buffer, address, table.length).set(table);
      return address;
    });
    const result = this.exports[kernel](...values);
    for (const address of tables) this.heap.free(address);
    return result;
  }

  /** Free what no plan uses: constants whose packed form is kept, and what was computed on the way. */
  sweep(used: ReadonlySet<Block>): void {
    const kept = new Set([...this.packs.values(), ...used]);
    for (const block of this.blocks) {
      if (kept.has(block)) continue;
      this.heap.free(block.address!);
      this.blocks.delete(block);
    }
    for (const map of [this.uploads, this.numbers] as Map<unknown, Block>[]) {
      for (const [key, block] of map) if (!this.blocks.has(block)) map.delete(key);
    }
  }

  release(): void {
    this.packs.clear();
    this.sweep(new Set());
  }
}
