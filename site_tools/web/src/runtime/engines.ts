/** The two engines that run models: our own kernels, small and quick, and ONNX Runtime Web for whatever they do not know. */
import { fileEntry } from './files.ts';

export interface EngineFiles {
  /** Its worker's script and its wasm, in the page's table. */
  script: string;
  wasm: string;
  /** Whether two of its workers may share a batch; a second ONNX Runtime would cost 14 MB of memory before the first call. */
  shares: boolean;
}

export const ENGINES = {
  kernels: { script: 'kernels-worker.js', wasm: 'kernels.wasm', shares: true },
  onnxruntime: { script: 'ort-worker.js', wasm: 'ort-wasm-simd-threaded.wasm', shares: false },
} satisfies Record<string, EngineFiles>;

export type EngineName = keyof typeof ENGINES;

/** Where a model's graph stands in the page's table. */
export const graphFile = (model: string): string => `models/${model}.onnx`;

/** The engine that the model's manifest names, which the build has written into the page's table. */
export const engineOf = (model: string): EngineName => fileEntry(graphFile(model)).engine ?? 'onnxruntime';
