import { describe, expect, test } from 'vitest';
import { normal, normalImages, philox4x32 } from '../src/maths/random.ts';
import randomFile from '../../../tests/golden/random.json';
import { expectClose } from './close.ts';

const { philox, normal: draws } = (randomFile as unknown as {
  philox: { counter: number[]; key: [number, number]; words: number[] }[];
  normal: { seed: number; stream: number; count: number; size: number; first: number; values: number[] }[];
});

test.each(philox)('philox words for counter $counter', ({ counter, key, words }) => {
  expect([...philox4x32(counter, key, new Uint32Array(4))]).toEqual(words);
});

test.each(draws)('normal numbers of seed $seed, stream $stream', ({ seed, stream, count, size, first, values }) => {
  expectClose(normal(seed, stream, count, size, first), values, 1e-12);
});

describe('images', () => {
  test('image 3 is the same alone and in a batch', () => {
    expect(normalImages(5, 0, 4).subarray(3 * 784)).toEqual(normalImages(5, 0, 1, 3));
  });

  test('mean 0 and variance 1', () => {
    const x = normal(1, 0, 64, 784);
    const mean = x.reduce((a, b) => a + b) / x.length;
    const variance = x.reduce((a, b) => a + b * b, 0) / x.length - mean ** 2;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
  });
});
