import { expect, test, vi } from 'vitest';
import declared from '../src/elements/reverse-process/spec.json';
import { Newest } from '../src/frame/newest.ts';
import { slerp } from '../src/maths/slerp.ts';
import { normalImages } from '../src/maths/random.ts';
import type { Recipe } from '../src/elements/reverse-process/trajectory.ts';
import type { Session } from '../src/runtime/runtime.ts';
import type { Manifest } from '../src/runtime/manifest.ts';
import type { Tensors } from '../src/runtime/protocol.ts';

vi.stubGlobal('HTMLElement', class {});
vi.stubGlobal('customElements', { define() {}, get() {} });
const { compareImages, differenceOf, spreadOf } = await import('../src/images/compare.ts');
const { framesOf } = await import('../src/images/strip.ts');
const { cases, differing, pinnedRecipe } = await import('../src/frame/pin.ts');
const { callsOf, COUNT, frameAt, startNoise, walk } = await import('../src/elements/reverse-process/trajectory.ts');
const { elementSpec } = await import('../src/frame/state.ts');
const { DEFAULTS, REGISTRIES } = await import('../src/maths/registries.ts');
const { state } = elementSpec(declared, REGISTRIES, DEFAULTS);

const recipe: Recipe = { label: 'mixed', starts: 'many', seed: 0, sampler: 'ddim', steps: 3, eta: 0, guidance: 1, schedule: 'flow', path: 0 };
const facts = { unconditional: 10, logSnrLimit: 14, classes: 10 };
const PIXELS = 16;
/** A "network" that says the opposite of what it sees, a little of the label added: image by image, as real ones do. */
const batches: number[] = [];
const session = {
  manifest: { name: 'toy', graphs: { denoise: { inputs: { x: { shape: ['B', 1, 4, 4], role: 'image' }, log_snr: { role: 'log_snr' }, y: { role: 'label' } }, outputs: { velocity: { role: 'vector' } } } } } as unknown as Manifest,
  run: ({ x, y }: Tensors) => {
    const data = x!.data as Float32Array;
    batches.push(x!.dims[0]!);
    const out = data.map((value, i) => 0.5 * value - 0.05 * Number((y!.data as BigInt64Array)[Math.floor(i / PIXELS)]));
    return Promise.resolve({ outputs: { velocity: { dtype: 'float32', data: out, dims: x!.dims } }, ms: 1 });
  },
} as unknown as Session;

async function walked(change: Partial<Recipe> = {}, count = COUNT) {
  const one = { ...recipe, ...change };
  let last;
  for await (const made of walk(session, one, await startNoise(one, PIXELS), count, facts, new AbortController().signal)) last = made;
  return last!;
}

test('images count as the same up to one level, and what differs is told', () => {
  const a = Uint8ClampedArray.from([0, 10, 100, 200, 50, 50]);
  const b = Uint8ClampedArray.from([1, 9, 100, 190, 50, 50]);
  expect(compareImages(a, b, 3)).toEqual({ count: 3, same: 2, largest: 10, mean: 12 / 6 / 255 });
  expect([...differenceOf(a, b)]).toEqual([1, 1, 0, 10, 0, 0]);
  expect(() => compareImages(a, b.subarray(1), 3)).toThrow(/cannot be compared/);
  expect(spreadOf(Uint8ClampedArray.from([0, 0, 255, 255, 0, 255]), 3)).toBeCloseTo((1 + 0.5 + 0.5) / 3, 12);
});

test('a strip has both ends of a film, whether that is longer or shorter', () => {
  expect(framesOf(21, 9)).toEqual([0, 3, 5, 8, 10, 13, 15, 18, 20]);
  expect(framesOf(3, 5)).toEqual([0, 1, 1, 2, 2]);
});

