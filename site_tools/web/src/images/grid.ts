/** Drawing grey images on a canvas. Knows pixels, not models. */
import { IMAGE_SIZE } from '../maths/image-size.ts';
import { contextOf } from './canvas.ts';

/** Model range [-1, 1] -> bytes: clipped, ties to even as in `demos.data.to_bytes` (a clamped array rounds so). */
export function toBytes(x: Float32Array): Uint8ClampedArray {
  const bytes = new Uint8ClampedArray(x.length);
  for (let i = 0; i < x.length; i++) bytes[i] = (x[i]! + 1) * 127.5;
  return bytes;
}

/** Bytes -> model range, the inverse of `toBytes` up to rounding. */
export const fromBytes = (bytes: ArrayLike<number>): Float32Array => Float32Array.from(bytes, (value) => value / 127.5 - 1);

export interface Grid {
  columns: number;
  /** Side of one image in pixels. */
  size: number;
  /** Screen pixels a pixel. */
  scale: number;
  /** Screen pixels between images. */
  gap: number;
}

export const IMAGE_GRID: Grid = { columns: 4, size: IMAGE_SIZE, scale: 4, gap: 8 };

/** Paint `count` images into the canvas, resizing it if needed; those from number `faded` on are shown as yesterday's. */
export function paintGrid(canvas: HTMLCanvasElement, pixels: Uint8ClampedArray, count: number, grid: Grid = IMAGE_GRID, faded = count): void {
  const { columns, size, scale, gap } = grid;
  const rows = Math.ceil(count / columns);
  const width = columns * size * scale + (columns - 1) * gap;
  const height = rows * size * scale + (rows - 1) * gap;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = contextOf(canvas);
  const sheet = document.createElement('canvas');
  sheet.width = size;
  sheet.height = size * count;
  const image = new ImageData(size, size * count);
  const rgba = new Uint32Array(image.data.buffer);
  for (let i = 0; i < rgba.length; i++) rgba[i] = 0xff000000 | (pixels[i]! * 0x010101);
  contextOf(sheet).putImageData(image, 0, 0);
  context.clearRect(0, 0, width, height);
  context.imageSmoothingEnabled = false;
  for (let i = 0; i < count; i++) {
    const x = (i % columns) * (size * scale + gap);
    const y = Math.floor(i / columns) * (size * scale + gap);
    context.globalAlpha = i < faded ? 1 : 0.25;
    context.drawImage(sheet, 0, i * size, size, size, x, y, size * scale, size * scale);
  }
}
