/** Noise schedules, the twin of `demos/diffusion/noise.py`: two arrays over the timesteps k = 0 (data) .. T (noise). */

/** The logit grid's range: beyond it, steps change almost nothing. */
const GRID_LOG_SNR = 7;

export class NoiseSchedule {
  /**
   * x_t = alpha[k] x0 + sigma[k] eps.
   * @param alpha [T + 1], falling from 1
   * @param sigma [T + 1], rising from 0
   */
  constructor(
    readonly name: string,
    readonly alpha: Float64Array,
    readonly sigma: Float64Array,
  ) {}

  /** T. */
  get numTimesteps(): number {
    return this.alpha.length - 1;
  }

  /** ln(alpha^2 / sigma^2) at timestep k; infinite where there is no noise or no signal. */
  logSnr(k: number): number {
    return 2 * (Math.log(this.alpha[k]!) - Math.log(this.sigma[k]!));
  }

  /** The timesteps a sampler with `numSteps` steps visits: from T down to 0. */
  timesteps(numSteps: number, grid: TimeGrid = 'uniform'): number[] {
    const last = this.numTimesteps;
    if (!(numSteps >= 1 && numSteps <= last)) throw new RangeError(`numSteps must lie between 1 and ${last}, got ${numSteps}`);
    return TIME_GRIDS[grid](this, numSteps);
  }

  /** The schedule up to timestep k only: sampling on it starts from an image noised to k. */
  upTo(k: number): NoiseSchedule {
    return new NoiseSchedule(this.name, this.alpha.slice(0, k + 1), this.sigma.slice(0, k + 1));
  }
}

export type TimeGrid = 'uniform' | 'logit';

const TIME_GRIDS: Record<TimeGrid, (schedule: NoiseSchedule, numSteps: number) => number[]> = {
  /** Even in k, ending exactly on both ends. */
  uniform: (schedule, numSteps) => linspace(schedule.numTimesteps, 0, numSteps + 1).map(roundHalfEven),
  /** T first, then even in logit(u) = -log_snr / 2 from 3.5 to -3.5, then 0; from its own end where a schedule ends earlier. */
  logit(schedule, numSteps) {
    const last = schedule.numTimesteps;
    const levels = Array.from(schedule.alpha, (_, k) => schedule.logSnr(k));
    const wanted =
      levels[last]! < -GRID_LOG_SNR
        ? linspace(-GRID_LOG_SNR, GRID_LOG_SNR, numSteps - 1)
        : linspace(levels[last]!, GRID_LOG_SNR, numSteps).slice(1);
    let before = last + 1;
    return [last, ...wanted.map((level) => nearest(levels, level)), 0].map((k, step) => {
      before = Math.min(k, before - 1); // no timestep twice,
      return Math.max(before, numSteps - step); // and enough of them left for the steps that come
    });
  },
};

/** Index of the value that is nearest to `wanted`. */
function nearest(values: number[], wanted: number): number {
  let best = 0;
  values.forEach((value, k) => {
    if (Math.abs(value - wanted) < Math.abs(values[best]! - wanted)) best = k;
  });
  return best;
}

/** NumPy's linspace, operation for operation, so that ties round the same way in both languages. */
export function linspace(first: number, last: number, count: number): number[] {
  const step = (last - first) / (count - 1);
  return Array.from({ length: count }, (_, i) => (i === 0 ? first : i === count - 1 ? last : i * step + first));
}

/** NumPy's round: ties go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

function fromBetas(name: string, betas: number[]): NoiseSchedule {
  const alpha = new Float64Array(betas.length + 1);
  const sigma = new Float64Array(betas.length + 1);
  let alphaBar = 1;
  alpha[0] = 1;
  betas.forEach((beta, k) => {
    alphaBar *= 1 - beta;
    alpha[k + 1] = Math.sqrt(alphaBar);
    sigma[k + 1] = Math.sqrt(1 - alphaBar);
  });
  return new NoiseSchedule(name, alpha, sigma);
}

/** DDPM's linear betas; they belong to T = 1000 and leave 60 % signal at T = 100. */
export function linearSchedule(numTimesteps = 1000, betaFirst = 1e-4, betaLast = 0.02): NoiseSchedule {
  return fromBetas('linear', linspace(betaFirst, betaLast, numTimesteps));
}

/** The cosine schedule, betas clipped. */
export function cosineSchedule(numTimesteps = 1000, offset = 0.008, maxBeta = 0.999): NoiseSchedule {
  const f = Array.from({ length: numTimesteps + 1 }, (_, k) =>
    Math.cos(((k / numTimesteps + offset) / (1 + offset)) * Math.PI / 2) ** 2,
  );
  return fromBetas('cosine', f.slice(1).map((next, k) => Math.min(1 - next / f[k]!, maxBeta)));
}

/** The straight path of flow matching: alpha = 1 - t, sigma = t. */
export function flowSchedule(numTimesteps = 1000): NoiseSchedule {
  const t = Float64Array.from({ length: numTimesteps + 1 }, (_, k) => k / numTimesteps);
  return new NoiseSchedule('flow', t.map((value) => 1 - value), t);
}

export type ScheduleName = 'linear' | 'cosine' | 'flow';

export const SCHEDULES: Record<ScheduleName, (numTimesteps?: number) => NoiseSchedule> = {
  linear: linearSchedule,
  cosine: cosineSchedule,
  flow: flowSchedule,
};

/** What readers call them, by language. */
export const SCHEDULE_NAMES: Record<'zh' | 'en', Record<ScheduleName, string>> = {
  zh: { linear: '线性（DDPM）', cosine: '余弦', flow: '直线路径' },
  en: { linear: 'linear (DDPM)', cosine: 'cosine', flow: 'straight path' },
};
