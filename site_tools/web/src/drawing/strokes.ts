/**
 * Strokes as short text for a link, and back: what a reader drew travels with the settings.
 *
 * `1` (the version), then the strokes with `.` between them. Every character is six bits of base64url. A stroke is
 * x and y of its first point, two characters each, and then two characters a point: how far it moved. The unit is
 * 1/256 of the square's side. A drawing that was read is written exactly as it came.
 */
import type { Stroke } from './pad.ts';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VERSION = '1';
const SIDE = 256;
/** Most characters: a longer link gets lost in messengers. The specs of the elements say the same. */
export const MOST_CHARACTERS = 1600;
/** A first point is anywhere from -8 to 8 sides, a move at most 31 units. */
const ORIGIN = 2048;
const HALF = 32;

/** [] becomes "". Points closer to each other than the line shows are left out, more of them in a long drawing. */
export function encodeStrokes(strokes: Stroke[]): string {
  if (strokes.length === 0) return '';
  const whole = strokes.map((stroke) => stroke.map((value) => Math.min(ORIGIN - 1, Math.max(-ORIGIN, Math.round(value * SIDE)))));
  for (let spacing = 4; ; spacing *= 2) {
    const text = VERSION + whole.map((stroke) => encodeStroke(thinned(stroke, spacing))).join('.');
    if (text.length <= MOST_CHARACTERS) return text;
    if (spacing > 2 * ORIGIN) return encodeStrokes(strokes.slice(0, Math.floor(strokes.length / 2))); // thousands of dots
  }
}

/** Strokes in the unit square; undefined if this is not a drawing. */
export function decodeStrokes(text: string): Stroke[] | undefined {
  if (text === '') return [];
  if (text[0] !== VERSION || text.length > MOST_CHARACTERS) return undefined;
  const strokes: Stroke[] = [];
  for (const word of text.slice(1).split('.')) {
    const codes = [...word].map((digit) => DIGITS.indexOf(digit));
    if (codes.length < 4 || codes.length % 2 || codes.includes(-1)) return undefined;
    let x = 64 * codes[0]! + codes[1]! - ORIGIN;
    let y = 64 * codes[2]! + codes[3]! - ORIGIN;
    const stroke = [x / SIDE, y / SIDE];
    for (let i = 4; i < codes.length; i += 2) {
      x += codes[i]! - HALF;
      y += codes[i + 1]! - HALF;
      stroke.push(x / SIDE, y / SIDE);
    }
    strokes.push(stroke);
  }
  return strokes;
}

/** Every point at least `spacing` from the one before it, and the last. */
function thinned(stroke: Stroke, spacing: number): Stroke {
  const kept = stroke.slice(0, 2);
  for (let i = 2; i < stroke.length; i += 2) {
    const [x, y] = [stroke[i]!, stroke[i + 1]!];
    const distance = Math.hypot(x - kept.at(-2)!, y - kept.at(-1)!);
    if (distance >= spacing || (i === stroke.length - 2 && distance > 0)) kept.push(x, y);
  }
  return kept;
}

function encodeStroke(stroke: Stroke): string {
  const digit = (value: number) => DIGITS[value]!;
  let [x, y] = [stroke[0]!, stroke[1]!];
  let text = [x, y].map((value) => digit((value + ORIGIN) >> 6) + digit((value + ORIGIN) & 63)).join('');
  for (let i = 2; i < stroke.length; i += 2) {
    const [toX, toY] = [stroke[i]! - x, stroke[i + 1]! - y];
    const moves = Math.ceil(Math.max(Math.abs(toX), Math.abs(toY)) / (HALF - 1)); // a leap goes in equal parts
    let [goneX, goneY] = [0, 0];
    for (let move = 1; move <= moves; move++) {
      const [nextX, nextY] = [Math.round((toX * move) / moves), Math.round((toY * move) / moves)];
      text += digit(nextX - goneX + HALF) + digit(nextY - goneY + HALF);
      [goneX, goneY] = [nextX, nextY];
    }
    [x, y] = [x + toX, y + toY];
  }
  return text;
}

/** The strokes as a link would bring them: what is shown and what is sent are one thing. */
export const settled = (strokes: Stroke[]): Stroke[] => decodeStrokes(encodeStrokes(strokes)) ?? [];

/** Strokes that leave the unit square, made smaller until none does, with `margin` for the pen; others unchanged. */
export function fitted(strokes: Stroke[], margin: number): Stroke[] {
  const all = strokes.flat();
  const inside = all.every((value) => value >= 0 && value <= 1);
  if (inside) return strokes;
  const range = (offset: number): [number, number] => {
    let [low, high] = [0, 1];
    for (let i = offset; i < all.length; i += 2) [low, high] = [Math.min(low, all[i]! - margin), Math.max(high, all[i]! + margin)];
    return [low, high];
  };
  const [left, right] = range(0);
  const [top, bottom] = range(1);
  const size = Math.max(right - left, bottom - top);
  const [midX, midY] = [(left + right) / 2, (top + bottom) / 2];
  return strokes.map((stroke) => stroke.map((value, i) => (value - (i % 2 ? midY : midX)) / size + 0.5));
}
