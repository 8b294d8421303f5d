/**
 * ONNX Runtime Web away from the page: what our own kernels do not know, and the reference for what they do. One classic
 * script, started from its URL over http and from a Blob of the same text where the page comes from file:.
 */
import * as ort from 'onnxruntime-web/wasm';
import { unlzma } from './lzma.ts';
import type { Tensor } from './protocol.ts';
import { serve } from './worker-scope.ts';

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

serve({
  async start(wasm) {
    ort.env.logLevel = 'error';
    ort.env.wasm.numThreads = 1; // more need cross-origin isolation, and were slower for models of this size
    ort.env.wasm.wasmBinary = wasm[0] ? unlzma(wasm) : wasm; // a wasm begins with 0, ours in LZMA does not
  },
  async load(graph, bytes) {
    const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });
    await sessions.get(graph)?.release();
    sessions.set(graph, session);
  },
  async run(graph, feeds, outputs) {
    const session = sessions.get(graph);
    if (!session) throw new Error(`${graph} is not loaded`);
    return mapValues(await session.run(mapValues(feeds, toOrt), [...outputs]), fromOrt);
  },
});
