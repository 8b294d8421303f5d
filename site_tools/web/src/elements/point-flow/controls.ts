/** Buttons and slider of <point-flow>, as templates: they know what is shown, not how it came about. */
import { html, nothing, type TemplateResult } from '../../lit.ts';
import type { PointFlowTexts } from './texts.ts';

/** The characters that take turns; one press shows one of them. */
export function turnButtons(t: PointFlowTexts, targets: string[], at: number, turnTo: (turn: number) => void): TemplateResult | typeof nothing {
  if (targets.length < 2) return nothing;
  return html`
    <div class="flow-turns" role="group" aria-label=${t.turns}>
      ${targets.map((one, i) => html`<button type="button" aria-pressed=${i === at} @click=${() => turnTo(i)}>${one}</button>`)}
    </div>
  `;
}

/** From noise on the left to data on the right; `u` is 1 for noise, to two digits. */
export function timeSlider(t: PointFlowTexts, u: number, disabled: boolean, moved: (u: number) => void): TemplateResult {
  return html`
    <div class="flow-time">
      <span aria-hidden="true">${t.noise}</span>
      <input type="range" min="0" max="1" step="0.01" aria-label=${t.time} aria-valuetext=${`t = ${u.toFixed(2)}`} ?disabled=${disabled} .value=${String(1 - u)}
        @input=${(event: Event) => moved(Math.round((1 - (event.target as HTMLInputElement).valueAsNumber) * 100) / 100)} />
      <span aria-hidden="true">${t.data}</span>
    </div>
  `;
}

/** The box for the characters; `typed` hears every change, those of an input method too. */
export function characterField(t: PointFlowTexts, value: string, typed: (event: Event) => void): TemplateResult {
  return html`
    <label class="flow-character"><span>${t.character}</span>
      <input type="text" maxlength="32" aria-label=${t.characters} autocomplete="off" autocapitalize="off" spellcheck="false" .value=${value}
        @input=${typed} @compositionend=${typed} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} />
    </label>
  `;
}

/** What stands below the writing square. */
export function padButtons(t: PointFlowTexts, { flow, clear, back }: { flow: () => void; clear: () => void; back: () => void }): TemplateResult {
  return html`
    <div class="live-actions">
      <button type="button" class="live-button live-primary" @click=${flow}>${t.flow}</button>
      <button type="button" class="live-button" @click=${clear}>${t.clear}</button>
      <button type="button" class="live-button" @click=${back}>${t.back}</button>
    </div>
  `;
}
