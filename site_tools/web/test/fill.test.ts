import { expect, test } from 'vitest';
import { fillOutlines } from '../src/drawing/fill.ts';

/** A picture of characters as gray pixels and back: # is a white line, o is filled, . is paper. */
function filled(rows: string[]): string[] {
  const [width, height] = [rows[0]!.length, rows.length];
  const rgba = new Uint8ClampedArray(4 * width * height);
  [...rows.join('')].forEach((one, i) => rgba.fill(one === '#' ? 255 : 0, 4 * i, 4 * i + 3));
  fillOutlines(rgba, width, height, 170);
  return rows.map((_, y) => Array.from({ length: width }, (_, x) => ({ 0: '.', 170: 'o', 255: '#' })[rgba[4 * (y * width + x)]!]).join(''));
}

test('a closed outline is filled, an open one is not, and a hole inside a shape is part of it', () => {
  expect(filled(['.....', '.###.', '.#.#.', '.###.', '.....'])).toEqual(['.....', '.###.', '.#o#.', '.###.', '.....']);
  expect(filled(['.....', '.###.', '.#.#.', '.#.#.', '.....'])).toEqual(['.....', '.###.', '.#.#.', '.#.#.', '.....']);
  expect(filled(['#####', '#...#', '#.#.#', '#...#', '#####'])).toEqual(['#####', '#ooo#', '#o#o#', '#ooo#', '#####']);
});

test('a corner is no door: paper is left by its sides', () => {
  expect(filled(['..#..', '.#.#.', '..#..'])).toEqual(['..#..', '.#o#.', '..#..']);
});
