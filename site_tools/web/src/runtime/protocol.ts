/** The messages between the page and its worker. Every request carries an id and gets one answer. */

export type TensorData = Float32Array | BigInt64Array;

export interface Feed {
  data: TensorData;
  dims: number[];
}

export type Request =
  | { op: 'start'; wasm: Uint8Array<ArrayBuffer> }
  | { op: 'load'; model: string; bytes: Uint8Array<ArrayBuffer> }
  | { op: 'run'; model: string; feeds: Record<string, Feed>; output: string };

export type Answer = { id: number; data?: Float32Array; ms?: number } | { id: number; error: string };
