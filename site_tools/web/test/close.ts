import { expect } from 'vitest';

/** Every number within `tolerance`, absolute and relative. */
export function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(found[i]! - expected[i]!);
    if (!(difference <= tolerance * Math.max(1, Math.abs(expected[i]!)))) {
      expect.fail(`number ${i} is ${found[i]}, not ${expected[i]}`);
    }
  }
}
