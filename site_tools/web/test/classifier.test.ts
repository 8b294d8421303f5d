/** What <image-classifier> makes of pictures and scores, and what the manifest tells about names. */
import { expect, test } from 'vitest';
import { inRange, likeliest, softmax } from '../src/elements/image-classifier/maths.ts';
import { toGray } from '../src/images/picture.ts';
import { classNames, imageShape, nameOf, tensorsOf, type Manifest } from '../src/runtime/manifest.ts';

test('black and white become what the model was trained on, and change places on a light sheet', () => {
  const gray = Float32Array.of(-1, 0, 1);
  expect([...inRange(gray, [0, 16], false)]).toEqual([0, 8, 16]);
  expect([...inRange(gray, [0, 16], true)]).toEqual([16, 8, 0]);
  expect([...inRange(gray, [-1, 1], false)]).toEqual([-1, 0, 1]);
});

test('softmax is that of the definition, and huge scores do not overflow', () => {
  const [a, b] = softmax([Math.log(1), Math.log(3)]);
  expect(a).toBeCloseTo(0.25, 12);
  expect(b).toBeCloseTo(0.75, 12);
  expect(softmax([1000, 0])).toEqual([1, 0]);
});

test('the likeliest come first, equals in their order', () => {
  expect(likeliest([0.1, 0.4, 0.1, 0.4], 3).map(({ label }) => label)).toEqual([1, 3, 0]);
});

test('a picture is averaged to the size that a model takes', () => {
  const rgba = [0, 255, 255, 0].flatMap((value) => [value, value, value, 255]); // 2 x 2
  expect([...toGray(rgba, 2, 2, 2, 1)].map((value) => Math.abs(value) < 1e-6)).toEqual([true, true]);
  expect([...toGray(rgba, 2, 2, 2, 2)].map(Math.round)).toEqual([-1, 1, 1, -1]);
});

test('tensors are found by role whatever they are called, and names in the page\'s language, in any, or in English', () => {
  const image = { shape: ['B', 1, 8, 8], dtype: 'float32', role: 'image', range: [0, 16] };
  const logits = { shape: ['B', 10], dtype: 'float32', role: 'logits', range: null };
  const manifest = { name: 'm', graphs: { classify: { inputs: { X: image }, outputs: { p: logits } } }, labels: {} } as unknown as Manifest;
  expect(tensorsOf(manifest, 'image')).toEqual([['X', image]]);
  expect([nameOf(manifest, 'logits'), imageShape(manifest)]).toEqual(['p', [1, 8, 8]]);
  expect(() => nameOf(manifest, 'latent')).toThrow('m has no latent');
  expect(classNames({ ...manifest, labels: { zh: ['一'], en: ['one'] } }, 'zh')).toEqual(['一']);
  expect(classNames({ ...manifest, labels: { zh: ['一'], en: ['one'] } }, 'de')).toEqual(['one']);
  expect(classNames({ ...manifest, labels: { any: ['1'] } }, 'zh')).toEqual(['1']);
  expect(classNames(manifest, 'zh')).toEqual([]);
});
