/** Settings of <forward-process> that are not made from its state alone, as templates. */
import { BOARD_SIZE } from '../../drawing/board.ts';
import { html } from '../../shared.ts';
import type { TemplateResult } from '../../lit.ts';
import type { ForwardTexts } from './texts.ts';

const PRESETS = [1000, 500, 200, 100];

export function presets(group: string, legend: string, timesteps: number, choose: (timesteps: number) => void): TemplateResult {
  return html`
    <fieldset class="live-segments">
      <legend>${legend}</legend>
      ${PRESETS.map(
        (count) => html`
          <label><input type="radio" name=${group} value=${count} .checked=${count === timesteps} @change=${() => choose(count)} /><span>${count}</span></label>
        `,
      )}
    </fieldset>
  `;
}

export function board(t: ForwardTexts, wipe: () => void): TemplateResult {
  return html`
    <div class="forward-pad">
      <canvas width=${BOARD_SIZE} height=${BOARD_SIZE} role="application" tabindex="0" aria-label=${t.pad}></canvas>
      <button type="button" class="live-button" @click=${wipe}>${t.wipe}</button>
    </div>
  `;
}

export function file(t: ForwardTexts, chosen: (file: File) => void): TemplateResult {
  const take = (event: Event) => {
    const one = (event.target as HTMLInputElement).files?.[0];
    if (one) chosen(one);
  };
  return html`
    <label class="forward-file"><span>${t.choose}</span><input type="file" accept="image/*" @change=${take} /></label>
    <p class="forward-note">${t.private}</p>
  `;
}

/** @param number the input for which image of the class */
export function garment(t: ForwardTexts, label: number, choose: (label: number) => void, number: TemplateResult): TemplateResult {
  return html`
    <div class="forward-pick">
      <label class="live-field"><span>${t.labels['label']}</span>
        <select @change=${(event: Event) => choose(Number((event.target as HTMLSelectElement).value))}>
          ${t.classes.map((name, i) => html`<option value=${i} .selected=${i === label}>${name}</option>`)}
        </select>
      </label>
      ${number}
    </div>
  `;
}
