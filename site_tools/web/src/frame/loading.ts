/** What stands over the picture while a model is on its way. */
import { html, nothing, type TemplateResult } from '../lit.ts';
import { formatBytes, texts } from '../page/texts.ts';

/** Bytes loaded of bytes in all; 0 of 0 while nothing is known. */
export function loadingNotice({ loaded, total } = { loaded: 0, total: 0 }): TemplateResult {
  const t = texts();
  const downloading = total > 0 && loaded < total;
  return html`
    <div class="live-overlay">
      <span>${downloading || !total ? t.loading : t.preparing}</span>
      <progress max="1" value=${downloading ? loaded / total : nothing} aria-label=${t.loading}></progress>
      <span class="live-numbers">${total ? t.progress(formatBytes(loaded), formatBytes(total)) : ' '}</span>
    </div>
  `;
}
