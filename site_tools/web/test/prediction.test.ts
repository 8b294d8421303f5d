import { expect, test } from 'vitest';
import { flowLogSnr, makeDenoise, type Network } from '../src/maths/guidance.ts';
import { toX0, type PredictionType } from '../src/maths/prediction.ts';
import predictionFile from '../../../tests/golden/prediction.json';
import samplersFile from '../../../tests/golden/samplers.json';
import { expectClose } from './close.ts';

const prediction = (predictionFile as unknown as {
  x_t: number[];
  value: number[];
  cases: { type: PredictionType; alpha: number; sigma: number; to_x0: number[] }[];
  flow_log_snr: [number, number, number][];
  log_snr_limit: number;
  unconditional: number;
});
const { guidance } = (samplersFile as unknown as {
  guidance: { x: number[]; y: number[]; cases: { scale: number; alpha: number; sigma: number; x0_hat: number[] }[] };
});
const facts = { unconditional: prediction.unconditional, logSnrLimit: prediction.log_snr_limit };

test.each(prediction.cases)('$type at alpha $alpha', ({ type, alpha, sigma, to_x0 }) => {
  const [x, value] = [Float32Array.from(prediction.x_t), Float32Array.from(prediction.value)];
  expectClose(toX0(value, type, x, alpha, sigma), to_x0, 1e-5);
});

test.each(prediction.flow_log_snr)('log_snr of (%d, %d)', (alpha, sigma, expected) => {
  expect(flowLogSnr(alpha, sigma, prediction.log_snr_limit)).toBeCloseTo(expected, 12);
});

/** The twin of `toy_network` in tests/support/golden.py. */
const toyNetwork: Network = async (x, logSnr, y) => {
  const size = x.length / y.length;
  return x.map((value, i) => {
    const image = Math.floor(i / size);
    return Math.tanh(value) * (1 + 0.1 * y[image]!) + 0.05 * logSnr[image]!;
  });
};

test.each(guidance.cases)('guidance $scale at alpha $alpha', async ({ scale, alpha, sigma, x0_hat }) => {
  const denoise = makeDenoise(toyNetwork, guidance.y, scale, facts);
  expectClose(await denoise(Float32Array.from(guidance.x), alpha, sigma), x0_hat, 2e-6);
});

test('guidance sends both branches in one call, and one branch at scale 1', async () => {
  const batches: number[][] = [];
  const spy: Network = (x, logSnr, y) => (batches.push(y), toyNetwork(x, logSnr, y));
  await makeDenoise(spy, [3, 4], 2, facts)(new Float32Array(8), 0.5, 0.5);
  await makeDenoise(spy, [3, 4], 1, facts)(new Float32Array(8), 0.5, 0.5);
  expect(batches).toEqual([[3, 4, 10, 10], [3, 4]]);
});
