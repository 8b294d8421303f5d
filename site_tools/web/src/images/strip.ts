/**
 * A filmstrip that is a slider: the frames are its track, and what is under the finger is what is shown.
 *
 * The input is native, for keyboards and screen readers; the pointer is followed here, because not every browser lets a
 * finger begin beside the thumb.
 */
import { html } from '../shared.ts';
import type { TemplateResult } from '../lit.ts';
import { contextOf } from './canvas.ts';
import { stampOf, type Form } from './grid.ts';

/** Screen pixels a pixel, and between frames. */
const SCALE = 2;
const GAP = 4;

export interface Strip {
  /** Class of its canvas. */
  name: string;
  /** Frames drawn. */
  frames: number;
  /** Positions of the slider, at least 2. */
  positions: number;
  /** Position shown, from 0. */
  at: number;
  label: string;
  /** What a screen reader says of the position. */
  spoken: string;
  /** What stands at the left of each row. */
  rows: (string | TemplateResult)[];
  disabled: boolean;
  scrub(position: number): void;
}

export function strip({ name, frames, positions, at, label, spoken, rows, disabled, scrub }: Strip): TemplateResult {
  const follow = (event: PointerEvent) => {
    if (disabled || (event.type === 'pointermove' && event.buttons === 0)) return;
    const film = event.currentTarget as HTMLElement;
    if (event.type === 'pointerdown') film.setPointerCapture(event.pointerId);
    const { left, width } = film.getBoundingClientRect();
    const frame = ((event.clientX - left) / width) * frames - 0.5; // the middle of a frame is its moment
    scrub(Math.round((Math.min(frames - 1, Math.max(0, frame)) / Math.max(1, frames - 1)) * (positions - 1)));
  };
  return html`
    <div class="live-strip">
      <div class="live-strip-rows" aria-hidden="true">${rows.map((row) => html`<span>${row}</span>`)}</div>
      <div class="live-film" @pointerdown=${follow} @pointermove=${follow}>
        <canvas class="live-film-frames ${name}" aria-hidden="true"></canvas>
        <input type="range" aria-label=${label} aria-valuetext=${spoken} min="0" .max=${String(positions - 1)} .value=${String(at)} ?disabled=${disabled}
          @input=${(event: Event) => scrub((event.target as HTMLInputElement).valueAsNumber)} />
        <span class="live-film-mark"></span>
      </div>
    </div>
  `;
}

/** Put the mark over what is shown: `at` is 0 to 1, from the first of `frames` to the last. (A style attribute is not permitted here.) */
export function markStrip(film: HTMLElement, frames: number, at: number): void {
  film.style.setProperty('--frames', String(frames));
  film.style.setProperty('--at', String(at));
}

/** Paint rows of frames, each frame one image of this form; undefined is one that is still to come. */
export function paintStrip(canvas: HTMLCanvasElement, rows: (Uint8ClampedArray | undefined)[][], form: Form): void {
  const [across, down] = [form.size * SCALE, (form.height ?? form.size) * SCALE];
  canvas.width = Math.max(...rows.map((row) => row.length)) * (across + GAP) - GAP;
  canvas.height = rows.length * (down + GAP) - GAP;
  const context = contextOf(canvas);
  const stamp = stampOf(form);
  context.imageSmoothingEnabled = false;
  rows.forEach((row, y) =>
    row.forEach((pixels, x) => {
      if (pixels) context.drawImage(stamp(pixels), x * (across + GAP), y * (down + GAP), across, down);
    }),
  );
}

/** Which frames of a film stand on a strip of so many columns: evenly spaced, both ends among them; a short film repeats some. */
export const framesOf = (length: number, columns: number): number[] => Array.from({ length: columns }, (_, i) => Math.round((i * (length - 1)) / (columns - 1)));
