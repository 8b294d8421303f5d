import { expect, test } from 'vitest';
import { charactersOf } from '../src/drawing/ink.ts';
import { shadesOf, splat } from '../src/elements/point-flow/draw.ts';
import { Cloud, expMinus, timeAt, times, Trajectory } from '../src/elements/point-flow/maths.ts';
import { normal } from '../src/maths/random.ts';
import { scatter } from '../src/drawing/scatter.ts';
import { expectClose } from './close.ts';

/** The formula as it stands in the lesson: no table, no cut-off. */
function bruteForce(data: Float64Array, px: number, py: number, u: number): [number, number] {
  const exponents = Array.from({ length: data.length / 2 }, (_, i) => -((px - (1 - u) * data[2 * i]!) ** 2 + (py - (1 - u) * data[2 * i + 1]!) ** 2) / (2 * u * u));
  const largest = Math.max(...exponents);
  const weights = exponents.map((e) => Math.exp(e - largest));
  const total = weights.reduce((a, b) => a + b, 0);
  const mean = (axis: number) => weights.reduce((sum, w, i) => sum + w * data[2 * i + axis]!, 0) / total;
  return [mean(0), mean(1)];
}

const cloud = normal(5, 1, 1, 1200).map((value) => 0.9 * value);

test('the exponential of the table', () => {
  for (let q = 0; q <= 26; q += 0.00731) expect(Math.abs(expMinus(q) / Math.exp(-q) - 1)).toBeLessThan(3e-9);
});

test('two points: E[y | x] is a hyperbolic tangent', () => {
  const data = Float64Array.from([-1, 0, 1, 0]);
  for (const u of [0.05, 0.3, 0.7, 1]) {
    for (const x of [-1.2, -0.04, 0, 0.5]) {
      const out = new Float64Array(2);
      new Cloud(data).mean(Float64Array.from([x, 0.3]), u, out);
      expect(out[0]).toBeCloseTo(Math.tanh(((1 - u) * x) / u ** 2), 7);
      expect(out[1]).toBe(0);
    }
  }
});

/** Ink on a pixel grid, with an empty middle and empty corners: columns and rows are shared, and some queries are near none. */
const ring = Float64Array.from(
  Array.from({ length: 64 * 64 }, (_, i) => [(i % 64) / 20 - 1.6, Math.floor(i / 64) / 20 - 1.6]).filter(([x, y]) => Math.abs(Math.hypot(x!, y!) - 1.2) < 0.2).flat(),
);

test.each([
  ['anywhere', cloud],
  ['on a grid', ring],
])('points %s: table, cut-off and columns equal the brute force to 1e-6', (_, data) => {
  const eps = normal(6, 0, 1, 600);
  for (const u of [1, 0.9, 0.5, 0.2, 0.1, 0.07, 0.03, 0.01]) {
    const x = eps.map((value, i) => u * value + (1 - u) * data[i]!);
    x.set([0, 0, 1.6, -1.6, 0.1, 0], 0); // between, beyond and beside the ink
    const out = new Float64Array(x.length);
    new Cloud(data).mean(x, u, out);
    for (let j = 0; j < x.length / 2; j++) expectClose(out.slice(2 * j, 2 * j + 2), bruteForce(data, x[2 * j]!, x[2 * j + 1]!, u), 1e-6);
  }
});

test('pure noise knows nothing of the data but their mean', () => {
  const out = new Float64Array(4);
  new Cloud(cloud).mean(Float64Array.from([2, -1, -3, 0.5]), 1, out);
  const mean = [0, 1].map((axis) => cloud.reduce((sum, value, i) => (i % 2 === axis ? sum + value / (cloud.length / 2) : sum), 0));
  expectClose(out, [...mean, ...mean], 1e-8);
});

test('at u -> 0 the answer is the nearest point', () => {
  const data = Float64Array.from([0, 0, 1, 0, 0, 1]);
  const out = new Float64Array(6);
  new Cloud(data).mean(Float64Array.from([0.4, 0.1, 0.6, 0.1, -0.2, 0.9]), 0, out);
  expectClose(out, [0, 0, 1, 0, 0, 1], 1e-12);
});

test('far away no weight underflows', () => {
  const out = new Float64Array(2);
  new Cloud(cloud).mean(Float64Array.from([1e3, -1e3]), 0.01, out);
  expect(out.every(Number.isFinite)).toBe(true);
});

test('times fall from 1 to 0, closer together at the end', () => {
  const u = times(60);
  expect([u[0], u[60]]).toEqual([1, 0]);
  for (let k = 1; k <= 60; k++) expect(u[k]!).toBeLessThan(u[k - 1]!);
  expect(u[59]! - u[60]!).toBeLessThan(u[0]! - u[1]!);
});

test('one data point: every path is the straight line to it', () => {
  const noise = normal(1, 0, 1, 40);
  const flow = new Trajectory(new Cloud(Float64Array.from([0.3, -0.2])), noise, 20);
  while (!flow.advance(100));
  const out = new Float64Array(40);
  for (const u of [0.9, 0.5, 0.123, 0]) {
    flow.at(u, out);
    expectClose(out, noise.map((eps, i) => u * eps + (1 - u) * (i % 2 ? -0.2 : 0.3)), 1e-12);
    flow.guessAt(u, out);
    expectClose(out, Array.from({ length: 40 }, (_, i) => (i % 2 ? -0.2 : 0.3)), 1e-9);
  }
});

