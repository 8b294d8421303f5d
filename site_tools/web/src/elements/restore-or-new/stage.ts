/** What stands on the stage: the real one, its noised self, and the fan of four; below it how far they have drifted. */
import { html, nothing, svg } from '../../shared.ts';
import type { TemplateResult } from '../../lit.ts';
import type { RestoreTexts } from './texts.ts';
import { WALKS, type Drift } from './walks.ts';

/** @param waiting what stands on the four before there are any */
export function fan(t: RestoreTexts, made: boolean, waiting: TemplateResult | typeof nothing): TemplateResult {
  const cell = (name: string, words: string, shown = words) =>
    html`<div class="restore-cell ${name}"><canvas role="img" aria-label=${words}></canvas><span aria-hidden="true">${shown}</span></div>`;
  const middles = Array.from({ length: WALKS }, (_, i) => ((i + 0.5) * 100) / WALKS);
  return html`
    <div class="restore-stage" ?data-waiting=${!made}>
      ${cell('restore-real', t.original)} ${cell('restore-noised', t.noised)}
      <svg class="restore-ways" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        ${middles.map((x) => svg`<path d=${`M75 0C75 6 ${x} 4 ${x} 10`}></path>`)}
      </svg>
      <div class="restore-fan">
        ${middles.map((_, i) => (made ? cell('restore-walk', t.restored(i + 1), String(i + 1)) : html`<span class="restore-open" aria-hidden="true">?</span>`))} ${waiting}
      </div>
    </div>
  `;
}

/** Two bars; a line across both stands where real images of the class differ from one another. */
export function driftBars(t: RestoreTexts, drift: Drift | undefined): TemplateResult {
  const usual = drift?.usual ?? 1;
  const share = (value: number) => Math.min(100, (value / usual) * LINE);
  const bar = (name: string, words: string, value: number | undefined) => html`
    <span>${words}</span>
    <svg class=${name} viewBox="0 0 100 10" preserveAspectRatio="none">
      <rect width=${value === undefined ? 0 : share(value)} height="10"></rect>
      ${drift ? svg`<path d=${`M${LINE} -2V12`}></path>` : nothing}
    </svg>
    <b>${value === undefined ? '–' : t.ofRange(value)}</b>
  `;
  return html`
    <div class="restore-drift" role="img" aria-label=${drift ? t.drift(drift) : t.noDrift}>
      ${bar('restore-from', t.difference, drift?.fromReal)} ${bar('restore-among', t.spread, drift?.among)}
      <small>${drift ? t.usual(t.ofRange(usual)) : nothing}</small>
    </div>
  `;
}

/** Where that line stands, in parts of a hundred. */
const LINE = 75;
