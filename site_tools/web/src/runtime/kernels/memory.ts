/** Who gets which part of the kernels' memory: blocks that stay, and an arena that the steps of a plan share. */

/** A run of float32 numbers. */
export interface Block {
  /** Numbers it holds. */
  size: number;
  /** In bytes; unknown until the plan it belongs to is laid out. */
  address?: number;
}

const ALIGNMENT = 64; // a line of the cache; vectors may also be read beyond a block's last numbers
const PAGE = 65536;

/** Bytes for so many numbers, and a vector behind them. */
export const bytesFor = (size: number): number => Math.ceil((4 * size + 16) / ALIGNMENT) * ALIGNMENT;

/** First fit over the free ranges of one WebAssembly memory, which grows when none fits and never shrinks. */
export class Heap {
  private gaps: { start: number; end: number }[] = [];
  private sizes = new Map<number, number>();

  constructor(
    private readonly memory: WebAssembly.Memory,
    start: number,
  ) {
    this.gaps.push({ start: Math.ceil(start / ALIGNMENT) * ALIGNMENT, end: memory.buffer.byteLength });
  }

  /** Bytes in use. */
  get used(): number {
    return [...this.sizes.values()].reduce((a, b) => a + b, 0);
  }

  allocate(bytes: number): number {
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    let index = this.gaps.findIndex(({ start, end }) => end - start >= size);
    if (index < 0) {
      const last = this.gaps.at(-1);
      const end = this.memory.buffer.byteLength;
      const start = last?.end === end ? last.start : end;
      this.grow(start + size - end);
      if (last?.end === end) this.gaps.pop();
      index = this.gaps.push({ start, end: this.memory.buffer.byteLength }) - 1;
    }
    const range = this.gaps[index]!;
    const address = range.start;
    range.start += size;
    if (range.start === range.end) this.gaps.splice(index, 1);
    this.sizes.set(address, size);
    return address;
  }

  private grow(bytes: number): void {
    try {
      this.memory.grow(Math.ceil(bytes / PAGE));
    } catch {
      throw new Error(`out of memory: ${bytes} bytes more cannot be had`); // browsers say it in different words
    }
  }

  free(address: number): void {
    const start = address;
    const end = start + this.sizes.get(address)!;
    this.sizes.delete(address);
    const after = this.gaps.findIndex((range) => range.start > start);
    const index = after < 0 ? this.gaps.length : after;
    this.gaps.splice(index, 0, { start, end });
    for (const left of [index, index - 1]) {
      const [a, b] = [this.gaps[left], this.gaps[left + 1]];
      if (a && b && a.end === b.start) this.gaps.splice(left, 2, { start: a.start, end: b.end });
    }
  }
}

/** A block and the first and last step that touch it. */
export interface Lifetime {
  block: Block;
  first: number;
  last: number;
}

/**
 * Offsets in one arena such that blocks alive at the same step never overlap: the largest first, each at the lowest
 * place that is free for as long as it lives.
 *
 * @returns the arena's size in bytes.
 */
export function layOut(lifetimes: readonly Lifetime[], place: (block: Block, offset: number) => void): number {
  const placed: (Lifetime & { start: number; end: number })[] = [];
  for (const one of [...lifetimes].sort((a, b) => b.block.size - a.block.size || a.first - b.first)) {
    const size = bytesFor(one.block.size);
    const beside = placed.filter(({ first, last }) => first <= one.last && one.first <= last).sort((a, b) => a.start - b.start);
    let start = 0;
    for (const other of beside) {
      if (other.start - start >= size) break;
      start = Math.max(start, other.end);
    }
    place(one.block, start);
    placed.push({ ...one, start, end: start + size });
  }
  return Math.max(0, ...placed.map(({ end }) => end));
}
