/**
 * The forward process in numbers: x_t = alpha x0 + sigma eps at any timestep in one jump.
 *
 * This module never touches the page. Timesteps are counted as in noise.ts: 0 is data, T is noise.
 */

/** How much signal and noise one timestep holds. */
export interface Mixture {
  alpha: number;
  sigma: number;
}

/** What the reader may choose of the process, as arrays over the timesteps 0..T. */
export interface Process {
  alpha: ArrayLike<number>;
  sigma: ArrayLike<number>;
}

/**
 * The same steps without the shrink: x_k = x_{k-1} + sqrt(beta_k) eps_k, so that the variances only add up.
 *
 * The betas are read back from a variance-preserving schedule, beta_k = 1 - alpha_k^2 / alpha_{k-1}^2.
 *
 * @returns alpha = 1 and sigma_k = sqrt(beta_1 + ... + beta_k) for k = 0..T.
 */
export function withoutShrink(process: Process): Process {
  const length = process.alpha.length;
  const sigma = new Float64Array(length);
  let sum = 0;
  for (let k = 1; k < length; k++) {
    sum += 1 - (process.alpha[k]! / process.alpha[k - 1]!) ** 2;
    sigma[k] = Math.sqrt(sum);
  }
  return { alpha: new Float64Array(length).fill(1), sigma };
}

/** Signal power over noise power, alpha^2 / sigma^2: infinite at t = 0. */
export const snr = ({ alpha, sigma }: Mixture): number => (alpha / sigma) ** 2;

/** The same in decibel, 10 log10(snr). */
export const decibel = (mixture: Mixture): number => 10 * Math.log10(snr(mixture));

/** alpha x0 + sigma eps, as float32 like the network's input. */
export function noised(x0: ArrayLike<number>, eps: ArrayLike<number>, { alpha, sigma }: Mixture): Float32Array {
  return Float32Array.from({ length: x0.length }, (_, i) => alpha * x0[i]! + sigma * eps[i]!);
}

export interface Histogram {
  low: number;
  high: number;
  /** Number of values in each of the equal bins; a value on an edge belongs to the bin above it. */
  counts: Uint32Array;
  /** Values outside [low, high): the counts and these two add up to the number of values. */
  below: number;
  above: number;
}

export function histogram(values: ArrayLike<number>, low: number, high: number, bins: number): Histogram {
  const counts = new Uint32Array(bins);
  let below = 0;
  let above = 0;
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor(((values[i]! - low) / (high - low)) * bins);
    if (bin < 0) below++;
    else if (bin >= bins) above++;
    else counts[bin]!++;
  }
  return { low, high, counts, below, above };
}

/** Bin counts as a density that can be laid over a curve: the bars' areas are the shares of all values. */
export function density({ low, high, counts, below, above }: Histogram): Float64Array {
  const total = below + above + counts.reduce((sum, count) => sum + count, 0);
  const width = (high - low) / counts.length;
  return Float64Array.from(counts, (count) => count / (total * width));
}

/** Density of N(0, 1). */
export const normalDensity = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

/** Mean and standard deviation over all values (division by n). */
export function moments(values: ArrayLike<number>): { mean: number; std: number } {
  let mean = 0;
  for (let i = 0; i < values.length; i++) mean += values[i]! / values.length;
  let variance = 0;
  for (let i = 0; i < values.length; i++) variance += (values[i]! - mean) ** 2 / values.length;
  return { mean, std: Math.sqrt(variance) };
}

/** Three significant figures for a reader: 0.603, and powers of ten for what is small: 4.04×10⁻⁵. */
export function threeFigures(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (value === 0 || (size >= 0.001 && size < 1e5)) return String(Number(value.toPrecision(3))).replace('-', '−');
  const [digits, exponent] = value.toExponential(2).split('e') as [string, string];
  const raised = [...String(Number(exponent))].map((c) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['-0123456789'.indexOf(c)]).join('');
  return `${digits.replace('-', '−')}×10${raised}`;
}
