/** Pictures on a card: one with what it is, or A beside B, and where they differ (`shot.css`). */
import { html, nothing, type TemplateResult } from '../lit.ts';

/** One picture with what it is. */
export function shot(name: string, about: string, caption: unknown = nothing): TemplateResult {
  return html`<div class="live-shot"><canvas class=${name} role="img" aria-label=${about}></canvas>${caption === nothing ? nothing : html`<span>${caption}</span>`}</div>`;
}
