/** Ink on a hidden square: the reader's character in the system's own type, or their strokes. */
import { paintStrokes, type Stroke } from './pad.ts';
import { canvasOf } from '../images/canvas.ts';

export const INK_SIZE = 192;

/** Brush faces where a system has one, else a sans: the thin horizontals of a printed serif are too thin for points. */
const FAMILY = '"LXGW WenKai", "Kaiti SC", STKaiti, KaiTi, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif';

/** The first `most` things that a reader would call characters, without blanks; an accent or a family emoji stays whole. */
export function charactersOf(text: string, most: number): string[] {
  // The usual case, and the page's first: a segmenter takes a phone 20 ms to make.
  const plain = /^[\p{Script=Han}A-Za-z0-9\s]*$/u.test(text) || typeof Intl.Segmenter !== 'function';
  segmenter ??= plain ? undefined : new Intl.Segmenter();
  const all = plain ? [...text] : Array.from(segmenter!.segment(text), ({ segment }) => segment);
  return all.filter((one) => one.trim()).slice(0, most);
}

let segmenter: Intl.Segmenter | undefined;

/** Coverage of a character that fills the square, 0..255, [INK_SIZE^2]. */
export function inkOfCharacter(character: string): Uint8ClampedArray {
  const context = canvasOf(INK_SIZE, INK_SIZE);
  const font = (size: number) => `600 ${size}px ${FAMILY}`;
  context.font = font(INK_SIZE);
  const box = context.measureText(character);
  const width = box.actualBoundingBoxLeft + box.actualBoundingBoxRight;
  const height = box.actualBoundingBoxAscent + box.actualBoundingBoxDescent;
  const scale = Math.min(1.4, (0.98 * INK_SIZE) / Math.max(width, height, 1));
  context.font = font(INK_SIZE * scale);
  context.fillText(
    character,
    INK_SIZE / 2 - (scale * (box.actualBoundingBoxRight - box.actualBoundingBoxLeft)) / 2,
    INK_SIZE / 2 + (scale * (box.actualBoundingBoxAscent - box.actualBoundingBoxDescent)) / 2,
  );
  return coverage(context);
}

/** Coverage of the reader's strokes; `width` is that of the pen as a part of the square's side. */
export function inkOfStrokes(strokes: Stroke[], width: number): Uint8ClampedArray {
  const context = canvasOf(INK_SIZE, INK_SIZE);
  paintStrokes(context, strokes, 0, 0, INK_SIZE, width * INK_SIZE);
  return coverage(context);
}

function coverage(context: CanvasRenderingContext2D): Uint8ClampedArray {
  const { data } = context.getImageData(0, 0, INK_SIZE, INK_SIZE);
  return Uint8ClampedArray.from({ length: INK_SIZE ** 2 }, (_, i) => data[4 * i + 3]!);
}
