/** What stands on the stage of <forward-process>: the image beside its histogram, and the film on which time is scrubbed. */
import { strip, markStrip, paintStrip } from '../../images/strip.ts';
import { paintGrid, toBytes } from '../../images/grid.ts';
import { IMAGE_SIZE } from '../../maths/image-size.ts';
import { html, icon } from '../../shared.ts';
import type { TemplateResult } from '../../lit.ts';
import type { ForwardTexts } from './texts.ts';

/** Frames on the film. */
const FRAMES = 9;
/** Positions of the film, a hundredth of the way apart. */
const POSITIONS = 101;

export function picture(about: string): TemplateResult {
  return html`<canvas class="forward-image" role="img" aria-label=${about}></canvas>`;
}

export interface Time {
  t: number;
  step: number;
  steps: number;
  words: ForwardTexts;
  /** Whether there is an image to walk with. */
  ready: boolean;
  playing: boolean;
  play(): void;
  scrub(t: number): void;
}

/** From the image (left) to noise: the film is the slider. `more` stands beside the button. */
export function timeFilm({ t, step, steps, words, ready, playing, play, scrub }: Time, more: TemplateResult): TemplateResult {
  return html`
    ${strip({
      name: 'forward-film',
      frames: FRAMES,
      positions: POSITIONS,
      at: Math.round(t * (POSITIONS - 1)),
      label: words.labels['t']!,
      spoken: words.moment(t.toFixed(2), step, steps),
      rows: [html`<i>x<sub>t</sub></i>`],
      disabled: !ready,
      scrub: (position) => scrub(position / (POSITIONS - 1)),
    })}
    <div class="live-transport">
      <button type="button" class="live-button live-primary" ?disabled=${!ready} @click=${play}>${icon('play')} ${playing ? words.pause : words.play}</button>
      ${more}
      <output class="live-numbers">t = ${t.toFixed(2)}</output>
    </div>
  `;
}

export function paintPicture(canvas: HTMLCanvasElement | null, x: Float32Array): void {
  if (canvas) paintGrid(canvas, toBytes(x), 1, { columns: 1, size: IMAGE_SIZE, scale: 10, gap: 0 });
}

/** @param at the noised image at timestep `k` of `steps` */
export function paintFilm(canvas: HTMLCanvasElement | null, t: number, steps: number, at: (k: number) => Float32Array): void {
  if (!canvas) return;
  paintStrip(canvas, [Array.from({ length: FRAMES }, (_, i) => toBytes(at(Math.round((i * steps) / (FRAMES - 1)))))], { size: IMAGE_SIZE });
  markStrip(canvas.parentElement!, FRAMES, t);
}
