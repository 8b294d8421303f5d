/** <image-generator>: where its vectors lie, and the one call that it makes of them. */
import { expect, test, vi } from 'vitest';
import {
  CHOICE,
  directions,
  inPlane,
  labelOf,
  latents,
  numbersOf,
  numbersText,
  placeIn,
  pointOf,
  pointText,
  vectorOf,
  type Recipe,
} from '../src/elements/image-generator/latent.ts';
import { normal } from '../src/maths/random.ts';
import { slerp } from '../src/maths/slerp.ts';
import { generate, generatorShape } from '../src/runtime/generator.ts';
import type { Manifest } from '../src/runtime/manifest.ts';
import type { Tensors } from '../src/runtime/protocol.ts';
import type { Session } from '../src/runtime/runtime.ts';

vi.stubGlobal('HTMLElement', class {});
vi.stubGlobal('customElements', { define() {}, get() {} });
const { toRgba } = await import('../src/images/grid.ts');
const { tiles } = await import('../src/elements/image-generator/paint.ts');

const SIZE = 64;
const recipe: Recipe = { mode: 'grid', label: -1, count: 5, seed: 3, to: 8, share: 0, which: 2, z: '', at: '', turn: 0 };
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);

test('a quarter circle is walked at an even pace, and so is the other way round', () => {
  const [a, b] = [Float32Array.of(2, 0, 0), Float32Array.of(0, 2, 0)];
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const angle = (share * Math.PI) / 2;
    slerp(a, b, share).forEach((value, i) => expect(value).toBeCloseTo([2 * Math.cos(angle), 2 * Math.sin(angle), 0][i]!, 6));
    expect([...slerp(a, b, share)].map((v) => v.toFixed(5))).toEqual([...slerp(b, a, 1 - share)].map((v) => v.toFixed(5)));
  }
});

test('a walk turns each vector of a batch by itself, from its start to its end', () => {
  const at = (share: number) => latents({ ...recipe, mode: 'walk', share }, SIZE);
  const [start, end] = [normal(3, 0, 5, SIZE), normal(8, 0, 5, SIZE)];
  at(0).forEach((value, i) => expect(value).toBeCloseTo(start[i]!, 6));
  at(1).forEach((value, i) => expect(value).toBeCloseTo(end[i]!, 6));
  const middle = at(0.5);
  for (let i = 0; i < 5; i++) {
    const one = (of: ArrayLike<number>) => Array.from(of).slice(i * SIZE, (i + 1) * SIZE);
    const [a, b, m] = [one(start), one(end), one(middle)];
    const [lengthA, lengthB] = [Math.sqrt(dot(a, a)), Math.sqrt(dot(b, b))];
    const cosine = dot(a, b) / (lengthA * lengthB);
    // half-way sin(w/2) / sin(w) = 1 / (2 cos(w/2)) of each end, and cos(w/2)^2 = (1 + cos w) / 2
    m.forEach((value, j) => expect(value).toBeCloseTo((a[j]! + b[j]!) / Math.sqrt(2 * (1 + cosine)), 5));
    expect(Math.sqrt(dot(m, m))).toBeGreaterThan(0.95 * Math.min(lengthA, lengthB)); // where the straight line has lost 29 %
  }
});

test('few images of a walk, or of a batch from some number on, are those of the whole', () => {
  for (const mode of ['grid', 'walk'] as const) {
    const whole = latents({ ...recipe, mode, share: 0.3 }, SIZE);
    expect([...latents({ ...recipe, mode, share: 0.3 }, SIZE, 2)]).toEqual([...whole.subarray(0, 2 * SIZE)]);
    expect([...latents({ ...recipe, mode, share: 0.3 }, SIZE, 2, 3)]).toEqual([...whole.subarray(3 * SIZE)]);
  }
});

test('the one image of sliders and plane is, before it is touched, the one of the batch', () => {
  const batch = latents({ ...recipe, count: CHOICE }, SIZE);
  for (const mode of ['sliders', 'plane'] as const) expect([...latents({ ...recipe, mode }, SIZE)]).toEqual([...batch.subarray(2 * SIZE, 3 * SIZE)]);
});

test('sliders set their numbers and no other', () => {
  const base = latents({ ...recipe, mode: 'sliders' }, SIZE);
  const changed = latents({ ...recipe, mode: 'sliders', z: '2:1.5 7:-3 999:1' }, SIZE);
  changed.forEach((value, i) => expect(value).toBe(i === 2 ? 1.5 : i === 7 ? -3 : base[i]));
  expect(numbersText(numbersOf('2:1.5 7:-3'))).toBe('2:1.5 7:-3');
  for (const broken of ['', 'a', '1', '-1:2', '0.5:1', '1:x']) expect(numbersOf(broken).size, broken).toBe(0);
});

test.each([3, 8, SIZE])('the directions of a plane are at right angles and of length 1, in %i numbers', (size) => {
  const found = [0, 1, 2].map((seed) => directions(seed, size));
  for (const [first, second] of found) {
    expect(dot(first, first)).toBeCloseTo(1, 12);
    expect(dot(second, second)).toBeCloseTo(1, 12);
    expect(dot(first, second)).toBeCloseTo(0, 12);
  }
  expect(found[0]![0]).not.toEqual(found[1]![0]);
  expect(directions(1, size)).toEqual(found[1]);
});

