/** One walk from noise to images: its settings, the noise it starts from, and every state as it is shown. */
import { toBytes } from '../../images/grid.ts';
import { makeDenoise, type NetworkFacts } from '../../maths/guidance.ts';
import { networkOf } from '../../runtime/network.ts';
import { SCHEDULES, type ScheduleName } from '../../maths/noise.ts';
import { normalImages } from '../../maths/random.ts';
import { SAMPLERS, type SamplerName } from '../../maths/samplers.ts';
import { slerp } from '../../maths/slerp.ts';
import { turn } from '../../shared.ts';
import type { Session } from '../../runtime/runtime.ts';

/** Images of a whole run. */
export const COUNT = 16;
/** Trajectories longer than this are thinned for looking back: 1000 steps would take 25 MB. */
const MOST_FRAMES = 120;

/** What decides which images come out; the names are those of the element's state. */
export interface Recipe {
  label: string;
  /** As many noises as images, or all on the way from one noise to the next. */
  starts: 'many' | 'between';
  seed: number;
  sampler: SamplerName;
  steps: number;
  eta: number;
  guidance: number;
  schedule: ScheduleName;
  path: number;
}

/** One state as it is shown, in bytes. */
export interface Frame {
  step: number;
  /** t = k / T, 1 = noise. */
  t: number;
  x: Uint8ClampedArray;
  x0: Uint8ClampedArray | null;
}

export interface Trajectory {
  /** Images. */
  count: number;
  /** As far as it has come. */
  frames: Frame[];
  /** Frames when it is over. */
  length: number;
  over: boolean;
  nfe: number;
  /** Milliseconds inside the worker, call by call. */
  times: number[];
  seconds: number;
}

/** Network evaluations of one image's path. */
export const callsOf = ({ sampler, steps, guidance }: Recipe): number => SAMPLERS[sampler].nfe(steps) * (guidance === 1 ? 1 : 2);

/** The start noise [COUNT * pixels], made a few images at a time: the first call, not yet compiled, would be a long task. */
export async function startNoise({ seed, starts }: Pick<Recipe, 'seed' | 'starts'>, pixels: number): Promise<Float32Array> {
  const noise = new Float32Array(COUNT * pixels);
  const [from, to] = starts === 'between' ? [normalImages(seed, 0, 1, 0, pixels), normalImages(seed + 1, 0, 1, 0, pixels)] : [];
  for (let first = 0; first < COUNT; first += 4) {
    if (!from || !to) noise.set(normalImages(seed, 0, 4, first, pixels), first * pixels);
    else for (let i = first; i < first + 4; i++) noise.set(slerp(from, to, i / (COUNT - 1)), i * pixels);
    await turn();
  }
  return noise;
}

/** The start as a trajectory that has not been walked yet. */
export function standing(noise: Float32Array): Trajectory {
  return { count: COUNT, frames: [{ step: 0, t: 1, x: toBytes(noise), x0: null }], length: 1, over: false, nfe: 0, times: [], seconds: 0 };
}

/**
 * Walk from the noise to the images; after every step the way so far is yielded.
 *
 * @param noise start noise [COUNT * pixels]
 * @param count how many of them are walked; image i is the same whatever it is
 * @param classes how many classes the label "mixed" goes through
 */
export async function* walk(
  session: Session,
  recipe: Recipe,
  noise: Float32Array,
  count: number,
  { classes, ...facts }: NetworkFacts & { classes: number },
  signal: AbortSignal,
): AsyncGenerator<Trajectory> {
  const { label, starts, steps, eta } = recipe;
  const pixels = noise.length / COUNT;
  const between = starts === 'between'; // one garment all the way, and one noise on the way
  const labelOf = (i: number) => (label === 'mixed' ? (between ? 0 : i % classes) : label === 'unconditional' ? facts.unconditional : Number(label));
  const y = Array.from({ length: count }, (_, i) => labelOf(i));
  const { net, meter } = networkOf(session, count, signal);
  const schedule = SCHEDULES[recipe.schedule]();
  const every = Math.ceil(steps / MOST_FRAMES);
  const pathSeed = recipe.seed + recipe.path; // at path 0 the same stream as in Python
  const stepNoise = (step: number) => {
    if (!between) return normalImages(pathSeed, step, count, 0, pixels);
    const one = normalImages(pathSeed, step, 1, 0, pixels);
    return Float32Array.from({ length: count * pixels }, (_, i) => one[i % pixels]!);
  };
  const made = { count, frames: [] as Frame[], length: Math.floor(steps / every) + (steps % every ? 2 : 1), times: meter.times };
  const start = performance.now();
  const states = SAMPLERS[recipe.sampler].states(makeDenoise(net, y, recipe.guidance, facts), schedule, noise.slice(0, count * pixels), steps, { eta, stepNoise });
  for await (const state of states) {
    signal.throwIfAborted();
    if (state.step % every === 0 || state.step === steps) {
      made.frames.push({ step: state.step, t: state.timestep / schedule.numTimesteps, x: toBytes(state.x), x0: state.x0Hat && toBytes(state.x0Hat) });
    }
    yield { ...made, over: state.step === steps, nfe: meter.nfe, seconds: (performance.now() - start) / 1000 };
  }
}

/** The frame at `at`, 0 = noise to 1 = data; the last there is, if it has not come so far. */
export const frameAt = ({ frames, length }: Trajectory, at: number): Frame => frames[Math.min(frames.length - 1, Math.round(at * (length - 1)))]!;

/** What a frame shows: the state, or the guess, which at the very start is the one that the first step makes. */
export function pixelsOf({ frames }: Trajectory, frame: Frame, view: 'x' | 'x0'): Uint8ClampedArray {
  return view === 'x' ? frame.x : (frame.x0 ?? frames[1]?.x0 ?? new Uint8ClampedArray(frame.x.length).fill(128));
}
