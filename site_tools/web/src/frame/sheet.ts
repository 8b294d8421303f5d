/**
 * Settings that stand beside the picture where there is room, and rise as a sheet over the foot of the screen where there
 * is none: the picture stays in sight and follows. Where a browser has no popovers, they stand below it.
 */
import { html, type TemplateResult } from '../lit.ts';
import { cardIcon } from './card-icons.ts';

export interface SheetWords {
  settings: string;
  close: string;
}

const sheetOf = (event: Event): HTMLElement => (event.currentTarget as Element).closest('.live-frame')!.querySelector<HTMLElement>('.live-sheet')!;

/** The button that raises the sheet of its frame; styles hide it where the settings are in sight. */
export function sheetButton(words: SheetWords): TemplateResult {
  const open = (event: Event) => {
    const sheet = sheetOf(event);
    sheet.closest('.live-frame')!.querySelector('.live-stage')?.scrollIntoView({ block: 'start' });
    sheet.togglePopover?.();
    sheet.querySelector('button')!.focus({ preventScroll: true });
  };
  return html`<button type="button" class="live-button live-open-sheet" @click=${open}>${cardIcon('settings')} ${words.settings}</button>`;
}

/** The settings that a beginner needs, and the rest folded behind `moreWord`, which all elements share. */
export function sheet(words: SheetWords, controls: TemplateResult, moreWord: string, more: TemplateResult): TemplateResult {
  return html`
    <div class="live-sheet" popover role="group" aria-label=${words.settings}>
      <div class="live-sheet-bar">
        <b>${words.settings}</b>
        <button type="button" class="live-button" @click=${(event: Event) => sheetOf(event).hidePopover()}>${words.close}</button>
      </div>
      ${controls}
      <details class="live-more"><summary>${moreWord}</summary>${more}</details>
    </div>
  `;
}