test('of two numbers there is one plane, of one number none', () => {
  expect(directions(5, 2)).toEqual([Float64Array.of(1, 0), Float64Array.of(0, 1)]);
  expect([...latents({ ...recipe, mode: 'plane', at: '1.5 -2' }, 2)]).toEqual([1.5, -2]);
  expect(() => directions(0, 1)).toThrow(/two numbers/);
});

test('a point of the plane changes the two parts along it and keeps the rest', () => {
  const plane = directions(4, SIZE);
  const base = vectorOf(3, 2, SIZE);
  const moved = inPlane(base, plane, [1.25, -2.5]);
  const [x, y] = placeIn(plane, moved);
  expect(x).toBeCloseTo(1.25, 12);
  expect(y).toBeCloseTo(-2.5, 12);
  // Pythagoras: the vector without the plane has kept its length, and what changed lies in the plane
  const [u, v] = placeIn(plane, base);
  expect(dot(moved, moved) - 1.25 ** 2 - 2.5 ** 2).toBeCloseTo(dot(base, base) - u ** 2 - v ** 2, 10);
  const away = moved.map((value, i) => value - base[i]!);
  expect(dot(away, away)).toBeCloseTo((1.25 - u) ** 2 + (-2.5 - v) ** 2, 10);
  expect(pointOf(pointText([1.234, -0.5]))).toEqual([1.23, -0.5]);
  for (const broken of ['', '1', 'a b', '1 NaN']) expect(pointOf(broken), broken).toBeUndefined();
});

test('classes go round, or stand still where one is chosen', () => {
  expect([0, 9, 10, 13].map((i) => labelOf({ label: -1 }, i, 10))).toEqual([0, 9, 0, 3]);
  expect([0, 9, 10].map((i) => labelOf({ label: 7 }, i, 10))).toEqual([7, 7, 7]);
  expect(labelOf({ label: 12 }, 3, 10)).toBe(3); // a link to another model
});

const Z = { shape: ['B', 3], dtype: 'float32', role: 'latent', range: null };
const Y = { shape: ['B'], dtype: 'int64', role: 'label', range: [0, 3] };
const X = { shape: ['B', 3, 2, 4], dtype: 'float32', role: 'image', range: [-1, 1] };

/** Images [B, 3, 2, 4] whose every number is the first of its vector plus ten times the class, if there are classes. */
const colourful = (inputs: object, range = [-1, 1]) =>
  ({
    manifest: { name: 'toy', graphs: { generate: { inputs, outputs: { made: { ...X, range } } } } } as unknown as Manifest,
    run: ({ numbers, of }: Tensors) => {
      const [batch, size] = numbers!.dims as [number, number];
      const data = Float32Array.from({ length: batch * 24 }, (_, i) => {
        const image = Math.floor(i / 24);
        return (numbers!.data as Float32Array)[image * size]! + 10 * (of ? Number((of.data as BigInt64Array)[image]) : 0);
      });
      return Promise.resolve({ outputs: { made: { dtype: 'float32', data, dims: [batch, 3, 2, 4] } }, ms: 5 });
    },
  }) as unknown as Session;

test('sizes, channels and classes are what the manifest says, and tensors have the names that it gives them', async () => {
  const { signal } = new AbortController();
  const vectors = Float32Array.of(0.25, 0, 0, 0.5, 0, 0);
  const labelled = colourful({ of: Y, numbers: Z });
  expect(generatorShape(labelled.manifest)).toEqual({ latent: 3, channels: 3, height: 2, width: 4, classes: 4 });
  expect([...(await generate(labelled, vectors, [0, 3], signal)).x]).toEqual([...new Array<number>(24).fill(0.25), ...new Array<number>(24).fill(30.5)]);
  const plain = colourful({ numbers: Z });
  expect(generatorShape(plain.manifest).classes).toBe(0);
  expect((await generate(plain, vectors, [0, 3], signal)).x.at(-1)).toBe(0.5);
  const positive = (await generate(colourful({ numbers: Z }, [0, 1]), vectors, [0, 3], signal)).x; // black is 0 there
  expect([positive[0], positive.at(-1)]).toEqual([-0.5, 0]);
});

test.each([
  [{ Y, Z }, { image: { ...X, shape: ['B', 4, 8, 8] } }, /4 channels/],
  [{ Z: { ...Z, shape: ['B', 'n'] } }, { X }, /no latent/],
  [{ Y }, { X }, /no latent/],
  [{ Z }, { point: { ...Z, role: 'point' } }, /no images/],
])('what makes no images of one or three channels is refused by name', (inputs, outputs, sentence) => {
  const manifest = { name: 'other', graphs: { generate: { inputs, outputs } } } as unknown as Manifest;
  expect(() => generatorShape(manifest)).toThrow(sentence);
});

test('three channels are red, green and blue, one is gray, and all is opaque', () => {
  const bytes = (rgba: Uint32Array) => [...new Uint8Array(rgba.buffer)];
  expect(bytes(toRgba(Uint8ClampedArray.of(1, 2, 30, 40, 200, 255), 3))).toEqual([1, 30, 200, 255, 2, 40, 255, 255]);
  expect(bytes(toRgba(Uint8ClampedArray.of(7, 9)))).toEqual([7, 7, 7, 255, 9, 9, 9, 255]);
});

test('before the first run every number of a vector is a field of its square', () => {
  const { pixels, side } = tiles(Float32Array.of(-3, 0, 3, 3, -3, 1.5), 3);
  expect(side).toBe(2);
  expect([...pixels]).toEqual([0, 128, 255, 128, 255, 0, 191, 128]);
});
