/** Settings in words. */
import { SAMPLERS } from '../../maths/samplers.ts';
import { classNames } from '../../runtime/manifest.ts';
import { reverseTexts } from './texts.ts';
import { currentPage, type Manifest } from '../../shared.ts';
import type { Recipe } from './trajectory.ts';

/** Value -> name of every choice whose names are not in the texts. */
export function labelNames(manifest: Manifest | undefined): Record<string, string> {
  const { lang } = currentPage();
  const names = Object.fromEntries((manifest ? classNames(manifest, lang) : []).map((name, i) => [String(i), name]));
  return { ...names, mixed: reverseTexts[lang].mixed, unconditional: reverseTexts[lang].unconditional };
}

export const samplerNames = (): Record<string, string> =>
  Object.fromEntries(Object.entries(SAMPLERS).map(([key, { name }]) => [key, name[currentPage().lang]]));

/** "Sampler DDIM, noise on the way 1". */
export function inWords(settings: Partial<Recipe>, manifest: Manifest | undefined): string {
  const { comma, labels, values } = reverseTexts[currentPage().lang];
  const names: Record<string, Record<string, string>> = { ...values, label: labelNames(manifest), sampler: samplerNames() };
  return Object.entries(settings)
    .map(([name, value]) => `${labels[name]} ${names[name]?.[String(value)] ?? value}`)
    .join(comma);
}
