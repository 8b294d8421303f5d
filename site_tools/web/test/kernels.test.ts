/** The public face of our own runtime in TypeScript; that its numbers are right is held against ONNX Runtime from Python. */
// @ts-expect-error the project has no types of Node
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { Kernels, UnsupportedError } from '../src/runtime/kernels/engine.ts';
import { Heap, layOut } from '../src/runtime/kernels/memory.ts';
import { readFloats, writeFloats } from '../src/runtime/kernels/numbers.ts';
import { reshapeStrides } from '../src/runtime/kernels/views.ts';
import type { Tensor, Tensors } from '../src/runtime/protocol.ts';
import { ELEMENT_TYPES, onnxModel } from './onnx.ts';

const WASM = 'src/runtime/kernels/kernels.wasm';
let kernels: Kernels;

beforeAll(async () => {
  kernels = await Kernels.create(new Uint8Array(readFileSync(WASM)) as Uint8Array<ArrayBuffer>);
});

const floats = (...values: number[]): Tensor => ({ dtype: 'float32', data: Float32Array.from(values), dims: [values.length] });
const cast = (from: string, to: string, type: keyof typeof ELEMENT_TYPES) => ({ type: 'Cast', inputs: [from], outputs: [to], attributes: { to: ELEMENT_TYPES[type] } });

test('the wasm asks for nothing and fits beside a page', () => {
  const module = new WebAssembly.Module(readFileSync(WASM));
  expect(WebAssembly.Module.imports(module)).toEqual([]);
  expect(WebAssembly.Module.customSections(module, 'sources')).toHaveLength(1);
});

test('a value goes in and comes out in every type there is', () => {
  const given: Tensors = {
    float16: { dtype: 'float16', data: Uint16Array.of(0x3c00, 0x8001, 0x7c00), dims: [3] },
    int64: { dtype: 'int64', data: BigInt64Array.of(-2n, 0n, 1n << 24n), dims: [3] },
    int32: { dtype: 'int32', data: Int32Array.of(3, -7, 0), dims: [3] },
    int8: { dtype: 'int8', data: Int8Array.of(3, -128, 0), dims: [3] },
    uint8: { dtype: 'uint8', data: Uint8Array.of(3, 255, 0), dims: [3] },
    bool: { dtype: 'bool', data: Uint8Array.of(1, 0, 1), dims: [3] },
  };
  const names = Object.keys(given) as (keyof typeof ELEMENT_TYPES)[];
  const types = Object.fromEntries(names.map((name) => [name, name]));
  const same = names.map((name) => ({ type: 'Identity', inputs: [name], outputs: [`${name} again`] }));
  const outputs = Object.fromEntries(names.map((name) => [`${name} again`, name]));
  const results = kernels.load(onnxModel(same, types, outputs)).run(given, Object.keys(outputs));
  for (const name of names) expect(results[`${name} again`]).toEqual(given[name]);
});

test('an integer of more than 24 bits is no number for us, and said so', () => {
  const graph = kernels.load(onnxModel([cast('a', 'b', 'float32')], { a: 'int64' }, { b: 'float32' }));
  const a: Tensor = { dtype: 'int64', data: BigInt64Array.of(1n << 25n), dims: [1] };
  expect(() => graph.run({ a }, ['b'])).toThrow('a holds 33554432: integers may have 24 bits');
});

test('several graphs are open at once, and only the outputs that are wanted are computed', () => {
  const both = { sum: 'float32', product: 'float32' } as const;
  const nodes = [
    { type: 'Add', inputs: ['a', 'b'], outputs: ['sum'] },
    { type: 'Mul', inputs: ['a', 'b'], outputs: ['product'] },
  ];
  const two = kernels.load(onnxModel(nodes, { a: 'float32', b: 'float32' }, both));
  const one = kernels.load(onnxModel([{ type: 'Neg', inputs: ['a'], outputs: ['sum'] }], { a: 'float32' }, { sum: 'float32' }));
  expect(two.run({ a: floats(2, 5), b: floats(3, 7) }, ['product'])).toEqual({ product: floats(6, 35) });
  expect(one.run({ a: floats(2, 5) }, ['sum'])).toEqual({ sum: floats(-2, -5) });
  one.release();
  expect(() => one.run({ a: floats(1) }, ['sum'])).toThrow('the graph has been released');
  expect(two.run({ a: floats(1), b: floats(2) }, ['sum', 'product'])).toEqual({ sum: floats(3), product: floats(2) });
});

