/** What stands below the picture: the way from start to end, the sliders, the plane, and the batch to choose from. */
import { strip } from '../../images/strip.ts';
import { html, icon, svg } from '../../shared.ts';
import type { TemplateResult } from '../../lit.ts';
import { CHOICE, pointText, type Point } from './latent.ts';
import type { GeneratorTexts } from './texts.ts';

/** How far sliders and plane reach, in standard deviations: 99.7 % of all normal numbers lie between. */
export const REACH = 3;
/** Sliders in sight. */
export const SLIDERS = 6;
/** What one arrow key moves the dot. */
const KEY_STEP = 0.1;
const ARROWS: Record<string, Point> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const held = (value: number): number => Math.max(-REACH, Math.min(REACH, value));

export interface Way {
  share: number;
  /** A run is under way that a hand should not disturb. */
  busy: boolean;
  play(): void;
  move(share: number): void;
  rest(): void;
}

export function way(t: GeneratorTexts, { share, busy, play, move, rest }: Way): TemplateResult {
  return html`
    <div class="live-transport generator-way">
      <button type="button" class="live-tool" ?disabled=${busy} @click=${play} title=${t.play} aria-label=${t.play}>${icon('play')}</button>
      <label><span aria-hidden="true">${t.start}</span>
        <input type="range" aria-label=${t.labels['share']} min="0" max="1" step="0.01" .value=${String(share)} ?disabled=${busy}
          @input=${(event: Event) => move((event.target as HTMLInputElement).valueAsNumber)} @change=${rest} />
        <span aria-hidden="true">${t.end}</span></label>
      <output class="live-numbers">${share.toFixed(2)}</output>
    </div>
  `;
}

export interface Knobs {
  /** Number of the first in sight, and all values as they are now. */
  first: number;
  values: Float32Array;
  set(number: number, value: number): void;
  rest(): void;
  further(): void;
  back(): void;
}

/** A slider for each of a few latent numbers. */
export function knobs(t: GeneratorTexts, { first, values, set, rest, further, back }: Knobs): TemplateResult {
  const shown = Array.from({ length: Math.min(SLIDERS, values.length) }, (_, i) => (first + i) % values.length);
  return html`
    <div class="generator-knobs">
      ${shown.map(
        (number) => html`
          <label><span><i>z</i><sub>${number + 1}</sub></span>
            <input type="range" aria-label=${t.slider(number + 1)} min=${-REACH} max=${REACH} step="0.05" .value=${String(values[number]!)}
              @input=${(event: Event) => set(number, (event.target as HTMLInputElement).valueAsNumber)} @change=${rest} />
            <output class="live-numbers">${values[number]!.toFixed(2)}</output></label>
        `,
      )}
      <div class="live-actions">
        ${values.length > SLIDERS ? html`<button type="button" class="live-button" @click=${further}>${t.further}</button>` : ''}
        <button type="button" class="live-button" @click=${back}>${t.back}</button>
      </div>
    </div>
  `;
}

/** The plane with its dot; circles stand at one, two and three standard deviations. */
export function pad(t: GeneratorTexts, point: Point, move: (to: Point) => void, rest: () => void, other: TemplateResult): TemplateResult {
  const follow = (event: PointerEvent) => {
    if (event.type === 'pointermove' && event.buttons === 0) return;
    const square = event.currentTarget as HTMLElement;
    if (event.type === 'pointerdown') square.setPointerCapture(event.pointerId);
    const { left, top, width, height } = square.getBoundingClientRect();
    move([held(((event.clientX - left) / width) * 2 * REACH - REACH), held(REACH - ((event.clientY - top) / height) * 2 * REACH)]);
  };
  const steer = (event: KeyboardEvent) => {
    const by = ARROWS[event.key];
    if (!by) return;
    event.preventDefault();
    move([held(point[0] + KEY_STEP * by[0]), held(point[1] + KEY_STEP * by[1])]);
  };
  const [x, y] = [held(point[0]), -held(point[1])];
  return html`
    <div class="generator-plane">
      <div class="generator-pad" tabindex="0" role="application" aria-label=${t.pad} @pointerdown=${follow} @pointermove=${follow} @pointerup=${rest} @keydown=${steer}>
        <svg viewBox="-3 -3 6 6" aria-hidden="true">
          <path d="M-3 0H3M0 -3V3" />
          ${[1, 2, 3].map((radius) => svg`<circle r=${radius}></circle>`)}
          <circle class="generator-dot" cx=${x} cy=${y} r="0.22"></circle>
        </svg>
      </div>
      <div class="live-actions"><output class="live-numbers">(${pointText(point).replace(' ', ', ')})</output> ${other}</div>
    </div>
  `;
}

/** A few images of the seed as a film: which of them the sliders or the plane are about. */
export function chooser(t: GeneratorTexts, which: number, choose: (which: number) => void): TemplateResult {
  const first = which - (which % CHOICE);
  return strip({
    name: 'generator-choice',
    frames: CHOICE,
    positions: CHOICE,
    at: which - first,
    label: t.labels['which']!,
    spoken: t.image(which + 1),
    rows: [],
    disabled: false,
    scrub: (position) => choose(first + position),
  });
}
