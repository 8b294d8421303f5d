import { expect, test } from 'vitest';
import { minus } from '../src/elements/forward-process/facts.ts';
import { barsPath, cutBars, normalPath, ticks } from '../src/elements/forward-process/paths.ts';
import { decibel, density, histogram, moments, noised, normalDensity, snr, threeFigures, withoutShrink } from '../src/elements/forward-process/maths.ts';
import { cosineSchedule, linearSchedule } from '../src/maths/noise.ts';
import { toGray } from '../src/images/picture.ts';
import { IMAGE_PIXELS } from '../src/maths/image-size.ts';
import { normal } from '../src/maths/random.ts';
import { expectClose } from './close.ts';

test('the trap: with T = 100 and the betas of T = 1000 the last image is 60 % signal', () => {
  const { alpha, sigma } = linearSchedule(100);
  expect(alpha[100]).toBeCloseTo(0.603, 3);
  expect(sigma[100]).toBeCloseTo(0.798, 3);
  const whole = linearSchedule(1000);
  const last = { alpha: whole.alpha[1000]!, sigma: whole.sigma[1000]! };
  expect(last.alpha).toBeCloseTo(0.00635, 5);
  expect(snr(last)).toBeCloseTo(4.04e-5, 7);
  expect(decibel(last)).toBeCloseTo(-43.9, 1);
  expect(snr({ alpha: 1, sigma: 0 })).toBe(Infinity);
});

test('without the shrink the variances add up: 1000 betas make 10.05', () => {
  const { alpha, sigma } = withoutShrink(linearSchedule(1000));
  expect(alpha.length).toBe(1001);
  expect(new Set(Array.from(alpha))).toEqual(new Set([1]));
  expect(sigma[0]).toBe(0);
  expect(sigma[1]! ** 2).toBeCloseTo(1e-4, 10);
  expect(sigma[1000]! ** 2).toBeCloseTo(10.05, 8);
  expect(Math.sqrt(1 + sigma[1000]! ** 2)).toBeCloseTo(3.32, 2);
});

test('a variance-preserving step keeps variance 1, and its betas come back from the schedule', () => {
  const schedule = cosineSchedule(50);
  const { sigma } = withoutShrink(schedule);
  for (let k = 1; k <= 50; k++) {
    const beta = sigma[k]! ** 2 - sigma[k - 1]! ** 2;
    expect((1 - beta) * schedule.sigma[k - 1]! ** 2 + beta).toBeCloseTo(schedule.sigma[k]! ** 2, 9);
  }
});

test('a number that rounds to nothing has no sign', () => {
  expect([-0.04, 0.04, -0.05, -12.34, -10].map((value) => minus(value, 1))).toEqual(['0.0', '0.0', '−0.1', '−12.3', '−10.0']);
  expect([-0.001, -0, -0.25].map((value) => minus(value))).toEqual(['0.00', '0.00', '−0.25']);
});

test('noise of variance 1 on data of variance 1 stays at variance 1', () => {
  const x0 = normal(1, 0, 1, 40_000);
  const eps = normal(2, 0, 1, 40_000);
  const { mean, std } = moments(noised(x0, eps, { alpha: 0.6, sigma: 0.8 }));
  expect(Math.abs(mean)).toBeLessThan(0.02);
  expect(std).toBeCloseTo(1, 1);
});

test('every value is counted once', () => {
  const values = [-5, -1, -1, -0.5, 0, 0.999, 1, 7, 0.25];
  const bars = histogram(values, -1, 1, 4);
  expect(Array.from(bars.counts)).toEqual([2, 1, 2, 1]);
  expect([bars.below, bars.above]).toEqual([1, 2]);
  expect(bars.counts.reduce((a, b) => a + b, 0) + bars.below + bars.above).toBe(values.length);
});

test('bars are a density: their areas and the outside add up to 1, and normal numbers lie on the curve', () => {
  const bars = histogram(normal(3, 0, 1, 200_000), -4, 4, 32);
  const values = density(bars);
  const outside = (bars.below + bars.above) / 200_000;
  expect(values.reduce((sum, value) => sum + value * 0.25, 0) + outside).toBeCloseTo(1, 12);
  values.forEach((value, i) => expect(Math.abs(value - normalDensity(-4 + 0.25 * (i + 0.5)))).toBeLessThan(0.01));
});

test('moments', () => {
  expect(moments([1, 3])).toEqual({ mean: 2, std: 1 });
});

test('paths stay inside the plot', () => {
  const axes = { low: -4, high: 4, top: 0.8, width: 320, height: 190 };
  const path = barsPath(histogram(new Float64Array(100).fill(-1), -4, 4, 48), axes);
  expect(path).toBe('M120.5 190V0H126.2V190Z');
  expect(normalPath(axes)).not.toContain('NaN');
  expect(ticks(axes).map(({ label }) => label)).toEqual(['−4', '−3', '−2', '−1', '0', '1', '2', '3', '4']);
  expect(ticks({ ...axes, low: -10, high: 10 }).length).toBeLessThanOrEqual(9);
});

test('a picture becomes the mean of what each pixel covers', () => {
  const width = 84;
  const rgba = new Uint8ClampedArray(4 * width * 56);
  for (let i = 0; i < width * 56; i++) {
    const x = i % width;
    rgba.set(x < 14 ? [255, 0, 0, 255] : x < 42 ? [255, 255, 255, 255] : [255, 255, 255, 0], 4 * i);
  }
  const gray = toGray(rgba, width, 56); // the middle 56 x 56: white on the left, transparent on the right
  expect(gray.length).toBe(IMAGE_PIXELS);
  expect(gray[0]).toBeCloseTo(1, 6);
  expect(gray[13]).toBeCloseTo(1, 6);
  expect(gray[14]).toBeCloseTo(-1, 6);
});

test('luminance weighs green most, and a picture smaller than the result is only enlarged', () => {
  expectClose(toGray([0, 255, 0, 255], 1, 1), new Float32Array(IMAGE_PIXELS).fill(2 * 0.7152 - 1), 1e-6);
  const fine = toGray(Uint8ClampedArray.from({ length: 4 * 30 * 30 }, (_, i) => (i % 4 === 3 ? 255 : 100)), 30, 30);
  expectClose(fine, new Float32Array(IMAGE_PIXELS).fill(100 / 127.5 - 1), 1e-6);
});

test('numbers for readers', () => {
  expect([0.60316, 4.04e-5, 0, 1, 12.3456, Infinity, -0.5].map(threeFigures)).toEqual(['0.603', '4.04×10⁻⁵', '0', '1', '12.3', '∞', '−0.5']);
});

test('a bar the plot cuts off is told with its place and its true height', () => {
  const bars = histogram(Float32Array.from([-1, -1, -1, 0.6]), -2, 2, 4); // three of four values in [-1, 0): density 0.75
  const axes = { low: -2, high: 2, top: 0.5, width: 40, height: 10 };
  expect(cutBars(bars, axes)).toEqual([{ x: 15, density: 0.75 }]);
  expect(cutBars(bars, { ...axes, top: 1 })).toEqual([]);
});
