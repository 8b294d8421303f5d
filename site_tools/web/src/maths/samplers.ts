/**
 * From noise to data: DDIM, DDPM's ancestral sampler, DPM-Solver++ and Heun's method as async generators, the twin of
 * `demos/diffusion/samplers.py`. A sampler sees one callable and a noise schedule; it yields every state, so the
 * caller draws, waits or stops.
 */
import type { NoiseSchedule, TimeGrid } from './noise.ts';

/** (x_t, alpha, sigma) -> x0_hat, arrays of the same length. */
export type Denoise = (x: Float32Array, alpha: number, sigma: number) => Promise<Float32Array>;
/** Step number k = 1, 2, ... -> noise as long as x. */
export type StepNoise = (step: number) => Float32Array;

export interface State {
  /** 0 for the start noise, then 1..numSteps. */
  step: number;
  /** The schedule's index that x belongs to: T at the start, 0 at the end. */
  timestep: number;
  x: Float32Array;
  /** The clean image guessed in the step that led here; null at the start. */
  x0Hat: Float32Array | null;
  /** Network evaluations as the sampler counts them; guidance doubles the real cost. */
  nfe: number;
}

/** Variance of q(x_t | x_s), which is DDPM's beta_t for neighbouring timesteps. */
export function transitionVariance(alphaT: number, sigmaT: number, alphaS: number, sigmaS: number): number {
  return sigmaT ** 2 - ((alphaT / alphaS) * sigmaS) ** 2;
}

/** Variance of q(x_s | x_t, x0) for s before t, on any Gaussian path. */
export function posteriorVariance(alphaT: number, sigmaT: number, alphaS: number, sigmaS: number): number {
  return Math.max(0, (sigmaS / sigmaT) ** 2 * transitionVariance(alphaT, sigmaT, alphaS, sigmaS));
}

const clamp = (x: Float32Array) => x.map((value) => Math.min(1, Math.max(-1, value)));

export interface DdimOptions {
  /** Scales the standard deviation of the added noise: 0 is deterministic, 1 is ancestral. */
  eta?: number;
  /** Required if eta > 0. */
  stepNoise?: StepNoise;
  /** Clamp x0_hat to [-1, 1] and recompute eps from it, as for images. */
  clipX0?: boolean;
}

/** DDIM (Song et al. 2021, arXiv 2010.02502, equations 12 and 16). */
export async function* ddim(
  denoise: Denoise,
  schedule: NoiseSchedule,
  x: Float32Array,
  numSteps: number,
  { eta = 0, stepNoise, clipX0 = true }: DdimOptions = {},
): AsyncGenerator<State> {
  if (eta > 0 && !stepNoise) throw new Error('eta > 0 adds noise in every step: pass stepNoise');
  const timesteps = schedule.timesteps(numSteps);
  yield { step: 0, timestep: timesteps[0]!, x, x0Hat: null, nfe: 0 };
  for (let step = 1; step <= numSteps; step++) {
    const [t, s] = [timesteps[step - 1]!, timesteps[step]!];
    const [alphaT, sigmaT] = [schedule.alpha[t]!, schedule.sigma[t]!];
    const [alphaS, sigmaS] = [schedule.alpha[s]!, schedule.sigma[s]!];
    let x0Hat = await denoise(x, alphaT, sigmaT);
    if (clipX0) x0Hat = clamp(x0Hat);
    const variance = eta ** 2 * posteriorVariance(alphaT, sigmaT, alphaS, sigmaS);
    const direction = Math.sqrt(Math.max(0, sigmaS ** 2 - variance));
    const noise = variance > 0 ? stepNoise!(step) : null;
    const spread = Math.sqrt(variance);
    const [from, guess] = [x, x0Hat];
    x = from.map((value, i) => {
      const epsHat = (value - alphaT * guess[i]!) / sigmaT;
      return alphaS * guess[i]! + direction * epsHat + (noise ? spread * noise[i]! : 0);
    });
    yield { step, timestep: s, x, x0Hat, nfe: step };
  }
}

