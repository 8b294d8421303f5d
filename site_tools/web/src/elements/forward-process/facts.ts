/** The numbers below <forward-process>. */
import { decibel, moments, snr, threeFigures, type Mixture } from './maths.ts';
import type { ForwardTexts } from './texts.ts';

/** How the two coefficients are written: of a straight path, of variances that add up, of a variance that is kept. */
const SYMBOLS = {
  flow: ['α = 1−t', 'σ = t', 'α²'],
  unshrunk: ['α', '√Σβ', 'α²'],
  preserving: ['√ᾱ', '√(1−ᾱ)', undefined],
} as const;

type Row = [label: string, value: string];

/**
 * The four that the lesson talks about, and the rest.
 *
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
): { shown: Row[]; folded: Row[] } {
  const [alpha, sigma, power] = SYMBOLS[family];
  const shown: Row[] = [
    [names.step, `${step} / ${steps}`],
    [`${alpha} ${names.alpha}`, threeFigures(now.alpha)],
    [`${sigma} ${names.sigma}`, threeFigures(now.sigma)],
    [names.snr, threeFigures(snr(now))],
  ];
  const folded: Row[] = [
    [power ?? names.alphaBar, threeFigures(now.alpha ** 2)],
    [names.db, Number.isFinite(decibel(now)) ? minus(decibel(now), 1) : threeFigures(decibel(now))],
  ];
  if (x) {
    const { mean, std } = moments(x);
    folded.push([names.moments, `${minus(mean)} / ${std.toFixed(2)}`]);
  }
  return { shown, folded };
}

/** Fixed digits with a true minus sign; what rounds to nothing has none. */
export const minus = (value: number, digits = 2): string => value.toFixed(digits).replace(/^-(?=[0.]+$)/, '').replace('-', '−');
