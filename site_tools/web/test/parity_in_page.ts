/**
 * Bundled by tests/browser/test_parity.py and run in a real page: the golden inputs through the very
 * runtime, worker and samplers that the elements use. Returns outputs in the shape of the golden file.
 */
import { makeDenoise } from '../src/maths/guidance.ts';
import { networkFacts, networkOf } from '../src/runtime/network.ts';
import { SCHEDULES, type ScheduleName } from '../src/maths/noise.ts';
import { normalImages } from '../src/maths/random.ts';
import { SAMPLERS, type SamplerName } from '../src/maths/samplers.ts';
import type { EngineName } from '../src/runtime/engines.ts';
import type * as shared from '../src/shared.ts';

interface Golden {
  pixel_stride: number;
  calls: { seed: number; stream: number; log_snr: number[]; y: number[] }[];
  trajectories: {
    /** Of its sampler, or of something special about the run. */
    name: string;
    /** Python's function. */
    sampler: string;
    schedule: ScheduleName;
    guidance_scale: number;
    options: { eta?: number };
    seed: number;
    y: number[];
    timesteps_and_x: unknown[];
  }[];
}

const PIXELS = 28 * 28;

/** The kept pixels of each image, as `site_tools/models/golden.py` keeps them. */
function kept(images: Float32Array, stride: number): number[][] {
  const result = [];
  for (let start = 0; start < images.length; start += PIXELS) {
    result.push(Array.from(images.subarray(start, start + PIXELS)).filter((_, i) => i % stride === 0));
  }
  return result;
}

async function outputs(model: string, engine: EngineName, golden: Golden) {
  const { runtime } = (globalThis as unknown as { liveShared: typeof shared }).liveShared;
  runtime.useEngine(model, engine);
  const session = await runtime.open(model);
  const { signal } = new AbortController();
  const calls = [];
  for (const { seed, stream, log_snr: logSnr, y } of golden.calls) {
    const { net } = networkOf(session, y.length, signal);
    const velocity = await net(normalImages(seed, stream, y.length), Float32Array.from(logSnr), y);
    calls.push({ velocity: kept(velocity, golden.pixel_stride) });
  }
  const trajectories = [];
  for (const one of golden.trajectories) {
    const { net } = networkOf(session, one.y.length, signal);
    const denoise = makeDenoise(net, one.y, one.guidance_scale, networkFacts(session));
    const stepNoise = (step: number) => normalImages(one.seed, step, one.y.length);
    const start = normalImages(one.seed, 0, one.y.length);
    const schedule = SCHEDULES[one.schedule]();
    const steps = one.timesteps_and_x.length - 1;
    const sampler = SAMPLERS[one.name as SamplerName] ?? SAMPLERS[one.sampler as SamplerName];
    const states = sampler.states(denoise, schedule, start, steps, { ...one.options, stepNoise });
    const visited = [];
    for await (const { timestep, x } of states) visited.push([timestep, kept(x, golden.pixel_stride)]);
    trajectories.push({ timesteps_and_x: visited });
  }
  return { calls, trajectories };
}

Object.assign(globalThis, { parityOutputs: outputs });
