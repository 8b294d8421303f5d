/**
 * Reads LZMA, the format of files that end in .lzma (I. Pavlov, LZMA specification, 2015): ONNX Runtime's wasm is a
 * third smaller in it than gzipped, and browsers cannot read it themselves. `site_tools/setup/runtime_lzma.py` writes it.
 */

/** How many literals, matches, repeated matches and single bytes have come lately decides in which of 12 states we are. */
const STATES = 12;
const LITERAL_NEXT = [0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 4, 5];
const AFTER_LITERAL = 7; // states below it
/** Probabilities, each of 11 bits, one table behind the other; a table within [state][position] has 16 positions. */
const IS_MATCH = 0;
const IS_REPEATED = IS_MATCH + 16 * STATES;
const IS_OLDER = IS_REPEATED + STATES; // than the last distance; two more tables follow it
const IS_LONG = IS_OLDER + 3 * STATES;
const SLOTS = IS_LONG + 16 * STATES; // of distances: 4 trees of 6 bits
const FINE = SLOTS + 4 * 64; // the lower bits of near distances
const ALIGN = FINE + 128; // the lowest 4 bits of far ones
const LENGTHS = ALIGN + 16; // of matches, then of repeated ones: 2 choices, 16 + 16 trees of 3 bits, one of 8
const LENGTHS_SIZE = 2 + 2 * 16 * 8 + 256;
const LITERALS = LENGTHS + 2 * LENGTHS_SIZE;

/** @throws Error if it is no LZMA, or ends before it has given the bytes that its head promises. */
export function unlzma(packed: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new DataView(packed.buffer, packed.byteOffset, packed.length);
  const properties = head.getUint8(0);
  const contextBits = properties % 9;
  const literalMask = (1 << (Math.floor(properties / 9) % 5)) - 1;
  const positionMask = (1 << Math.floor(properties / 45)) - 1;
  const out = new Uint8Array(head.getUint32(5, true));
  const odds = new Uint16Array(LITERALS + (0x300 << (contextBits + (Math.floor(properties / 9) % 5)))).fill(1024);
  // Numbers of 32 bits stay unboxed in a typed array, and would not in variables that inner functions share.
  const coder = Uint32Array.of(0xffffffff, head.getUint32(14));
  let at = 18;

  function refill(): void {
    if (at >= packed.length) throw new Error('the LZMA file ends too early');
    coder[0]! <<= 8;
    coder[1] = (coder[1]! << 8) | packed[at++]!;
  }
  /** One bit that the table expects with the probability `odds[index]` to be 0. */
  function bit(index: number): number {
    const odd = odds[index]!;
    const bound = (coder[0]! >>> 11) * odd;
    const one = coder[1]! >= bound;
    if (one) {
      coder[0]! -= bound;
      coder[1]! -= bound;
      odds[index] = odd - (odd >>> 5);
    } else {
      coder[0] = bound;
      odds[index] = odd + ((2048 - odd) >>> 5);
    }
    if (coder[0]! < 0x1000000) refill();
    return one ? 1 : 0;
  }
  /** Bits whose odds depend on those before, the highest first. */
  function tree(table: number, bits: number): number {
    let node = 1;
    for (let i = 0; i < bits; i++) node = 2 * node + bit(table + node);
    return node - (1 << bits);
  }
  /** The same, the lowest first. */
  function reversed(table: number, bits: number): number {
    let value = 0;
    for (let i = 0, node = 1; i < bits; i++) {
      const found = bit(table + node);
      node = 2 * node + found;
      value |= found << i;
    }
    return value;
  }
  /** Bits of which nothing is expected. */
  function even(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      coder[0]! >>>= 1;
      const one = coder[1]! >= coder[0]!;
      if (one) coder[1]! -= coder[0]!;
      value = 2 * value + (one ? 1 : 0);
      if (coder[0]! < 0x1000000) refill();
    }
    return value;
  }
  function length(table: number, place: number): number {
    if (!bit(table)) return 2 + tree(table + 2 + 8 * place, 3);
    if (!bit(table + 1)) return 10 + tree(table + 130 + 8 * place, 3);
    return 18 + tree(table + 258, 8);
  }
  function distance(count: number): number {
    const slot = tree(SLOTS + 64 * Math.min(count - 2, 3), 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 + (slot & 1)) * 2 ** bits;
    if (slot < 14) return base + reversed(FINE + base - slot, bits);
    return base + 16 * even(bits - 4) + reversed(ALIGN, 4);
  }
  /** What follows a match is not the byte that followed there before: its bits are odds of their own. */
  function literal(table: number, other: number): number {
    let node = 1;
    let agrees = other >= 0;
    while (node < 256) {
      const expected = (other >> 7) & 1;
      other <<= 1;
      const found = bit(table + (agrees ? 256 * (1 + expected) : 0) + node);
      node = 2 * node + found;
      agrees &&= found === expected;
    }
    return node - 256;
  }

  let state = 0;
  let [last, second, third, fourth] = [0, 0, 0, 0]; // distances
  for (let done = 0; done < out.length; ) {
    const place = done & positionMask;
    if (!bit(IS_MATCH + 16 * state + place)) {
      const context = ((done & literalMask) << contextBits) + ((done ? out[done - 1]! : 0) >> (8 - contextBits));
      out[done] = literal(LITERALS + 0x300 * context, state < AFTER_LITERAL ? -1 : out[done - last - 1]!);
      done++;
      state = LITERAL_NEXT[state]!;
      continue;
    }
    let count: number;
    if (bit(IS_REPEATED + state)) {
      if (!bit(IS_OLDER + state)) {
        if (!bit(IS_LONG + 16 * state + place)) {
          out[done] = out[done - last - 1]!;
          done++;
          state = state < AFTER_LITERAL ? 9 : 11;
          continue;
        }
      } else {
        let chosen = second;
        if (bit(IS_OLDER + STATES + state)) {
          chosen = third;
          if (bit(IS_OLDER + 2 * STATES + state)) [chosen, fourth] = [fourth, third];
          third = second;
        }
        [last, second] = [chosen, last];
      }
      count = length(LENGTHS + LENGTHS_SIZE, place);
      state = state < AFTER_LITERAL ? 8 : 11;
    } else {
      [second, third, fourth] = [last, second, third];
      count = length(LENGTHS, place);
      state = state < AFTER_LITERAL ? 7 : 10;
      last = distance(count);
    }
    if (last >= done || done + count > out.length) throw new Error('the LZMA file is broken');
    for (const end = done + count; done < end; done++) out[done] = out[done - last - 1]!;
  }
  return out;
}
