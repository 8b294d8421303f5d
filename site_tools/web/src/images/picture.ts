/**
 * A picture of the reader's as a 28 x 28 gray image in [-1, 1], like the images of the course.
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
 * @returns float32 [28 * 28], -1 = black, 1 = white.
 */
export function toGray(rgba: ArrayLike<number>, width: number, height: number): Float32Array {
  const square = Math.min(width, height);
  const left = (width - square) / 2;
  const top = (height - square) / 2;
  const columns = Array.from({ length: IMAGE_SIZE }, (_, i) => overlaps(left + (i * square) / IMAGE_SIZE, left + ((i + 1) * square) / IMAGE_SIZE));
  const rows = Array.from({ length: IMAGE_SIZE }, (_, i) => overlaps(top + (i * square) / IMAGE_SIZE, top + ((i + 1) * square) / IMAGE_SIZE));
  const area = (square / IMAGE_SIZE) ** 2;
  return Float32Array.from({ length: IMAGE_SIZE * IMAGE_SIZE }, (_, pixel) => {
    let sum = 0;
    for (const [y, h] of rows[Math.floor(pixel / IMAGE_SIZE)]!) {
      for (const [x, w] of columns[pixel % IMAGE_SIZE]!) {
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
export async function fromFile(file: Blob): Promise<Float32Array> {
  const image = await createImageBitmap(file); // not an <img>: a blob: address would need an exception in the page's CSP
  const scale = Math.min(1, WORKING_SIZE / Math.min(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const context = canvasOf(width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, width, height);
  image.close();
  return toGray(context.getImageData(0, 0, width, height).data, width, height);
}
