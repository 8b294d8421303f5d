/** The worker's own code with the real ONNX Runtime, in Node: any graph, any inputs, any outputs. */
// @ts-expect-error the project has no types of Node
import { readFileSync } from 'node:fs';
// @ts-expect-error the same
import { deflateSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import type { Answer, Request, Result, Tensor, Tensors } from '../src/runtime/protocol.ts';
import { ELEMENT_TYPES, onnxModel } from './onnx.ts';

type Scope = { postMessage: (message: Answer, transfer?: Transferable[]) => void; onmessage: (event: { data: Request & { id: number } }) => Promise<void> };
const scope = globalThis as unknown as Scope;
const sent: Answer[] = [];
let transferred: Transferable[] = [];

/** The last answer to a request, as the page's side of the link would get it. */
async function ask(request: Request): Promise<Result & { error?: string }> {
  sent.length = 0;
  await scope.onmessage({ data: { id: 5, ...request } });
  expect(sent[0]).toEqual({ id: 5, began: true });
  expect(sent).toHaveLength(2);
  return sent[1] as Result & { error?: string };
}

beforeAll(async () => {
  scope.postMessage = (message, transfer = []) => {
    sent.push(message);
    transferred = transfer;
  };
  await import('../src/runtime/ort-worker.ts');
  const wasm = new Uint8Array(readFileSync('node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm')) as Uint8Array<ArrayBuffer>;
  await ask({ op: 'start', wasm });
});

const load = (graph: string, bytes: Uint8Array<ArrayBuffer>) => ask({ op: 'load', graph, bytes });
const run = (graph: string, feeds: Tensors, outputs: string[]) => ask({ op: 'run', graph, feeds, outputs });

test('a value comes back in every type there is, with its shape', async () => {
  const types = Object.keys(ELEMENT_TYPES) as (keyof typeof ELEMENT_TYPES)[];
  const cast = types.map((type) => ({ type: 'Cast', inputs: ['x'], outputs: [type], attributes: { to: ELEMENT_TYPES[type] } }));
  expect(await load('casts', onnxModel(cast, { x: 'float32' }, Object.fromEntries(types.map((type) => [type, type]))))).toEqual({ id: 5 });
  const x: Tensor = { dtype: 'float32', data: Float32Array.of(0, 1, 3), dims: [3] };
  const { outputs } = await run('casts', { x }, types);
  const expected: Tensors = {
    float32: { dtype: 'float32', data: Float32Array.of(0, 1, 3), dims: [3] },
    float64: { dtype: 'float64', data: Float64Array.of(0, 1, 3), dims: [3] },
    float16: { dtype: 'float16', data: Uint16Array.of(0, 0x3c00, 0x4200), dims: [3] },
    int64: { dtype: 'int64', data: BigInt64Array.of(0n, 1n, 3n), dims: [3] },
    int32: { dtype: 'int32', data: Int32Array.of(0, 1, 3), dims: [3] },
    int8: { dtype: 'int8', data: Int8Array.of(0, 1, 3), dims: [3] },
    uint8: { dtype: 'uint8', data: Uint8Array.of(0, 1, 3), dims: [3] },
    bool: { dtype: 'bool', data: Uint8Array.of(0, 1, 1), dims: [3] },
  };
  expect(outputs).toEqual(expected);
  expect(new Set(transferred).size).toBe(transferred.length);
});

test('every type can be fed as well', async () => {
  const given: Tensors = {
    float16: { dtype: 'float16', data: Uint16Array.of(0x3c00), dims: [1] },
    int64: { dtype: 'int64', data: BigInt64Array.of(-2n), dims: [1] },
    int32: { dtype: 'int32', data: Int32Array.of(3), dims: [1] },
    bool: { dtype: 'bool', data: Uint8Array.of(1), dims: [1] },
  };
  const names = Object.keys(given);
  const cast = names.map((name) => ({ type: 'Cast', inputs: [name], outputs: [`${name} as float32`], attributes: { to: ELEMENT_TYPES.float32 } }));
  const inputs = Object.fromEntries(Object.entries(given).map(([name, { dtype }]) => [name, dtype]));
  await load('feeds', onnxModel(cast, inputs, Object.fromEntries(names.map((name) => [`${name} as float32`, 'float32' as const]))));
  const { outputs } = await run('feeds', given, names.map((name) => `${name} as float32`));
  expect(Object.values(outputs!).map(({ data }) => data[0])).toEqual([1, -2, 3, 1]);
});

test('several graphs are open at once, and only the outputs that are wanted come back', async () => {
  const both = { sum: 'float32', product: 'float32' } as const;
  const nodes = [
    { type: 'Add', inputs: ['a', 'b'], outputs: ['sum'] },
    { type: 'Mul', inputs: ['a', 'b'], outputs: ['product'] },
  ];
  await load('two', onnxModel(nodes, { a: 'float32', b: 'float32' }, both));
  await load('one', onnxModel([{ type: 'Neg', inputs: ['a'], outputs: ['sum'] }], { a: 'float32' }, { sum: 'float32' }));
  const a: Tensor = { dtype: 'float32', data: Float32Array.of(2, 5), dims: [2] };
  const b: Tensor = { dtype: 'float32', data: Float32Array.of(3, 7), dims: [2] };
  const { outputs, ms } = await run('two', { a, b }, ['product']);
  expect(outputs).toEqual({ product: { dtype: 'float32', data: Float32Array.of(6, 35), dims: [2] } });
  expect(ms).toBeGreaterThanOrEqual(0);
  expect((await run('one', { a }, ['sum'])).outputs!['sum']!.data).toEqual(Float32Array.of(-2, -5));
});

test('a model that was sent deflated is the same model', async () => {
  const model = onnxModel([{ type: 'Neg', inputs: ['a'], outputs: ['b'] }], { a: 'float32' }, { b: 'float32' });
  expect(await load('deflated', new Uint8Array(deflateSync(model)))).toEqual({ id: 5 });
  const { outputs } = await run('deflated', { a: { dtype: 'float32', data: Float32Array.of(2), dims: [1] } }, ['b']);
  expect(outputs!['b']!.data).toEqual(Float32Array.of(-2));
  expect(await load('cut', new Uint8Array(deflateSync(model)).slice(0, -4))).toHaveProperty('error'); // Node's says no word
});

test('what cannot be run is said, and the next request is served', async () => {
  expect((await run('none', {}, [])).error).toBe('none is not loaded');
  expect((await load('broken', Uint8Array.of(1, 2, 3))).error).toBeTruthy();
  await load('neg', onnxModel([{ type: 'Neg', inputs: ['a'], outputs: ['b'] }], { a: 'float32' }, { b: 'float32' }));
  const a: Tensor = { dtype: 'float32', data: Float32Array.of(1), dims: [1] };
  expect((await run('neg', { a }, ['z'])).error).toContain('z');
  expect((await run('neg', {}, ['b'])).error).toContain('a');
  expect((await run('neg', { a: { ...a, dtype: 'int32', data: Int32Array.of(1) } }, ['b'])).error).toBeTruthy();
  expect((await run('neg', { a }, ['b'])).outputs!['b']!.data).toEqual(Float32Array.of(-1));
});