export interface DdpmOptions {
  stepNoise: StepNoise;
  /** "small" is the posterior's own variance, "large" is beta_t (section 3.2 of the paper). */
  variance?: 'small' | 'large';
  clipX0?: boolean;
}

/** DDPM's ancestral sampler (Ho et al. 2020, arXiv 2006.11239, algorithm 2), on any subset of timesteps. */
export async function* ddpm(
  denoise: Denoise,
  schedule: NoiseSchedule,
  x: Float32Array,
  numSteps: number,
  { stepNoise, variance = 'small', clipX0 = true }: DdpmOptions,
): AsyncGenerator<State> {
  const timesteps = schedule.timesteps(numSteps);
  yield { step: 0, timestep: timesteps[0]!, x, x0Hat: null, nfe: 0 };
  for (let step = 1; step <= numSteps; step++) {
    const [t, s] = [timesteps[step - 1]!, timesteps[step]!];
    const [alphaT, sigmaT] = [schedule.alpha[t]!, schedule.sigma[t]!];
    const [alphaS, sigmaS] = [schedule.alpha[s]!, schedule.sigma[s]!];
    let x0Hat = await denoise(x, alphaT, sigmaT);
    if (clipX0) x0Hat = clamp(x0Hat);
    const beta = transitionVariance(alphaT, sigmaT, alphaS, sigmaS);
    const added = variance === 'large' ? beta : posteriorVariance(alphaT, sigmaT, alphaS, sigmaS);
    const noise = s > 0 ? stepNoise(step) : null; // the last step adds no noise
    const spread = Math.sqrt(added);
    const [from, guess] = [x, x0Hat];
    x = from.map((value, i) => {
      const mean = (alphaS * beta * guess[i]! + (alphaT / alphaS) * sigmaS ** 2 * value) / sigmaT ** 2;
      return mean + (noise ? spread * noise[i]! : 0);
    });
    yield { step, timestep: s, x, x0Hat, nfe: step };
  }
}

export interface DpmSolverOptions {
  grid?: TimeGrid;
  clipX0?: boolean;
}

/**
 * DPM-Solver++(2M) (Lu et al. 2022, arXiv 2211.01095, algorithm 2): x0_hat is continued on a line through this call and
 * the one before, in lambda = ln(alpha / sigma), half our log_snr.
 */
export async function* dpmSolver2m(
  denoise: Denoise,
  schedule: NoiseSchedule,
  x: Float32Array,
  numSteps: number,
  { grid = 'logit', clipX0 = true }: DpmSolverOptions = {},
): AsyncGenerator<State> {
  const timesteps = schedule.timesteps(numSteps, grid);
  yield { step: 0, timestep: timesteps[0]!, x, x0Hat: null, nfe: 0 };
  let [x0Before, hBefore] = [x, Infinity]; // as if an infinitely long step had come before: it has no say
  for (let step = 1; step <= numSteps; step++) {
    const [t, s] = [timesteps[step - 1]!, timesteps[step]!];
    let x0Hat = await denoise(x, schedule.alpha[t]!, schedule.sigma[t]!);
    if (clipX0) x0Hat = clamp(x0Hat);
    const h = (schedule.logSnr(s) - schedule.logSnr(t)) / 2; // infinite from pure noise, and to none at all
    const slope = h < Infinity ? h / (2 * hBefore) : 0;
    const [keep, gain] = [schedule.sigma[s]! / schedule.sigma[t]!, -schedule.alpha[s]! * Math.expm1(-h)];
    const [from, guess, before] = [x, x0Hat, x0Before];
    x = from.map((value, i) => keep * value + gain * (guess[i]! + slope * (guess[i]! - before[i]!)));
    [x0Before, hBefore] = [x0Hat, h];
    yield { step, timestep: s, x, x0Hat, nfe: step };
  }
}

/**
 * Heun's method (Karras et al. 2022, arXiv 2206.00364, algorithm 1) in u = sigma / (alpha + sigma), where DDIM is
 * Euler's: the mean of the velocities at both ends of the step. Without noise there is no velocity: the last step stays
 * Euler's.
 */
