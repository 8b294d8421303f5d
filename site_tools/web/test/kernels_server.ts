/** Our kernels for tests in Python: one JSON message a line comes in, and one answer a line goes out. */
// @ts-expect-error the project has no types of Node
import { readFileSync } from 'node:fs';
// @ts-expect-error the same
import { createInterface } from 'node:readline';
import { type Graph, Kernels } from '../src/runtime/kernels/engine.ts';
import type { DType, Tensor, Tensors } from '../src/runtime/protocol.ts';

declare const process: { argv: string[]; stdin: unknown; stdout: { write(text: string): void } };
declare const Buffer: { from(text: string, encoding: 'base64'): Uint8Array; from(data: ArrayBufferLike, start: number, length: number): { toString(encoding: 'base64'): string } };

interface Message {
  op: 'load' | 'run' | 'release' | 'memory';
  graph: number;
  onnx: string;
  feeds: Record<string, { dtype: DType; dims: number[]; data: string }>;
  outputs: string[];
}

const ARRAYS = { float32: Float32Array, float64: Float64Array, float16: Uint16Array, int64: BigInt64Array, int32: Int32Array, int8: Int8Array, uint8: Uint8Array, bool: Uint8Array };

const kernels = await Kernels.create(new Uint8Array(readFileSync(process.argv[2]!)));
const graphs: Graph[] = [];

const decode = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, 'base64'));
const encode = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string => Buffer.from(buffer, byteOffset, byteLength).toString('base64');
const tensor = ({ dtype, dims, data }: Message['feeds'][string]): Tensor => ({ dtype, dims, data: new ARRAYS[dtype](decode(data).buffer) }) as Tensor;

function answer({ op, graph, onnx, feeds, outputs }: Message): unknown {
  if (op === 'load') return graphs.push(kernels.load(decode(onnx))) - 1;
  if (op === 'memory') return kernels.memory;
  if (op === 'release') return graphs[graph]!.release();
  const given: Tensors = Object.fromEntries(Object.entries(feeds).map(([name, one]) => [name, tensor(one)]));
  const results = Object.entries(graphs[graph]!.run(given, outputs));
  return Object.fromEntries(results.map(([name, { dtype, dims, data }]) => [name, { dtype, dims, data: encode(data) }]));
}

for await (const line of createInterface({ input: process.stdin }) as AsyncIterable<string>) {
  let reply: unknown;
  try {
    reply = { result: answer(JSON.parse(line) as Message) ?? null };
  } catch (error) {
    reply = { error: (error as Error).message, kind: (error as Error).name };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