test('what the exporter writes for a normalisation, its row of scales and its SiLU is one call of a kernel', async () => {
  const fresh = await Kernels.create(new Uint8Array(readFileSync(WASM)) as Uint8Array<ArrayBuffer>);
  const inside = fresh as unknown as { exports: Record<string, (...values: number[]) => number> };
  const calls: Record<string, number> = {};
  const counted = (name: string, kernel: (...values: number[]) => number) => (...values: number[]) => {
    calls[name] = (calls[name] ?? 0) + 1;
    return kernel(...values);
  };
  inside.exports = Object.fromEntries(Object.entries(inside.exports).map(([name, one]) => [name, typeof one === 'function' ? counted(name, one) : one])) as typeof inside.exports;
  const denoiser = fresh.load(new Uint8Array(readFileSync('../../docs/assets/models/fashion-diffusion.onnx')));
  const feeds: Tensors = {
    x: { dtype: 'float32', data: new Float32Array(784), dims: [1, 1, 28, 28] },
    log_snr: floats(0),
    y: { dtype: 'int64', data: BigInt64Array.of(3n), dims: [1] },
  };
  for (const name of Object.keys(calls)) delete calls[name];
  denoiser.run(feeds, ['velocity']);
  expect(calls['group_norm']).toBe(13);
  expect(calls['winograd']).toBe(12);
  expect(calls['map']).toBeLessThan(45); // arithmetic of the embedding, and seven copies
});

test('a refusal names everything that is not known, and takes no memory', () => {
  const { used } = kernels.memory;
  const nodes = [
    { type: 'Erf', inputs: ['a'], outputs: ['b'] },
    { type: 'Neg', inputs: ['b'], outputs: ['c'], attributes: { sharp: 1 } },
  ];
  const load = () => kernels.load(onnxModel(nodes, { a: 'float32' }, { c: 'float32' }));
  expect(load).toThrow(UnsupportedError);
  expect(load).toThrow('the operator Erf is not known; the operator Neg has an attribute sharp, which is not known');
  expect(kernels.memory.used).toBe(used);
});

test('float16 is read and written to its last bit, infinite numbers and subnormal ones too', () => {
  const data = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits).filter((bits) => (bits & 0x7c00) !== 0x7c00 || !(bits & 0x3ff));
  const values = new Float32Array(data.length);
  writeFloats({ dtype: 'float16', data, dims: [data.length] }, values, 'x');
  expect(values[data.indexOf(0x0001)]).toBe(2 ** -24);
  expect(values[data.indexOf(0xfbff)]).toBe(-65504);
  expect(values[data.indexOf(0x7c00)]).toBe(Infinity);
  expect(readFloats('float16', values)).toEqual(data);
  expect(readFloats('float16', Float32Array.of(NaN))).toEqual(Uint16Array.of(0x7e00));
});

test('the heap joins what is freed, and grows only when nothing fits', () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const heap = new Heap(memory, 1000);
  const blocks = [100, 2000, 64, 4000].map((bytes) => heap.allocate(bytes));
  expect(new Set(blocks.map((address) => address % 64))).toEqual(new Set([0]));
  for (const index of [1, 3, 0, 2]) heap.free(blocks[index]!);
  expect(heap.used).toBe(0);
  expect(heap.allocate(64000)).toBe(blocks[0]);
  expect(memory.buffer.byteLength).toBe(65536);
  expect(heap.allocate(100_000)).toBe(blocks[0]! + 64000);
  expect(memory.buffer.byteLength).toBe(3 * 65536);
});

test('blocks that live at the same time never overlap, others share their place', () => {
  const blocks = Array.from({ length: 40 }, (_, i) => ({ block: { size: 10 + ((i * 37) % 90) }, first: (i * 7) % 20, last: ((i * 7) % 20) + (i % 6) }));
  const starts = new Map<object, number>();
  const total = layOut(blocks, (block, offset) => starts.set(block, offset));
  const spans = blocks.map(({ block, first, last }) => ({ start: starts.get(block)!, end: starts.get(block)! + 4 * block.size, first, last }));
  spans.forEach((a, i) => {
    for (const b of spans.slice(i + 1)) if (a.first <= b.last && b.first <= a.last) expect(a.end <= b.start || b.end <= a.start).toBe(true);
    expect(a.end).toBeLessThanOrEqual(total);
  });
  expect(total).toBeLessThan(0.6 * spans.reduce((sum, { start, end }) => sum + end - start, 0));
});

test('a reshape is a view exactly where the numbers stay in order', () => {
  expect(reshapeStrides([2, 3, 4], [12, 4, 1], [6, 2, 2])).toEqual([4, 2, 1]);
  expect(reshapeStrides([3, 4], [1, 3], [12])).toBeUndefined();
  expect(reshapeStrides([2, 1, 4], [100, 7, 1], [2, 4, 1])).toEqual([100, 1, 0]);
  expect(reshapeStrides([1, 1], [5, 5], [])).toEqual([]);
});
