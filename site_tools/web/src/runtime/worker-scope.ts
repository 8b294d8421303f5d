/** The worker's side of the protocol: one engine behind it, requests answered in turn. */
import { expand } from './expand.ts';
import type { Request, Result, Tensors } from './protocol.ts';

/** What runs ONNX graphs. Whatever goes wrong is thrown; what this engine does not know, as an UnsupportedError. */
export interface Engine {
  start(wasm: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Open an ONNX file under a name of the page's choice; one that was open under it is closed. */
  load(graph: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  run(graph: string, feeds: Tensors, outputs: readonly string[]): Promise<Tensors>;
}

const scope = globalThis as unknown as {
  onmessage: (event: { data: Request & { id: number } }) => void;
  postMessage(message: unknown, transfer?: Transferable[]): void;
};

async function answer(engine: Engine, request: Request): Promise<Result> {
  if (request.op === 'start') await engine.start(request.wasm);
  if (request.op === 'load') await engine.load(request.graph, await expand(request.bytes));
  if (request.op !== 'run') return {};
  const start = performance.now();
  const outputs = await engine.run(request.graph, request.feeds, request.outputs);
  return { outputs, ms: performance.now() - start };
}

/** The buffers of the answer go to the page and are not copied; two outputs may share one. */
const buffersOf = (tensors: Tensors = {}): Transferable[] => [...new Set(Object.values(tensors).map(({ data }) => data.buffer as ArrayBuffer))];

/** Answer the page's requests with `engine`, from now on. */
export function serve(engine: Engine): void {
  scope.onmessage = async ({ data: { id, ...request } }) => {
    scope.postMessage({ id, began: true });
    try {
      const result = await answer(engine, request as Request);
      scope.postMessage({ id, ...result }, buffersOf(result.outputs));
    } catch (error) {
      const unsupported = error instanceof Error && error.name === 'UnsupportedError';
      scope.postMessage({ id, error: error instanceof Error ? error.message : String(error), ...(unsupported ? { unsupported } : {}) });
    }
  };
}
