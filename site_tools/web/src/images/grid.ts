/** Drawing images on a canvas. Knows pixels, not models. */
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

/** Of one image in a batch. */
export interface Form {
  /** Its width in pixels. */
  size: number;
  /** Its height; the same, if nothing is said. */
  height?: number;
  /** 1 is grey; 3 are red, green and blue, one whole plane after the other, as models make them. */
  channels?: number;
}

/** The pixels of one image as canvases take them: opaque, four bytes each in one number, row by row. */
export function toRgba(pixels: Uint8ClampedArray, channels = 1): Uint32Array<ArrayBuffer> {
  const plane = pixels.length / channels;
  const [green, blue] = channels === 3 ? [plane, 2 * plane] : [0, 0];
  // the lowest byte is the first in memory, on every machine that has a browser
  return Uint32Array.from({ length: plane }, (_, i) => 0xff000000 | (pixels[blue + i]! << 16) | (pixels[green + i]! << 8) | pixels[i]!);
}

/** Images of a form, each as something a canvas can draw: one small canvas, which holds the last one asked for. */
export function stampOf({ size, height = size, channels = 1 }: Form): (pixels: Uint8ClampedArray) => HTMLCanvasElement {
  const small = document.createElement('canvas');
  small.width = size;
  small.height = height;
  const context = contextOf(small);
  return (pixels) => {
    context.putImageData(new ImageData(new Uint8ClampedArray(toRgba(pixels, channels).buffer), size, height), 0, 0);
    return small;
  };
}

export interface Grid extends Form {
  columns: number;
  /** Screen pixels a pixel. */
  scale: number;
  /** Screen pixels between images. */
  gap: number;
}

export const IMAGE_GRID: Grid = { columns: 4, size: IMAGE_SIZE, scale: 4, gap: 8 };

/** Paint `count` images into the canvas, resizing it if needed; those from number `faded` on are shown as yesterday's. */
export function paintGrid(canvas: HTMLCanvasElement, pixels: Uint8ClampedArray, count: number, grid: Grid = IMAGE_GRID, faded = count): void {
  const { columns, scale, gap } = grid;
  const [across, down] = [grid.size * scale, (grid.height ?? grid.size) * scale];
  const rows = Math.ceil(count / columns);
  const width = columns * (across + gap) - gap;
  const height = rows * (down + gap) - gap;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = contextOf(canvas);
  const stamp = stampOf(grid);
  const length = pixels.length / count;
  context.clearRect(0, 0, width, height);
  context.imageSmoothingEnabled = false;
  for (let i = 0; i < count; i++) {
    context.globalAlpha = i < faded ? 1 : 0.25;
    const image = stamp(pixels.subarray(i * length, (i + 1) * length));
    context.drawImage(image, (i % columns) * (across + gap), Math.floor(i / columns) * (down + gap), across, down);
  }
  context.globalAlpha = 1;
}
