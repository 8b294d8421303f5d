/** A field with a button beside it that rolls another value. */
import { html, type TemplateResult } from '../lit.ts';
import { icon } from '../page/icons.ts';
import { texts } from '../page/texts.ts';

/** @param of what is rolled, as its field is labelled */
export function rolled(field: TemplateResult, of: string, roll: () => void): TemplateResult {
  const { randomise } = texts();
  return html`
    <div class="live-with-button">
      ${field}
      <button type="button" class="live-tool" title=${randomise} aria-label=${`${of} ${randomise}`} @click=${roll}>${icon('dice')}</button>
    </div>
  `;
}
