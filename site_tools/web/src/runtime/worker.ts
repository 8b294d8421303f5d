/**
 * Runs ONNX models away from the page. One classic script, started from its URL over http and from a
 * Blob of the same text where the page comes from file:.
 */
import * as ort from 'onnxruntime-web/wasm';
import type { Request } from './protocol.ts';

const scope = globalThis as unknown as {
  onmessage: (event: { data: Request & { id: number } }) => void;
  postMessage(message: unknown, transfer?: Transferable[]): void;
};
const sessions = new Map<string, ort.InferenceSession>();

async function answer(request: Request): Promise<{ data?: Float32Array; ms?: number }> {
  switch (request.op) {
    case 'start':
      ort.env.logLevel = 'error';
      ort.env.wasm.numThreads = 1; // more need cross-origin isolation, and were slower for models of this size
      ort.env.wasm.wasmBinary = request.wasm;
      return {};
    case 'load': {
      const options = { executionProviders: ['wasm'], graphOptimizationLevel: 'all' } as const;
      sessions.set(request.model, await ort.InferenceSession.create(request.bytes, options));
      return {};
    }
    case 'run': {
      const session = sessions.get(request.model);
      if (!session) throw new Error(`${request.model} is not loaded`);
      const feeds = Object.fromEntries(
        Object.entries(request.feeds).map(([name, { data, dims }]) => [
          name,
          data instanceof Float32Array ? new ort.Tensor('float32', data, dims) : new ort.Tensor('int64', data, dims),
        ]),
      );
      const start = performance.now();
      const { [request.output]: output } = await session.run(feeds, [request.output]);
      return { data: output!.data as Float32Array, ms: performance.now() - start };
    }
  }
}

scope.onmessage = async ({ data: { id, ...request } }) => {
  try {
    const result = await answer(request as Request);
    scope.postMessage({ id, ...result }, result.data ? [result.data.buffer] : []);
  } catch (error) {
    scope.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
};
