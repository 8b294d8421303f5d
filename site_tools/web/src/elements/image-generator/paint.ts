/** Generated images on their canvases; before there are any, the random numbers that they will be made of. */
import { differenceOf } from '../../images/compare.ts';
import { paintGrid, toBytes, type Form } from '../../images/grid.ts';
import { markStrip, paintStrip } from '../../images/strip.ts';
import type { GeneratorShape } from '../../runtime/generator.ts';
import { imagesOf, latents, type Recipe } from './latent.ts';
import type { Made } from './making.ts';
import { REACH } from './stage.ts';

/** About how many screen pixels a picture is wide, and between its images. */
const [WIDTH, GAP] = [448, 8];

export interface Scene {
  shape: GeneratorShape;
  recipe: Recipe;
  made: Made | undefined;
  few: Made | undefined;
  /** Those among which the image is. */
  choice: Made | undefined;
  /** What is pinned beside it. */
  kept: Made | undefined;
}

export function paintScene(host: Element, { shape, recipe, made, few, choice, kept }: Scene): void {
  const form: Form = { size: shape.width, height: shape.height, channels: shape.channels };
  const canvas = (name: string) => host.querySelector<HTMLCanvasElement>(`canvas.${name}`);
  const paint = (name: string, pixels: Uint8ClampedArray, images: number, of: Form, faded?: number) => {
    const target = canvas(name);
    const columns = Math.ceil(Math.sqrt(images));
    if (target) paintGrid(target, pixels, images, { ...of, columns, scale: Math.max(1, Math.round(WIDTH / (columns * of.size))), gap: GAP }, faded);
  };
  if (kept) paint('live-a', kept.pixels, kept.images, form);
  if (!made) {
    const images = imagesOf(recipe);
    const { pixels, side } = tiles(latents(recipe, shape.latent), shape.latent);
    return paint('live-b', pixels, images, { size: side });
  }
  const shown = made.pixels.slice();
  if (few && few.pixels.length <= shown.length) shown.set(few.pixels);
  paint('live-b', shown, made.images, form, few?.images);
  if (kept?.pixels.length === shown.length) paint('live-difference', differenceOf(kept.pixels, shown), made.images, form);
  const film = canvas('generator-choice');
  if (!film || !choice) return;
  const length = choice.pixels.length / choice.images;
  paintStrip(film, [Array.from({ length: choice.images }, (_, i) => choice.pixels.subarray(i * length, (i + 1) * length))], form);
  markStrip(film.parentElement!, choice.images, (recipe.which % choice.images) / (choice.images - 1));
}

/** Vectors as grey squares, a number a field: black is -3, white is 3; what is left of the last row stays grey. */
export function tiles(z: Float32Array, size: number): { pixels: Uint8ClampedArray; side: number } {
  const side = Math.ceil(Math.sqrt(size));
  const squares = new Float32Array((z.length / size) * side ** 2);
  for (let i = 0; i < z.length; i++) squares[Math.floor(i / size) * side ** 2 + (i % size)] = z[i]! / REACH;
  return { pixels: toBytes(squares), side };
}
