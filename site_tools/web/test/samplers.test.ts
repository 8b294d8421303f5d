import { expect, test } from 'vitest';
import { flowSchedule, SCHEDULES, type ScheduleName, type TimeGrid } from '../src/maths/noise.ts';
import { normal } from '../src/maths/random.ts';
import { ddim, ddpm, dpmSolver2m, heun, SAMPLERS, type Denoise, type State } from '../src/maths/samplers.ts';
import samplersFile from '../../../tests/golden/samplers.json';
import { expectClose } from './close.ts';

interface Run {
  sampler: 'ddim' | 'ddpm' | 'dpm_solver_2m' | 'heun';
  schedule: ScheduleName;
  num_steps: number;
  options: { eta?: number; variance?: 'small' | 'large'; grid?: TimeGrid; clip_x0?: boolean };
  states: { timestep: number; nfe: number; x: number[]; x0_hat: number[] | null }[];
}

const file = (samplersFile as unknown as { toy: { mean: number; std: number }; seed: number; count: number; size: number; runs: Run[] });
const { mean, std } = file.toy;
const noise = (stream: number) => Float32Array.from(normal(file.seed, stream, file.count, file.size));

/** E[x0 | x_t] for N(mean, std^2) data, the twin of `toy_denoise` in tests/support/golden.py. */
const toyDenoise: Denoise = async (x, alpha, sigma) => {
  const gain = (alpha * std ** 2) / (alpha ** 2 * std ** 2 + sigma ** 2);
  return x.map((value) => mean + gain * (value - alpha * mean));
};

async function collect(states: AsyncGenerator<State>): Promise<State[]> {
  const all: State[] = [];
  for await (const state of states) all.push(state);
  return all;
}

test.each(file.runs.map((run) => [`${run.sampler} ${run.schedule} ${run.num_steps} ${JSON.stringify(run.options)}`, run] as const))(
  '%s',
  async (_, run) => {
    const { clip_x0: clipX0 = true, ...options } = run.options;
    const sampler = { ddim, ddpm, dpm_solver_2m: dpmSolver2m, heun }[run.sampler];
    const states = await collect(sampler(toyDenoise, SCHEDULES[run.schedule](), noise(0), run.num_steps, { ...options, stepNoise: noise, clipX0 }));
    expect(states).toHaveLength(run.num_steps + 1);
    for (const expected of run.states) {
      const state = states.find(({ timestep }) => timestep === expected.timestep)!;
      expect(state.nfe).toBe(expected.nfe);
      expectClose(state.x, expected.x, 2e-5); // images are float32 here, float64 there
      if (expected.x0_hat) expectClose(state.x0Hat!, expected.x0_hat, 2e-5);
      else expect(state.x0Hat).toBeNull();
    }
  },
);

test('DDIM with eta needs noise', async () => {
  await expect(collect(ddim(toyDenoise, flowSchedule(), noise(0), 2, { eta: 0.5 }))).rejects.toThrow(/stepNoise/);
});

test('a caller can stop in the middle', async () => {
  let calls = 0;
  const counted: Denoise = (x, alpha, sigma) => (calls++, toyDenoise(x, alpha, sigma));
  for await (const state of ddim(counted, flowSchedule(), noise(0), 20)) if (state.step === 3) break;
  expect(calls).toBe(3);
});

test.each(Object.entries(SAMPLERS))('%s calls the network as often as its row says, and is named in both languages', async (_, sampler) => {
  let calls = 0;
  const counted: Denoise = (x, alpha, sigma) => (calls++, toyDenoise(x, alpha, sigma));
  const states = await collect(sampler.states(counted, flowSchedule(), noise(0), 6, { stepNoise: noise }));
  expect([calls, states.at(-1)!.nfe]).toEqual([sampler.nfe(6), sampler.nfe(6)]);
  expect(Object.keys(sampler.name)).toEqual(['zh', 'en']);
});

test('a row of DDPM holds the variance of its name', async () => {
  for (const variance of ['small', 'large'] as const) {
    const row = await collect(SAMPLERS[`ddpm-${variance}`].states(toyDenoise, flowSchedule(), noise(0), 5, { stepNoise: noise }));
    expect(row).toEqual(await collect(ddpm(toyDenoise, flowSchedule(), noise(0), 5, { stepNoise: noise, variance })));
  }
});
