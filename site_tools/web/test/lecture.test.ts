import { expect, test } from 'vitest';
import { slideAt, slideOfHash, slideOfKey } from '../src/elements/lecture-slides/position.ts';

test.each([
  ['#slide-3', 3],
  ['#slide-3-text', 3],
  ['#slide-3-notes', 3],
  ['#slide-1', 1],
  ['#slide-11', 11],
  ['#slide-12', undefined],
  ['#slide-0', undefined],
  ['#slide-', undefined],
  ['#slide-3-x', undefined],
  ['#notes', undefined],
  ['', undefined],
])('%s is slide %s of 11', (hash, slide) => {
  expect(slideOfHash(hash, 11)).toBe(slide);
});

test.each([
  ['ArrowRight', 5, 6],
  ['PageDown', 5, 6],
  ['ArrowLeft', 5, 4],
  ['PageUp', 5, 4],
  ['Home', 5, 1],
  ['End', 5, 11],
  ['ArrowRight', 11, 11],
  ['ArrowLeft', 1, 1],
  [' ', 5, 6],
  ['Enter', 5, undefined],
  ['n', 5, undefined],
])('%s leads from slide %d to %s', (key, from, to) => {
  expect(slideOfKey(key, from, 11)).toBe(to);
});

test('shift turns the space bar round, and nothing else', () => {
  expect(slideOfKey(' ', 5, 11, true)).toBe(4);
  expect(slideOfKey('ArrowRight', 5, 11, true)).toBe(6);
});

test.each([
  [0, 1],
  [399, 1],
  [401, 2],
  [800, 2],
  [99999, 11],
  [-50, 1],
])('scrolled by %d of 800 a slide, %d fills most', (left, slide) => {
  expect(slideAt(left, 800, 11)).toBe(slide);
});

test('a strip that is not laid out shows the first slide', () => {
  expect(slideAt(500, 0, 11)).toBe(1);
});
