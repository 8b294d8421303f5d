/**
 * Reproducible noise, the twin of `demos/random.py`: number j of image i in stream s under a seed is a
 * pure function of (seed, s, i, j). Philox4x32-10 (Salmon et al. 2011).
 */
import { IMAGE_PIXELS } from './image-size.ts';

/** The high 32 bits of a 32 x 32 bit product; Math.imul has the low ones. */
function mulHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const low = a0 * b0;
  const middle = a1 * b0 + (low >>> 16); // at most (2^16 - 1) 2^16 + 2^16 - 1: exact
  const middle2 = a0 * b1 + (middle % 0x10000);
  return (a1 * b1 + Math.floor(middle / 0x10000) + Math.floor(middle2 / 0x10000)) >>> 0;
}

/**
 * Ten rounds of Philox.
 * @param counter four unsigned 32-bit integers
 * @param key two unsigned 32-bit integers
 * @param out four uniform unsigned 32-bit integers
 */
export function philox4x32(counter: ArrayLike<number>, key: readonly [number, number], out: Uint32Array): Uint32Array {
  // One by one: destructuring an array costs more than the rounds while the code is still cold.
  let c0 = counter[0]! >>> 0;
  let c1 = counter[1]! >>> 0;
  let c2 = counter[2]! >>> 0;
  let c3 = counter[3]! >>> 0;
  let k0 = key[0] >>> 0;
  let k1 = key[1] >>> 0;
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = mulHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
  return out;
}

/**
 * Standard normal numbers by Box-Muller in float64.
 * @param stream which use of the seed: 0 is the start noise, k the noise added in sampler step k
 * @param count number of images; image i uses counter first + i
 * @param size numbers an image
 * @returns [count * size], image after image
 */
export function normal(seed: number, stream: number, count: number, size: number, first = 0): Float64Array {
  const result = new Float64Array(count * size);
  const counter = new Uint32Array(4);
  const words = new Uint32Array(4);
  const key = [seed, stream] as const;
  for (let i = 0; i < count; i++) {
    counter[1] = first + i;
    for (let j = 0; j < size; j += 4) {
      counter[0] = j / 4;
      philox4x32(counter, key, words);
      for (let pair = 0; pair < 4 && j + pair < size; pair += 2) {
        const radius = Math.sqrt(-2 * Math.log((words[pair]! + 0.5) / 2 ** 32));
        const angle = (2 * Math.PI * (words[pair + 1]! + 0.5)) / 2 ** 32;
        result[i * size + j + pair] = radius * Math.cos(angle);
        if (j + pair + 1 < size) result[i * size + j + pair + 1] = radius * Math.sin(angle);
      }
    }
  }
  return result;
}

/** `normal` as images: float32 [count * pixels]. */
export function normalImages(seed: number, stream: number, count: number, first = 0, pixels = IMAGE_PIXELS): Float32Array {
  return Float32Array.from(normal(seed, stream, count, pixels, first));
}
