/** The messages between the page and its worker. Every request carries an id and gets one answer. */

/** What a tensor's numbers are held in; float16 travels as its bits, bool as bytes 0 and 1. */
export interface TensorData {
  float32: Float32Array;
  float64: Float64Array;
  float16: Uint16Array;
  int64: BigInt64Array;
  int32: Int32Array;
  int8: Int8Array;
  uint8: Uint8Array;
  bool: Uint8Array;
}

export type DType = keyof TensorData;

export type Tensor = { [D in DType]: { dtype: D; data: TensorData[D]; dims: readonly number[] } }[DType];

/** Tensors by the graph's own names. */
export type Tensors = Record<string, Tensor>;

export type Request =
  | { op: 'start'; wasm: Uint8Array<ArrayBuffer> }
  /** Open an ONNX file, as it was sent, under a name of the page's choice. */
  | { op: 'load'; graph: string; bytes: Uint8Array<ArrayBuffer> }
  /** Any inputs, and those outputs that are wanted. */
  | { op: 'run'; graph: string; feeds: Tensors; outputs: readonly string[] };

/** What the worker found; `ms` is the time inside it. */
export interface Result {
  outputs?: Tensors;
  ms?: number;
}

/** `began` comes first, when the worker takes a request up: from then on it may compute for as long as it needs.
 *  An error is `unsupported` if it says that this engine does not know something: another one may. */
export type Answer = { id: number; began: true } | ({ id: number } & Result) | { id: number; error: string; unsupported?: true };
