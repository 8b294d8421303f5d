/** The icons of `icon-paths.ts` as templates. */
import { svg, type TemplateResult } from 'lit';
import * as paths from './icon-paths.ts';

export function icon(name: keyof typeof paths): TemplateResult {
  return svg`<svg class="live-icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${paths[name]} /></svg>` as unknown as TemplateResult;
}
