/**
 * Runs ONNX graphs away from the page, and knows nothing of what they are. One classic script, started from its URL
 * over http and from a Blob of the same text where the page comes from file:.
 */
import * as ort from 'onnxruntime-web/wasm';
import type { Request, Result, Tensor, Tensors } from './protocol.ts';

const scope = globalThis as unknown as {
  onmessage: (event: { data: Request & { id: number } }) => void;
  postMessage(message: unknown, transfer?: Transferable[]): void;
};
const sessions = new Map<string, ort.InferenceSession>();

const toOrt = ({ dtype, data, dims }: Tensor): ort.Tensor => new ort.Tensor(dtype, data as never, dims);

/** ORT gives float16 as whatever the browser has for it: on the way it is bits. */
function fromOrt({ type, data, dims }: ort.Tensor): Tensor {
  if (typeof data === 'string' || Array.isArray(data)) throw new Error('an output of text cannot be sent');
  const bits = type === 'float16' && !(data instanceof Uint16Array);
  return { dtype: type, data: bits ? new Uint16Array(data.buffer, data.byteOffset, data.length) : data, dims } as Tensor;
}

const mapValues = <A, B>(values: Readonly<Record<string, A>>, convert: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, convert(value)]));

async function answer(request: Request): Promise<Result> {
  switch (request.op) {
    case 'start':
      ort.env.logLevel = 'error';
      ort.env.wasm.numThreads = 1; // more need cross-origin isolation, and were slower for models of this size
      ort.env.wasm.wasmBinary = request.wasm;
      return {};
    case 'load': {
      const options = { executionProviders: ['wasm'], graphOptimizationLevel: 'all' } as const;
      const session = await ort.InferenceSession.create(request.bytes, options);
      await sessions.get(request.graph)?.release();
      sessions.set(request.graph, session);
      return {};
    }
    case 'run': {
      const session = sessions.get(request.graph);
      if (!session) throw new Error(`${request.graph} is not loaded`);
      const start = performance.now();
      const outputs = await session.run(mapValues(request.feeds, toOrt), [...request.outputs]);
      return { outputs: mapValues(outputs, fromOrt), ms: performance.now() - start };
    }
  }
}

/** The buffers of the answer go to the page and are not copied; two outputs may share one. */
const buffersOf = (tensors: Tensors = {}): Transferable[] => [...new Set(Object.values(tensors).map(({ data }) => data.buffer as ArrayBuffer))];

scope.onmessage = async ({ data: { id, ...request } }) => {
  scope.postMessage({ id, began: true });
  try {
    const result = await answer(request as Request);
    scope.postMessage({ id, ...result }, buffersOf(result.outputs));
  } catch (error) {
    scope.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
};
