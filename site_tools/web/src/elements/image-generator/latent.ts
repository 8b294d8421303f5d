/** Where in the space of its random numbers a generator is asked for images: the maths of <image-generator>, which knows no model. */
import { normal } from '../../maths/random.ts';
import { slerp } from '../../maths/slerp.ts';

/** Of a seed: its start noise, as `demos/random.py` and every sampler count; and the directions of a plane. */
const [NOISE, DIRECTIONS] = [0, 1];

export type Mode = 'grid' | 'walk' | 'sliders' | 'plane';

/** What decides which images come out; the names are those of the element's state. */
export interface Recipe {
  mode: Mode;
  /** A class, or -1: image i is of class i modulo their number. */
  label: number;
  /** Images in the batch. */
  count: number;
  /** Of the batch, and of the start of a walk. */
  seed: number;
  /** Of the end of a walk. */
  to: number;
  /** How much of the walk is behind: 0 is its start, 1 its end. */
  share: number;
  /** Number of the image in the batch that sliders and plane are about. */
  which: number;
  /** What the sliders have changed: "2:1.5 7:-0.3" sets number 2 to 1.5 and number 7 to -0.3. */
  z: string;
  /** Where in the plane, "x y"; "" where the image itself is. */
  at: string;
  /** Of the plane's directions. */
  turn: number;
}

/** Images among which one is chosen. */
export const CHOICE = 9;

/** Those among which a recipe's one image is: a batch, and the number of its first image. */
export const choiceOf = (recipe: Recipe): { recipe: Recipe; first: number } => ({
  recipe: { ...recipe, mode: 'grid', count: CHOICE },
  first: Math.floor(recipe.which / CHOICE) * CHOICE,
});

/** What a mode depends on; the rest of a recipe is as it was left in another one. */
export const RELEVANT: Record<Mode, (keyof Recipe)[]> = {
  grid: ['mode', 'label', 'count', 'seed'],
  walk: ['mode', 'label', 'count', 'seed', 'to', 'share'],
  sliders: ['mode', 'label', 'seed', 'which', 'z'],
  plane: ['mode', 'label', 'seed', 'which', 'turn', 'at'],
};

/** Whether a mode is about one image of the batch. */
export const isAlone = ({ mode }: Pick<Recipe, 'mode'>): boolean => mode === 'sliders' || mode === 'plane';

/** Images that a recipe makes. */
export const imagesOf = (recipe: Recipe): number => (isAlone(recipe) ? 1 : recipe.count);

/** The class of image i of the batch. */
export const labelOf = ({ label }: Pick<Recipe, 'label'>, i: number, classes: number): number => (label >= 0 && label < classes ? label : i % Math.max(1, classes));

/**
 * Vectors for the first `images` of a recipe, standard normal wherever the reader has not chosen.
 *
 * A walk turns every vector of the batch from its start to its end (`slerp`). The straight line between two normal vectors
 * of many numbers would lead through lengths that none of them has: half-way it is shorter by a factor of sqrt(2), and
 * networks have never met such vectors while they were trained.
 *
 * @param size numbers a vector
 * @param first number of the first in the batch
 * @returns float32 [images * size]
 */
export function latents(recipe: Recipe, size: number, images = imagesOf(recipe), first = 0): Float32Array {
  const { mode, seed, to, share, z, at, turn, which } = recipe;
  if (isAlone(recipe)) {
    const base = vectorOf(seed, which, size);
    return Float32Array.from(mode === 'sliders' ? withNumbers(base, numbersOf(z)) : inPlane(base, directions(turn, size), pointOf(at)));
  }
  const start = Float32Array.from(normal(seed, NOISE, images, size, first));
  if (mode === 'grid') return start;
  const end = Float32Array.from(normal(to, NOISE, images, size, first));
  for (let i = 0; i < images; i++) {
    const one = (of: Float32Array) => of.subarray(i * size, (i + 1) * size);
    start.set(slerp(one(start), one(end), share), i * size);
  }
  return start;
}

/** The vector of one image of a batch, as its seed has it. */
export const vectorOf = (seed: number, which: number, size: number): Float64Array => normal(seed, NOISE, 1, size, which);

// --- Sliders -----------------------------------------------------------------------------------------

/** Number -> value, as `Recipe.z` writes them; what cannot be read is left out. */
export function numbersOf(text: string): Map<number, number> {
  const pairs = text.split(' ').map((pair) => pair.split(':').map(Number) as [number, number]);
  return new Map(pairs.filter(([number, value]) => Number.isInteger(number) && number >= 0 && Number.isFinite(value)));
}

/** The inverse of `numbersOf`. */
export const numbersText = (numbers: ReadonlyMap<number, number>): string => [...numbers].map(([number, value]) => `${number}:${value}`).join(' ');

function withNumbers(base: Float64Array, numbers: ReadonlyMap<number, number>): Float64Array {
  const changed = base.slice();
  for (const [number, value] of numbers) if (number < changed.length) changed[number] = value;
  return changed;
}

// --- Plane -------------------------------------------------------------------------------------------

/** A place in a plane, along its two directions. */
export type Point = readonly [x: number, y: number];

/** "x y" as a point; undefined if it is none. */
export function pointOf(text: string): Point | undefined {
  const [x, y] = text ? text.split(' ').map(Number) : [];
  return Number.isFinite(x) && Number.isFinite(y) ? [x!, y!] : undefined;
}

/** The inverse of `pointOf`, to a hundredth. */
export const pointText = ([x, y]: Point): string => `${Number(x.toFixed(2))} ${Number(y.toFixed(2))}`;

/**
 * Two directions at right angles, each of length 1, as likely any two as any others: Gram and Schmidt on two normal vectors.
 * A space of two numbers has but one plane, and there the directions are its axes.
 *
 * @param size numbers a vector, at least 2
 */
export function directions(seed: number, size: number): readonly [Float64Array, Float64Array] {
  if (size < 2) throw new RangeError(`a plane needs vectors of two numbers or more, not of ${size}`);
  if (size === 2) return [Float64Array.of(1, 0), Float64Array.of(0, 1)];
  const drawn = normal(seed, DIRECTIONS, 2, size);
  const first = unit(drawn.subarray(0, size));
  const second = drawn.subarray(size);
  const along = dot(first, second);
  return [first, unit(second.map((value, i) => value - along * first[i]!))];
}

/** Where a vector lies along the two directions. */
export const placeIn = ([first, second]: readonly [Float64Array, Float64Array], vector: Float64Array): Point => [dot(first, vector), dot(second, vector)];

/**
 * The vector with its parts along the two directions exchanged, all other parts kept. A normal vector is normal along
 * any direction, so both coordinates mean what a slider means: from -3 to 3 lie 99.7 % of what is ever drawn.
 *
 * @param point the two parts; the vector itself, if undefined
 */
export function inPlane(vector: Float64Array, plane: readonly [Float64Array, Float64Array], point: Point | undefined): Float64Array {
  if (!point) return vector;
  const [x, y] = placeIn(plane, vector);
  return vector.map((value, i) => value + (point[0] - x) * plane[0][i]! + (point[1] - y) * plane[1][i]!);
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((value) => value / length);
}