export async function* heun(
  denoise: Denoise,
  schedule: NoiseSchedule,
  x: Float32Array,
  numSteps: number,
  { clipX0 = true }: { clipX0?: boolean } = {},
): AsyncGenerator<State> {
  const guessAndVelocity = async (at: Float32Array, alpha: number, sigma: number) => {
    const x0Hat = clipX0 ? clamp(await denoise(at, alpha, sigma)) : await denoise(at, alpha, sigma);
    return { x0Hat, velocity: at.map((value, i) => (value - (alpha + sigma) * x0Hat[i]!) / sigma) };
  };
  const timesteps = schedule.timesteps(numSteps);
  yield { step: 0, timestep: timesteps[0]!, x, x0Hat: null, nfe: 0 };
  for (let step = 1; step <= numSteps; step++) {
    const [t, s] = [timesteps[step - 1]!, timesteps[step]!];
    const [alphaT, sigmaT] = [schedule.alpha[t]!, schedule.sigma[t]!];
    const [alphaS, sigmaS] = [schedule.alpha[s]!, schedule.sigma[s]!];
    const [scaleT, scaleS] = [alphaT + sigmaT, alphaS + sigmaS];
    const length = sigmaS / scaleS - sigmaT / scaleT;
    const [from, { x0Hat, velocity }] = [x, await guessAndVelocity(x, alphaT, sigmaT)];
    x = from.map((value, i) => scaleS * (value / scaleT + length * velocity[i]!));
    if (sigmaS > 0) {
      const there = (await guessAndVelocity(x, alphaS, sigmaS)).velocity;
      x = from.map((value, i) => scaleS * (value / scaleT + (length * (velocity[i]! + there[i]!)) / 2));
    }
    yield { step, timestep: s, x, x0Hat, nfe: 2 * step - (sigmaS > 0 ? 0 : 1) };
  }
}

/** One row of the registry: what an element needs to offer a sampler and to count what it costs. */
export interface Sampler {
  states(denoise: Denoise, schedule: NoiseSchedule, x: Float32Array, numSteps: number, options: SamplerOptions): AsyncGenerator<State>;
  /** Calls of `denoise` for so many steps. */
  nfe(numSteps: number): number;
  /** What readers call it, by language. */
  name: Record<'zh' | 'en', string>;
  /** It listens to `eta`. */
  eta?: boolean;
}

/** What a sampler may be given; it takes what it needs. */
export interface SamplerOptions {
  stepNoise: StepNoise;
  eta?: number;
}

const oneAStep = (numSteps: number): number => numSteps;

// A new sampler is a function above and a row here; the names are those of Python's SAMPLERS.
const rows = {
  ddim: { states: ddim, nfe: oneAStep, name: { zh: 'DDIM', en: 'DDIM' }, eta: true },
  'ddpm-small': {
    states: (denoise, schedule, x, numSteps, { stepNoise }) => ddpm(denoise, schedule, x, numSteps, { stepNoise, variance: 'small' }),
    nfe: oneAStep,
    name: { zh: 'DDPM（小方差）', en: 'DDPM (small variance)' },
  },
  'ddpm-large': {
    states: (denoise, schedule, x, numSteps, { stepNoise }) => ddpm(denoise, schedule, x, numSteps, { stepNoise, variance: 'large' }),
    nfe: oneAStep,
    name: { zh: 'DDPM（大方差）', en: 'DDPM (large variance)' },
  },
  'dpm-solver-2m': {
    states: (denoise, schedule, x, numSteps) => dpmSolver2m(denoise, schedule, x, numSteps),
    nfe: oneAStep,
    name: { zh: 'DPM-Solver++(2M)', en: 'DPM-Solver++(2M)' },
  },
  heun: {
    states: (denoise, schedule, x, numSteps) => heun(denoise, schedule, x, numSteps),
    nfe: (numSteps) => 2 * numSteps - 1,
    name: { zh: 'Heun 方法', en: 'Heun' },
  },
} satisfies Record<string, Sampler>;

export type SamplerName = keyof typeof rows;
export const SAMPLERS: Record<SamplerName, Sampler> = rows;
/** What makes samples where nothing else is asked for; Python's constant of this name says the same. */
export const DEFAULT_SAMPLER: SamplerName = 'dpm-solver-2m';
