/**
 * Bundled by tests/browser/test_parity.py and run in a real page: the golden inputs through the very
 * runtime, worker and samplers that the elements use. Returns outputs in the shape of the golden file.
 */
import { makeDenoise } from '../src/maths/guidance.ts';
import { networkFacts, networkOf } from '../src/runtime/network.ts';
import { SCHEDULES, type ScheduleName } from '../src/maths/noise.ts';
import { normal, normalImages } from '../src/maths/random.ts';
import type { Tensors } from '../src/runtime/protocol.ts';
import type { Session } from '../src/runtime/runtime.ts';
import { SAMPLERS, type SamplerName } from '../src/maths/samplers.ts';
import type { EngineName } from '../src/runtime/engines.ts';
import { pageRuntime } from './page_runtime.ts';

interface Call {
  seed: number;
  stream: number;
  count?: number;
  log_snr?: number[];
  y?: number[];
}

interface Golden {
  pixel_stride: number;
  calls: Call[];
  /** Of image denoisers alone. */
  trajectories?: {
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

/** The kept numbers of each sample, as `site_tools/models/golden.py` keeps them. */
function kept(samples: Float32Array, count: number, stride: number): number[][] {
  const size = samples.length / count;
  return Array.from({ length: count }, (_, i) => Array.from(samples.subarray(i * size, (i + 1) * size)).filter((_, j) => j % stride === 0));
}

/** One call of a model's only graph, whatever it is: its noise from its seed, its other inputs as they stand. */
async function called({ manifest, run }: Session, call: Call, stride: number): Promise<Record<string, number[][]>> {
  const { inputs, outputs } = Object.values(manifest.graphs)[0]!;
  const count = call.y?.length ?? call.count!;
  const feeds: Tensors = {};
  for (const [name, { shape, role }] of Object.entries(inputs)) {
    const rest = shape.slice(1) as number[];
    const numbers = () => normal(call.seed, call.stream, count, rest.reduce((a, b) => a * b));
    if (role === 'label') feeds[name] = { dtype: 'int64', data: BigInt64Array.from(call.y!, BigInt), dims: [count] };
    else feeds[name] = { dtype: 'float32', data: Float32Array.from(role === 'log_snr' ? call.log_snr! : numbers()), dims: [count, ...rest] };
  }
  const wanted = Object.keys(outputs);
  const found = await run(feeds, wanted);
  return Object.fromEntries(wanted.map((name) => [name, kept(found.outputs[name]!.data as Float32Array, count, stride)]));
}

async function outputs(model: string, engine: EngineName, golden: Golden) {
  const runtime = await pageRuntime();
  runtime.useEngine(model, engine);
  const session = await runtime.open(model);
  const { signal } = new AbortController();
  const calls = [];
  for (const call of golden.calls) calls.push(await called(session, call, golden.pixel_stride));
  const trajectories = [];
  for (const one of golden.trajectories ?? []) {
    const { net } = networkOf(session, one.y.length, signal);
    const denoise = makeDenoise(net, one.y, one.guidance_scale, networkFacts(session));
    const stepNoise = (step: number) => normalImages(one.seed, step, one.y.length);
    const start = normalImages(one.seed, 0, one.y.length);
    const schedule = SCHEDULES[one.schedule]();
    const steps = one.timesteps_and_x.length - 1;
    const sampler = SAMPLERS[one.name as SamplerName] ?? SAMPLERS[one.sampler as SamplerName];
    const states = sampler.states(denoise, schedule, start, steps, { ...one.options, stepNoise });
    const visited = [];
    for await (const { timestep, x } of states) visited.push([timestep, kept(x, one.y.length, golden.pixel_stride)]);
    trajectories.push({ timesteps_and_x: visited });
  }
  return golden.trajectories ? { calls, trajectories } : { calls };
}

Object.assign(globalThis, { parityOutputs: outputs });
