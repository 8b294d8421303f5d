/** What stands on the stage: one picture or a pair, and the film on which time is scrubbed. */
import { strip } from '../../images/strip.ts';
import { html, icon, nothing } from '../../shared.ts';
import type { TemplateResult } from '../../lit.ts';
import type { reverseTexts } from './texts.ts';
import { COUNT, frameAt, type Trajectory } from './trajectory.ts';

type Words = (typeof reverseTexts)['zh'];
type Part = TemplateResult | typeof nothing;

export interface Time {
  made: Trajectory | undefined;
  at: number;
  t: Words;
  /** The choice between state and guess. */
  view: Part;
  still: boolean;
  play(): void;
  scrub(at: number): void;
}

/** The one axis of time, from noise to data: the film is the slider. */
export function timeFilm({ made, at, t, view, still, play, scrub }: Time): TemplateResult {
  const frame = made && frameAt(made, at);
  const positions = Math.max(2, made?.length ?? 2);
  return html`
    ${strip({
      name: 'live-film-time',
      positions,
      at: Math.round(at * (positions - 1)),
      label: t.scrub,
      spoken: frame ? t.step(frame.step, made.frames.at(-1)!.step) : '',
      rows: [html`<i>x<sub>t</sub></i>`, html`<i>x̂<sub>0</sub></i>`],
      frames: 9,
      disabled: still || !made,
      scrub: (position) => scrub(position / (positions - 1)),
    })}
    <div class="live-transport">
      <button type="button" class="live-tool" ?disabled=${still || !made} @click=${play} title=${t.play} aria-label=${t.play}>${icon('play')}</button>
      ${view}
      <output class="live-numbers">t = ${(frame?.t ?? 1).toFixed(2)}</output>
    </div>
  `;
}

/** The row of garments between two noises: which of them is shown. */
export function betweenFilm(which: number, t: Words, disabled: boolean, scrub: (which: number) => void): TemplateResult {
  return strip({ name: 'live-film-between', frames: COUNT, positions: COUNT, at: which, label: t.betweenLabel, spoken: t.between(which, COUNT - 1), rows: [], disabled, scrub });
}
