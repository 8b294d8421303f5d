/** Icons of the cards, drawn like those of `page/icons.ts`, which every page carries. */
import { svg, type TemplateResult } from '../lit.ts';

const PATHS = {
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4',
  pin: 'M9 4h6l-1 6 3 3H7l3-3ZM12 13v7',
};

export const cardIcon = (name: keyof typeof PATHS): TemplateResult =>
  svg`<svg class="live-icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[name]} /></svg>` as unknown as TemplateResult;
