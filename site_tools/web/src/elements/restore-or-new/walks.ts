/** A real image, noised up to t, and four walks back from there; and how far they have drifted. */
import { compareImages, spreadOf } from '../../images/compare.ts';
import { makeDenoise } from '../../maths/guidance.ts';
import { flowSchedule } from '../../maths/noise.ts';
import { normalImages } from '../../maths/random.ts';
import { ddpm, type State } from '../../maths/samplers.ts';
import { networkFacts, networkOf, type Meter } from '../../runtime/network.ts';
import type { Session } from '../../runtime/runtime.ts';

export const WALKS = 4;

const schedule = flowSchedule();
/** The schedule's step that t falls on. */
const stepAt = (t: number): number => Math.round(t * schedule.numTimesteps);

/** x_t = (1 - t) x0 + t eps, eps the first noise of the seed. */
export function noisedTo(real: Float32Array, t: number, seed: number): Float32Array {
  const [alpha, sigma] = [schedule.alpha[stepAt(t)]!, schedule.sigma[stepAt(t)]!];
  const eps = normalImages(seed, 0, 1);
  return real.map((value, i) => alpha * value + sigma * eps[i]!);
}

/** Steps from t to 0, if a whole way takes `steps`. */
export const stepsFrom = (t: number, steps: number): number => Math.max(1, Math.round(steps * t));

export interface Walk {
  label: number;
  t: number;
  seed: number;
}

/**
 * DDPM (arXiv 2006.11239, posterior variance) from one noised image, four times: only the fresh noise on the way tells the walks apart.
 *
 * @param noised x_t [784]
 * @returns what counts the network's calls, and the states, x [4 * 784] in each
 */
export function walkBack(session: Session, noised: Float32Array, { label, t, seed }: Walk, numSteps: number, signal: AbortSignal): { meter: Meter; states: AsyncGenerator<State> } {
  const { net, meter } = networkOf(session, WALKS, signal);
  const denoise = makeDenoise(net, new Array<number>(WALKS).fill(label), 1, networkFacts(session));
  const start = new Float32Array(WALKS * noised.length);
  for (let walk = 0; walk < WALKS; walk++) start.set(noised, walk * noised.length);
  const stepNoise = (step: number) => normalImages(seed, step, WALKS);
  return { meter, states: ddpm(denoise, schedule.upTo(stepAt(t)), start, numSteps, { stepNoise }) };
}

/** Mean absolute differences, as shares of the range. */
export interface Drift {
  /** Of the four from the real one. */
  fromReal: number;
  /** Of the four from one another. */
  among: number;
  /** Of real images of the class from one another: where the two lead in the end. */
  usual: number;
}

/** @param real, walks, ofClass bytes of one image, of four, and of all that the site has of the class */
export function driftOf(real: Uint8ClampedArray, walks: Uint8ClampedArray, ofClass: Uint8ClampedArray): Drift {
  const four = new Uint8ClampedArray(walks.length);
  for (let i = 0; i < WALKS; i++) four.set(real, i * real.length);
  return { fromReal: compareImages(four, walks, WALKS).mean, among: spreadOf(walks, WALKS), usual: spreadOf(ofClass, ofClass.length / real.length) };
}
