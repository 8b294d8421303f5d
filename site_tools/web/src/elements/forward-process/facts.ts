/** The numbers below <forward-process>. */
import { decibel, moments, snr, threeFigures, type Mixture } from './maths.ts';
import type { ForwardTexts } from './texts.ts';

/** How the two coefficients are written: of a straight path, of variances that add up, of a variance that is kept. */
const SYMBOLS = {
  flow: ['α = 1−t', 'σ = t', 'α²'],
  unshrunk: ['α', '√Σβ', 'α²'],
  preserving: ['√ᾱ', '√(1−ᾱ)', undefined],
} as const;

/**
 * @param step of `steps`, where `now` holds.
 * @param x the noised pixels, if there are any yet.
 */
export function factRows(
  names: ForwardTexts['facts'],
  family: keyof typeof SYMBOLS,
  step: number,
  steps: number,
  now: Mixture,
  x: Float32Array | undefined,
): [string, string][] {
  const [alpha, sigma, power] = SYMBOLS[family];
  const rows: [string, string][] = [
    [names.step, `${step} / ${steps}`],
    [`${alpha} ${names.alpha}`, threeFigures(now.alpha)],
    [`${sigma} ${names.sigma}`, threeFigures(now.sigma)],
    [power ?? names.alphaBar, threeFigures(now.alpha ** 2)],
    [names.snr, threeFigures(snr(now))],
    [names.db, Number.isFinite(decibel(now)) ? minus(decibel(now), 1) : threeFigures(decibel(now))],
  ];
  if (x) {
    const { mean, std } = moments(x);
    rows.push([names.moments, `${minus(mean)} / ${std.toFixed(2)}`]);
  }
  return rows;
}

/** Fixed digits with a true minus sign; what rounds to nothing has none. */
export const minus = (value: number, digits = 2): string => value.toFixed(digits).replace(/^-(?=[0.]+$)/, '').replace('-', '−');
