/** Workers that share a batch: what each gets, and that the parts come back as one. */
import { expect, test } from 'vitest';
import type { Answer, Request, Tensor, Tensors } from '../src/runtime/protocol.ts';
import { Crew } from '../src/runtime/crew.ts';
import { WorkerLink, type WorkerLike } from '../src/runtime/worker-link.ts';

/** A worker that doubles `x` and keeps what it was sent. */
function doubling(seen: Request[]): WorkerLike {
  const worker: WorkerLike = {
    onmessage: null,
    onerror: null,
    postMessage(message) {
      const { id, ...request } = structuredClone(message) as Request & { id: number };
      seen.push(request as Request);
      const x = request.op === 'run' ? (request.feeds['x'] as Tensor & { dtype: 'float32' }) : undefined;
      const outputs: Tensors = x ? { y: { dtype: 'float32', data: x.data.map((value) => 2 * value), dims: x.dims } } : {};
      setTimeout(() => worker.onmessage!({ data: { id, outputs, ms: seen.length } as Answer } as MessageEvent<Answer>));
    },
    terminate() {},
  };
  return worker;
}

async function crewOf(count: number, batched = true) {
  const seen: Request[][] = Array.from({ length: count }, () => []);
  const crew = new Crew(seen.map((one) => new WorkerLink(doubling(one))));
  await crew.start(Uint8Array.of(1));
  await crew.load('g', Uint8Array.of(1, 2), batched);
  const batches = () => seen.map((one) => one.filter((request) => request.op === 'run').map(({ feeds }) => feeds['x']!.dims));
  return { crew, seen, batches };
}

const feeds = (batch: number): Tensors => ({
  x: { dtype: 'float32', data: Float32Array.from({ length: 3 * batch }, (_, i) => i), dims: [batch, 3] },
  label: { dtype: 'int64', data: BigInt64Array.from({ length: batch }, (_, i) => BigInt(i)), dims: [batch] },
});

test('each worker gets the wasm and the graph', async () => {
  const { seen } = await crewOf(2);
  for (const one of seen) {
    expect(one.map(({ op }) => op)).toEqual(['start', 'load']);
    expect((one[1] as { bytes: Uint8Array }).bytes).toEqual(Uint8Array.of(1, 2));
  }
});

test.each([1, 2, 5, 16])('a batch of %i comes back whole and in order', async (batch) => {
  const { crew, seen, batches } = await crewOf(2);
  const { outputs } = await crew.run('g', feeds(batch), ['y']);
  expect(outputs['y']).toEqual({ dtype: 'float32', data: Float32Array.from({ length: 3 * batch }, (_, i) => 2 * i), dims: [batch, 3] });
  expect(batches().flat().map(([size]) => size)).toEqual(batch === 1 ? [1] : [Math.ceil(batch / 2), Math.floor(batch / 2)]);
  const labels = seen.flatMap((one) => one.flatMap((request) => (request.op === 'run' ? [...(request.feeds['label']!.data as BigInt64Array)] : [])));
  expect(labels).toEqual(Array.from({ length: batch }, (_, i) => BigInt(i)));
});

test('what is not a batch everywhere is not cut', async () => {
  const whole = await crewOf(2, false);
  await whole.crew.run('g', feeds(4), ['y']);
  expect(whole.batches()).toEqual([[[4, 3]], []]);
  const odd = await crewOf(2);
  await odd.crew.run('g', { ...feeds(4), scale: { dtype: 'float32', data: Float32Array.of(1), dims: [1] } }, ['y']);
  expect(odd.batches()).toEqual([[[4, 3]], []]);
});