test('the way between two noises keeps to the sphere and begins and ends at them', () => {
  const [a, b] = [normalImages(1, 0, 1), normalImages(2, 0, 1)];
  expect([...slerp(a, b, 0)]).toEqual([...a]);
  slerp(a, b, 1).forEach((value, i) => expect(value).toBeCloseTo(b[i]!, 6));
  const norm = (x: Float32Array) => Math.hypot(...x);
  const [low, high] = [norm(a), norm(b)].sort((p, q) => p - q) as [number, number];
  for (const share of [0.25, 0.5, 0.75]) {
    expect(norm(slerp(a, b, share))).toBeGreaterThan(0.98 * low);
    expect(norm(slerp(a, b, share))).toBeLessThan(1.02 * high);
  }
  expect([...slerp(Float32Array.of(1, 0), Float32Array.of(0, 1), 1 / 3)]).toEqual([Math.fround(Math.cos(Math.PI / 6)), Math.fround(Math.sin(Math.PI / 6))]);
  expect([...slerp(a, a, 0.3)].every((value, i) => Math.abs(value - a[i]!) < 1e-6)).toBe(true);
});

test('work that follows a hand does what is asked last, and nothing twice', async () => {
  const done: number[] = [];
  let release = (): void => {};
  const newest = new Newest<number>(async (wish) => {
    await new Promise<void>((resolve) => (release = resolve));
    done.push(wish);
  });
  const all = newest.ask(1);
  void newest.ask(2);
  void newest.ask(3);
  release();
  await vi.waitFor(() => expect(done).toEqual([1]));
  void newest.ask(4);
  newest.drop();
  release();
  await all;
  expect(done).toEqual([1, 3]);
});

test('the first images of a run are the same however many are walked', async () => {
  for (const change of [{}, { sampler: 'ddpm-small' as const }, { guidance: 3 }]) {
    const [all, few] = [await walked(change), await walked(change, 4)];
    expect(few.over && all.over).toBe(true);
    few.frames.forEach((frame, i) => expect([...frame.x]).toEqual([...all.frames[i]!.x.subarray(0, 4 * PIXELS)]));
    expect(few.nfe).toBe(callsOf({ ...recipe, ...change }));
  }
  expect(batches.slice(-3)).toEqual([8, 8, 8]); // four images, with and without their class
});

test('a walk between two noises begins and ends at the first image of each, under any sampler', async () => {
  for (const sampler of ['ddim', 'ddpm-large'] as const) {
    const between = (await walked({ label: '3', starts: 'between', seed: 5, sampler })).frames.at(-1)!.x;
    const from = (await walked({ label: '3', seed: 5, sampler })).frames.at(-1)!.x;
    expect([...between.subarray(0, PIXELS)]).toEqual([...from.subarray(0, PIXELS)]);
    if (sampler !== 'ddim') continue; // the noise on the way is the first seed's
    const to = (await walked({ label: '3', seed: 6, sampler })).frames.at(-1)!.x;
    between.subarray(-PIXELS).forEach((value, i) => expect(Math.abs(value - to[i]!)).toBeLessThanOrEqual(1));
  }
});

test('a moment is found on a film whether it is whole or still being made', async () => {
  const { frames } = await walked();
  const made = { count: COUNT, frames: frames.slice(0, 2), length: 4, over: false, nfe: 0, times: [], seconds: 0 };
  expect([0, 0.3, 1].map((at) => frameAt(made, at).step)).toEqual([0, 1, 1]);
  expect([0, 0.3, 0.7, 1].map((at) => frameAt({ ...made, frames }, at).step)).toEqual([0, 1, 2, 3]);
});

test('what is pinned is told by what it differs in, and comes back from a link', () => {
  const other: Recipe = { ...recipe, sampler: 'ddpm-small', path: 7 };
  expect(differing(other, recipe)).toEqual({ sampler: 'ddpm-small', path: 7 });
  expect(pinnedRecipe(JSON.stringify(differing(other, recipe)), recipe, state)).toEqual(other);
  expect(pinnedRecipe('{}', recipe, state)).toEqual(recipe);
  expect(pinnedRecipe('{"steps": 4000, "model": "x"}', recipe, state)).toEqual({ ...recipe, steps: 1000 });
  for (const nothing of ['', '{"sampl']) expect(pinnedRecipe(nothing, recipe, state)).toBeUndefined();
  expect(cases('{"sampler": ["ddim", "ddpm-small"]}', state)).toEqual([{ sampler: 'ddim' }, { sampler: 'ddpm-small' }]);
  for (const nothing of ['', '{"nobody": [1]}', '{"steps": 3}']) expect(cases(nothing, state)).toEqual([{}]);
});
