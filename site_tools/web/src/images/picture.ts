/**
 * A picture of the reader's as a gray image in [-1, 1] of the size that a model takes, 28 x 28 for those of the course.
 *
 * The file is read by this page and goes nowhere else.
 */
import { IMAGE_SIZE } from '../maths/image-size.ts';
import { canvasOf } from './canvas.ts';

/** Longest side a picture is first scaled to: a phone's 12-megapixel photo would take a second to average. */
const WORKING_SIZE = 280;

/**
 * The middle square of a picture, averaged down.
 *
 * Each pixel of the result is the mean luminance (Rec. 709 weights) of the area it covers, transparent
 * parts counting as black. No resampling filter: what the reader sees can be checked by hand.
 *
 * @param rgba pixels row by row, 4 bytes each.
 * @param columns, rows size of the result.
 * @returns float32 [rows * columns], -1 = black, 1 = white.
 */
export function toGray(rgba: ArrayLike<number>, width: number, height: number, columns = IMAGE_SIZE, rows = IMAGE_SIZE): Float32Array {
  const square = Math.min(width, height);
  const left = (width - square) / 2;
  const top = (height - square) / 2;
  const across = Array.from({ length: columns }, (_, i) => overlaps(left + (i * square) / columns, left + ((i + 1) * square) / columns));
  const down = Array.from({ length: rows }, (_, i) => overlaps(top + (i * square) / rows, top + ((i + 1) * square) / rows));
  const area = (square / columns) * (square / rows);
  return Float32Array.from({ length: columns * rows }, (_, pixel) => {
    let sum = 0;
    for (const [y, h] of down[Math.floor(pixel / columns)]!) {
      for (const [x, w] of across[pixel % columns]!) {
        const i = 4 * (y * width + x);
        const luminance = 0.2126 * rgba[i]! + 0.7152 * rgba[i + 1]! + 0.0722 * rgba[i + 2]!;
        sum += w * h * luminance * (rgba[i + 3]! / 255);
      }
    }
    return sum / area / 127.5 - 1;
  });
}

/** The whole pixels an interval touches, each with the length of it inside. */
function overlaps(from: number, to: number): [number, number][] {
  const parts: [number, number][] = [];
  for (let i = Math.floor(from); i < to; i++) {
    const length = Math.min(to, i + 1) - Math.max(from, i);
    if (length > 1e-9) parts.push([i, length]);
  }
  return parts;
}

/** Read a picture file. Rejects if the browser cannot decode it. */
export async function fromFile(file: Blob, columns = IMAGE_SIZE, rows = IMAGE_SIZE): Promise<Float32Array> {
  const image = await createImageBitmap(file); // not an <img>: a blob: address would need an exception in the page's CSP
  const scale = Math.min(1, WORKING_SIZE / Math.min(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const context = canvasOf(width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, width, height);
  image.close();
  return toGray(context.getImageData(0, 0, width, height).data, width, height, columns, rows);
}
