/** Two batches of grey images, held against each other byte by byte. */

/** Levels of 255 within which two pixels count as equal: sums of floats in another order may round another way. */
export const SAME_WITHIN = 1;

export interface Comparison {
  count: number;
  /** How many images are the same in both. */
  same: number;
  /** Largest difference of one pixel, in levels of 255. */
  largest: number;
  /** Mean absolute difference, as a share of the range, 0 to 1. */
  mean: number;
}

/** @param a, b `count` images of equal size, image after image */
export function compareImages(a: Uint8ClampedArray, b: Uint8ClampedArray, count: number): Comparison {
  if (a.length !== b.length) throw new RangeError(`images of ${a.length} and of ${b.length} bytes cannot be compared`);
  const size = a.length / count;
  let [same, largest, sum] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    let worst = 0;
    for (let j = i * size; j < (i + 1) * size; j++) {
      const difference = Math.abs(a[j]! - b[j]!);
      sum += difference;
      if (difference > worst) worst = difference;
    }
    if (worst <= SAME_WITHIN) same++;
    largest = Math.max(largest, worst);
  }
  return { count, same, largest, mean: sum / a.length / 255 };
}

/** |a - b|: black where both agree. */
export const differenceOf = (a: Uint8ClampedArray, b: Uint8ClampedArray): Uint8ClampedArray => a.map((value, i) => Math.abs(value - b[i]!));

/** Mean absolute difference over all pairs of `count` images, as a share of the range: how much they vary. */
export function spreadOf(pixels: Uint8ClampedArray, count: number): number {
  const size = pixels.length / count;
  let sum = 0;
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      for (let j = 0; j < size; j++) sum += Math.abs(pixels[a * size + j]! - pixels[b * size + j]!);
    }
  }
  return sum / size / 255 / ((count * (count - 1)) / 2);
}
