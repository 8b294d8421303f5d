/** What the worker makes of what was sent; the packing is zlib's own, and the site's is `site_tools/site/packing.py`. */
// @ts-expect-error the project has no types of Node
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { expand } from '../src/runtime/expand.ts';
import { onnxModel } from './onnx.ts';

const MODEL = onnxModel([{ type: 'Neg', inputs: ['a'], outputs: ['b'] }], { a: 'float32' }, { b: 'float32' });
const deflate = (bytes: Uint8Array, level: number): Uint8Array<ArrayBuffer> => new Uint8Array(deflateSync(bytes, { level }));

test.each([0, 1, 6, 9])('a deflated model is the model again, whatever the level: %i', async (level) => {
  expect(await expand(deflate(MODEL, level))).toEqual(MODEL);
});

test('what was not packed stays, and what is broken is refused', async () => {
  expect(await expand(MODEL)).toBe(MODEL);
  expect(await expand(Uint8Array.of())).toEqual(Uint8Array.of());
  const sent = deflate(MODEL, 9);
  await expect(expand(sent.slice(0, -5))).rejects.toThrow();
  await expect(expand(sent.map((byte, at) => (at === sent.length - 1 ? byte ^ 1 : byte)))).rejects.toThrow();
});
