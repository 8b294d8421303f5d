/** <restore-or-new>: four walks back from one noised image, and how far they drift. */
import { expect, test, vi } from 'vitest';
import { toBytes } from '../src/images/grid.ts';
import { normal } from '../src/maths/random.ts';
import type { Manifest } from '../src/runtime/manifest.ts';
import type { Tensors } from '../src/runtime/protocol.ts';
import type { Session } from '../src/runtime/runtime.ts';

vi.stubGlobal('HTMLElement', class {});
vi.stubGlobal('customElements', { define() {}, get() {} });
const { driftOf, noisedTo, stepsFrom, walkBack, WALKS } = await import('../src/elements/restore-or-new/walks.ts');

const real = Float32Array.from(normal(7, 0, 1, 784), (value) => Math.max(-1, Math.min(1, value)));

/** A network that knows the answer: on the straight path x = (1-u) x0 + u eps, and its velocity is (x - x0) / u. */
const knowing = (x0: Float32Array) =>
  ({
    manifest: {
      name: 'toy',
      facts: { unconditional: 10, log_snr_limit: 14 },
      graphs: { denoise: { inputs: { x: { shape: ['B', 1, 28, 28], role: 'image' }, log_snr: { role: 'log_snr' }, y: { role: 'label' } }, outputs: { velocity: { role: 'vector' } } } },
    } as unknown as Manifest,
    run: ({ x, log_snr }: Tensors) => {
      const u = 1 / (1 + Math.exp((log_snr!.data as Float32Array)[0]! / 2));
      const data = (x!.data as Float32Array).map((value, i) => (value - x0[i % 784]!) / u);
      return Promise.resolve({ outputs: { velocity: { dtype: 'float32', data, dims: x!.dims } }, ms: 1 });
    },
  }) as unknown as Session;

test('whoever knows the real one comes back to it four times, each by another way', async () => {
  const t = 0.6;
  const numSteps = stepsFrom(t, 20);
  expect(numSteps).toBe(12);
  const { meter, states } = walkBack(knowing(real), noisedTo(real, t, 3), { label: 7, t, seed: 3 }, numSteps, new AbortController().signal);
  let apart = 0;
  let last: Float32Array = new Float32Array();
  for await (const { step, x } of states) {
    if (step === 0) expect([...x.subarray(0, 784)]).toEqual([...x.subarray(3 * 784)]); // one start
    if (step === 6) for (let i = 0; i < 784; i++) apart += Math.abs(x[i]! - x[784 + i]!) / 784;
    last = x;
  }
  expect(apart).toBeGreaterThan(0.05);
  for (let i = 0; i < last.length; i++) expect(last[i]).toBeCloseTo(real[i % 784]!, 4);
  expect(meter.nfe).toBe(numSteps);
  const bytes = toBytes(real);
  expect(driftOf(bytes, toBytes(last), bytes)).toMatchObject({ fromReal: expect.closeTo(0, 3), among: expect.closeTo(0, 3) });
});

test('the noised image has the shares of the straight path', () => {
  const eps = normal(3, 0, 1, 784);
  noisedTo(real, 0.25, 3).forEach((value, i) => expect(value).toBeCloseTo(0.75 * real[i]! + 0.25 * eps[i]!, 5));
});

test('drift is counted by hand', () => {
  const walks = Uint8ClampedArray.from([0, 0, 51, 51, 102, 102, 0, 0]);
  const drift = driftOf(Uint8ClampedArray.from([0, 0]), walks, Uint8ClampedArray.from([0, 0, 255, 255, 255, 0]));
  expect(WALKS).toBe(4);
  expect(drift.fromReal).toBeCloseTo((0.2 + 0.4) / 4, 12);
  expect(drift.among).toBeCloseTo((0.2 + 0.4 + 0 + 0.2 + 0.2 + 0.4) / 6, 12);
  expect(drift.usual).toBeCloseTo((1 + 0.5 + 0.5) / 3, 12);
});
