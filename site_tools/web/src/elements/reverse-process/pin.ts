/** What the reader keeps beside the present picture: its settings, and what they differ in. */
import { parseState, type StateSpec } from '../../frame/state.ts';
import type { Recipe, Trajectory } from './trajectory.ts';

export interface Pinned {
  recipe: Recipe;
  /** Undefined until it has been walked: a link or an author says only how. */
  made: Trajectory | undefined;
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
export function differing(a: Recipe, b: Recipe): Partial<Recipe> {
  return Object.fromEntries(Object.entries(a).filter(([name, value]) => value !== b[name as keyof Recipe]));
}

/** The recipe that the attribute `pin` describes: `b` but for what it says; undefined if it says nothing. */
export function pinnedRecipe(text: string, b: Recipe, spec: Record<string, StateSpec>): Recipe | undefined {
  const said = mapping(text);
  if (!said) return undefined;
  const known = Object.entries(said).filter(([name]) => name in b);
  return { ...b, ...Object.fromEntries(known.map(([name, value]) => [name, parseState(spec[name]!, value as string)])) };
}

/** What the attribute `each` asks to be tried one after the other: { sampler: [a, b] } is { sampler: a }, then { sampler: b }. */
export function cases(text: string, spec: Record<string, StateSpec>): Partial<Recipe>[] {
  const [name, values] = Object.entries(mapping(text) ?? {})[0] ?? [];
  if (!name || !spec[name] || !Array.isArray(values)) return [{}];
  return values.map((value) => ({ [name]: parseState(spec[name]!, value as string) }));
}