test('the flow conserves mean and variance of the path it follows, and ends on the data', () => {
  const count = 2000;
  const flow = new Trajectory(new Cloud(cloud), normal(2, 0, 1, 2 * count), 100);
  while (!flow.advance(1000));
  const power = (x: ArrayLike<number>) => Array.from(x).reduce((sum, value) => sum + value * value, 0) / x.length;
  const x = new Float64Array(2 * count);
  for (const u of [1, 0.8, 0.5, 0.2]) {
    flow.at(u, x);
    // Var x_u = (1-u)^2 Var y + u^2; 2000 points carry 3 % of sampling error, Euler a little more.
    expect(power(x) / ((1 - u) ** 2 * power(cloud) + u * u)).toBeGreaterThan(0.93);
    expect(power(x) / ((1 - u) ** 2 * power(cloud) + u * u)).toBeLessThan(1.07);
    expect(Math.abs(x.reduce((a, b) => a + b, 0) / x.length)).toBeLessThan(0.05);
  }
  flow.at(0, x);
  for (let i = 0; i < 200; i++) {
    let nearest = Infinity;
    for (let j = 0; j < cloud.length / 2; j++) nearest = Math.min(nearest, Math.hypot(x[2 * i]! - cloud[2 * j]!, x[2 * i + 1]! - cloud[2 * j + 1]!));
    expect(nearest).toBeLessThan(0.02);
  }
});

test('computed in slices or at once, the flow is the same', () => {
  const noise = normal(3, 0, 1, 300);
  const [whole, sliced] = [new Trajectory(new Cloud(cloud), noise, 12), new Trajectory(new Cloud(cloud), noise, 12)];
  while (!whole.advance(1e9));
  let slices = 0;
  while (!sliced.advance(0)) slices++;
  expect(slices).toBe(12 * 3 - 1);
  expect(sliced.path(77)).toEqual(whole.path(77));
});

test('states that are not computed yet are not shown', () => {
  const noise = normal(3, 0, 1, 20);
  const flow = new Trajectory(new Cloud(cloud), noise, 10);
  const out = new Float64Array(20);
  flow.at(0.2, out);
  expect(out).toEqual(noise);
  flow.advance(0);
  flow.at(0.2, out);
  const first = out.slice();
  flow.at(flow.times[1]!, out);
  expect(out).toEqual(first);
});

test('ink becomes points that keep their distance, about as many as asked for', () => {
  const size = 128;
  const ink = Uint8Array.from({ length: size * size }, (_, i) => (Math.hypot((i % size) - 64, Math.floor(i / size) - 64) < 40 ? 255 : 0));
  const random = (count: number) => normal(9, 1, 1, count);
  const points = scatter(ink, size, 400, random);
  const n = points.length / 2;
  expect(n).toBeGreaterThan(340);
  expect(n).toBeLessThan(534);
  expect(scatter(ink, size, 400, random)).toEqual(points);
  const distance = (2 / size) * Math.sqrt((4 * 0.547 * Math.PI * 1600) / (Math.PI * 400));
  for (let i = 0; i < n; i++) {
    expect(Math.hypot(points[2 * i]!, points[2 * i + 1]!)).toBeLessThan(41.5 / 64);
    for (let j = 0; j < i; j++) {
      expect(Math.hypot(points[2 * i]! - points[2 * j]!, points[2 * i + 1]! - points[2 * j + 1]!)).toBeGreaterThan(0.97 * distance);
    }
  }
  expect(scatter(new Uint8Array(16), 4, 10, random).length).toBe(0);
});

test('the shades share the points about evenly', () => {
  const shades = shadesOf(normal(4, 0, 1, 48_000));
  const counts = new Array<number>(24).fill(0);
  for (const shade of shades) counts[shade]!++;
  for (const count of counts) expect(Math.abs(count / 1000 - 1)).toBeLessThan(0.3);
});

test('a disc laid over an image covers its area and mixes with what is there', () => {
  const image = { data: new Uint8ClampedArray(4 * 20 * 20), width: 20, height: 20 } as unknown as ImageData;
  splat(image, 10, 10, 5, [200, 100, 0], 1, 0);
  let alpha = 0;
  for (let i = 3; i < image.data.length; i += 4) alpha += image.data[i]! / 255;
  expect(alpha / (Math.PI * 25)).toBeCloseTo(1, 1);
  splat(image, 10, 10, 5, [0, 100, 200], 0.5, 0);
  expect(Array.from(image.data.slice(4 * (10 * 20 + 10), 4 * (10 * 20 + 10) + 4))).toEqual([100, 100, 100, 255]);
  splat(image, -100, 30, 5, [0, 0, 0], 1, 0.5); // outside: nothing to do, nothing thrown
});

test('one character of what was typed: accents, pairs and families stay whole', () => {
  expect(charactersOf('  雾 里看花再看', 4)).toEqual(['雾', '里', '看', '花']);
  expect(charactersOf('e\u0301👨‍👩‍👧x', 2)).toEqual(['e\u0301', '👨‍👩‍👧']);
  expect(charactersOf(' ', 4)).toEqual([]);
});

test('the clock of the picture runs from noise to data without turning back', () => {
  expect([timeAt(0), timeAt(1)]).toEqual([1, 0]);
  for (let i = 1; i <= 50; i++) expect(timeAt(i / 50)).toBeLessThan(timeAt((i - 1) / 50));
});
