/** What the reader keeps beside the present picture: its settings, and what they differ in. */
import { html, type TemplateResult } from '../lit.ts';
import { cardIcon } from './card-icons.ts';
import { parseState, type StateSpec, type StateValue } from './state.ts';

/** @template Recipe what decides what comes out, by the names of the element's state */
export interface Pinned<Recipe, Made> {
  recipe: Recipe;
  /** Undefined until it has been made: a link or an author says only how. */
  made: Made | undefined;
}

/** A mapping written as JSON in an attribute; none if it is empty or cut short. */
function mapping(text: string): Record<string, unknown> | undefined {
  try {
    return text ? (JSON.parse(text) as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The settings in which `a` is not as `b`; every key of a recipe, so that a link brings it back. */
export function differing<Recipe extends object>(a: Recipe, b: Recipe): Partial<Recipe> {
  return Object.fromEntries(Object.entries(a).filter(([name, value]) => value !== b[name as keyof Recipe])) as Partial<Recipe>;
}

/** The recipe that the attribute `pin` describes: `b` but for what it says; undefined if it says nothing. */
export function pinnedRecipe<Recipe extends object>(text: string, b: Recipe, spec: Record<string, StateSpec>): Recipe | undefined {
  const said = mapping(text);
  if (!said) return undefined;
  const known = Object.entries(said).filter(([name]) => name in b);
  return { ...b, ...Object.fromEntries(known.map(([name, value]) => [name, parseState(spec[name]!, value as StateValue)])) };
}

/** What an attribute of type `cases` lists: { sampler: [a, b] } is { sampler: a }, then { sampler: b }; one empty case if nothing. */
export function cases(text: string, spec: Record<string, StateSpec>): Record<string, StateValue>[] {
  const [name, values] = Object.entries(mapping(text) ?? {})[0] ?? [];
  if (!name || !spec[name] || !Array.isArray(values)) return [{}];
  return values.map((value) => ({ [name]: parseState(spec[name]!, value as StateValue) }));
}

/** The button that keeps the present picture as A, or lets it go. */
export function pinButton(word: string, { pressed, disabled, toggle }: { pressed: boolean; disabled: boolean; toggle: () => void }): TemplateResult {
  return html`<button type="button" class="live-button" aria-pressed=${pressed ? 'true' : 'false'} ?disabled=${disabled} @click=${toggle}>${cardIcon('pin')} ${word}</button>`;
}
