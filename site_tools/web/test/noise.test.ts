import { expect, test } from 'vitest';
import { flowSchedule, roundHalfEven, SCHEDULES, type ScheduleName, type TimeGrid } from '../src/maths/noise.ts';
import { posteriorVariance, transitionVariance } from '../src/maths/samplers.ts';
import noiseFile from '../../../tests/golden/noise.json';
import { expectClose } from './close.ts';

interface Described {
  name: ScheduleName;
  num_timesteps: number;
  index: number[];
  alpha: number[];
  sigma: number[];
  alpha_sum: number;
  sigma_sum: number;
  inner_index: number[];
  inner_log_snr: number[];
}

const { schedules, timesteps, variances } = (noiseFile as unknown as {
  schedules: Described[];
  timesteps: { schedule: ScheduleName; num_timesteps: number; up_to: number; num_steps: number; grid: TimeGrid; values: number[] }[];
  variances: { levels: [number, number, number, number]; transition: number; posterior: number }[];
});
const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);

test.each(schedules)('$name schedule with T = $num_timesteps', (expected) => {
  const schedule = SCHEDULES[expected.name](expected.num_timesteps);
  expect(schedule.numTimesteps).toBe(expected.num_timesteps);
  expectClose(expected.index.map((k) => schedule.alpha[k]!), expected.alpha, 1e-11);
  expectClose(expected.index.map((k) => schedule.sigma[k]!), expected.sigma, 1e-11);
  expectClose([sum(schedule.alpha), sum(schedule.sigma)], [expected.alpha_sum, expected.sigma_sum], 1e-11);
  expectClose(expected.inner_index.map((k) => schedule.logSnr(k)), expected.inner_log_snr, 1e-9);
  expect(schedule.logSnr(0)).toBe(Infinity);
});

test.each(timesteps)('timesteps: $num_steps of $up_to, $schedule, $grid', ({ schedule, num_timesteps, up_to, num_steps, grid, values }) => {
  expect(SCHEDULES[schedule](num_timesteps).upTo(up_to).timesteps(num_steps, grid)).toEqual(values);
});

test('timesteps refuses what cannot be', () => {
  expect(() => flowSchedule(10).timesteps(11)).toThrow(/between 1 and 10/);
  expect(() => flowSchedule(10).timesteps(0)).toThrow(/between 1 and 10/);
});

test('a shortened schedule starts where it was cut', () => {
  const schedule = flowSchedule(100).upTo(40);
  expect(schedule.timesteps(4)).toEqual([40, 30, 20, 10, 0]);
  expect(schedule.sigma[40]).toBe(0.4);
});

test.each(variances)('variances at $levels', ({ levels, transition, posterior }) => {
  expectClose([transitionVariance(...levels), posteriorVariance(...levels)], [transition, posterior], 1e-12);
});

test('ties round to even', () => {
  expect([0.5, 1.5, 2.5, 2.4999, 937.5].map(roundHalfEven)).toEqual([0, 2, 2, 2, 938]);
});
