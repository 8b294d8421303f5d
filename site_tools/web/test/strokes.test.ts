import { expect, test } from 'vitest';
import { decodeStrokes, encodeStrokes, fitted, MOST_CHARACTERS, settled } from '../src/drawing/strokes.ts';
import type { Stroke } from '../src/drawing/pad.ts';
import forward from '../src/elements/forward-process/spec.json';
import points from '../src/elements/point-flow/spec.json';
import { normal } from '../src/maths/random.ts';

/** A hand's line: a random walk of small steps from somewhere in the square. */
const scribble = (seed: number, points: number, step = 0.02): Stroke => {
  const moves = normal(seed, 0, 1, 2 * points);
  const at = [0.5, 0.5];
  return Array.from(moves, (move, i) => (at[i % 2] = Math.min(1, Math.max(0, at[i % 2]! + step * move))));
};

/** The largest distance from a point of `a` to the line through the points of `b`. */
function distance(a: Stroke, b: Stroke): number {
  let most = 0;
  for (let i = 0; i < a.length; i += 2) {
    let nearest = Infinity;
    for (let j = 0; j < b.length; j += 2) {
      const [x, y, endX, endY] = [b[j]!, b[j + 1]!, b[j + 2] ?? b[j]!, b[j + 3] ?? b[j + 1]!];
      const square = (endX - x) ** 2 + (endY - y) ** 2;
      const along = square ? Math.min(1, Math.max(0, ((a[i]! - x) * (endX - x) + (a[i + 1]! - y) * (endY - y)) / square)) : 0;
      nearest = Math.min(nearest, Math.hypot(a[i]! - x - along * (endX - x), a[i + 1]! - y - along * (endY - y)));
    }
    most = Math.max(most, nearest);
  }
  return most;
}

test('a drawing comes back as it was to a quarter of the pen, in characters that no link escapes', () => {
  const strokes = [scribble(1, 80), scribble(2, 60), [0.25, 0.75]];
  const text = encodeStrokes(strokes);
  expect(text).toBe(encodeURIComponent(text));
  const back = decodeStrokes(text)!;
  expect(back).toHaveLength(3);
  for (const [i, stroke] of strokes.entries()) {
    expect(distance(stroke, back[i]!)).toBeLessThan(0.075 / 4);
    expect(back[i]!.slice(0, 2)).toEqual(stroke.slice(0, 2).map((value) => Math.round(value * 256) / 256));
  }
});

test('a hand-made code is read: two strokes, the second one dot', () => {
  // 2048 = 32 * 64: "gA" is 0; "g" is no move, "_" is +31, "B" is -31
  expect(decodeStrokes('1gAgA_gg_.iAiA')).toEqual([[0, 0, 31 / 256, 0, 31 / 256, 31 / 256], [0.5, 0.5]]);
});

test('what was read is written the same again, leaps and points outside the square included', () => {
  for (const strokes of [[scribble(3, 300)], [[0.1, 0.1, 0.9, 0.8, -0.4, 1.3]], [scribble(4, 50, 0.2), scribble(5, 900)]]) {
    const text = encodeStrokes(strokes);
    expect(encodeStrokes(decodeStrokes(text)!)).toBe(text);
    expect(settled(settled(strokes))).toEqual(settled(strokes));
  }
});

test('a long drawing keeps within what a link holds, and what the specs of the elements allow', () => {
  const long = Array.from({ length: 24 }, (_, i) => scribble(i, 2000));
  const text = encodeStrokes(long);
  expect(text.length).toBeLessThanOrEqual(MOST_CHARACTERS);
  expect(decodeStrokes(text)!.length).toBe(24);
  expect(encodeStrokes(Array.from({ length: 5000 }, () => [0.5, 0.5])).length).toBeLessThanOrEqual(MOST_CHARACTERS);
  for (const { state } of [points, forward]) expect(state.strokes).toMatchObject({ type: 'text', default: '', max: MOST_CHARACTERS });
});

test.each(['2gAgA', '1', '1gAg', '1gAgAg', '1gAgA..gAgA', '1gA gA', '1gAgA%2E', '<b>', `1gAgA${'gg'.repeat(MOST_CHARACTERS)}`])('%s is no drawing', (text) => {
  expect(decodeStrokes(text)).toBeUndefined();
});

test('no stroke is no text', () => {
  expect(encodeStrokes([])).toBe('');
  expect(decodeStrokes('')).toEqual([]);
});

test('a drawing that leaves the square is made smaller, in its own proportions, and one that fits is left alone', () => {
  const inside = [[0.1, 0.2, 0.9, 1]];
  expect(fitted(inside, 0.04)).toBe(inside);
  const [line, dot] = fitted([[-0.5, 0.5, 1.5, 0.5], [0.5, 0]], 0) as [Stroke, Stroke];
  expect(line).toEqual([0, 0.5, 1, 0.5]);
  expect(dot).toEqual([0.5, 0.25]);
  for (const value of fitted([[-3, 0.5, 1.5, 4]], 0.04).flat()) {
    expect(value).toBeGreaterThan(0);
    expect(value).toBeLessThan(1);
  }
});
