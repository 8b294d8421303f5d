/**
 * Bundled by tests/browser/kernels_benchmark.py and run in a real page: one call of our kernels, one of ONNX Runtime Web,
 * in turn. After each pair the server is told, and makes a call of its own before it answers.
 */
import * as ort from 'onnxruntime-web/wasm';
import { Kernels } from '../src/runtime/kernels/engine.ts';
import type { Tensors } from '../src/runtime/protocol.ts';

const read = async (name: string): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await (await fetch(name)).arrayBuffer());

async function timed(run: () => unknown): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

function feedsOf(batch: number): Tensors {
  return {
    x: { dtype: 'float32', data: Float32Array.from({ length: batch * 784 }, (_, i) => Math.sin(i)), dims: [batch, 1, 28, 28] },
    log_snr: { dtype: 'float32', data: new Float32Array(batch).fill(1), dims: [batch] },
    y: { dtype: 'int64', data: BigInt64Array.from({ length: batch }, (_, i) => BigInt(i % 11)), dims: [batch] },
  };
}

async function main(): Promise<void> {
  const { batches, rounds } = (await (await fetch('settings.json')).json()) as { batches: number[]; rounds: number };
  const onnx = await read('model.onnx');
  const graph = (await Kernels.create(await read('kernels.wasm'))).load(onnx);
  ort.env.logLevel = 'error';
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = await read('ort.wasm');
  const session = await ort.InferenceSession.create(onnx, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });
  for (const batch of batches) {
    const feeds = feedsOf(batch);
    const theirs = Object.fromEntries(Object.entries(feeds).map(([name, { dtype, data, dims }]) => [name, new ort.Tensor(dtype, data as never, dims)]));
    for (let round = 0; round < rounds; round++) {
      const ours = await timed(() => graph.run(feeds, ['velocity']));
      const web = await timed(() => session.run(theirs));
      await fetch('round', { method: 'POST', body: JSON.stringify({ batch, ours, web }) });
    }
  }
  await fetch('round', { method: 'POST', body: 'null' });
}

main().catch((error: unknown) => fetch('round', { method: 'POST', body: JSON.stringify({ error: String(error) }) }));
