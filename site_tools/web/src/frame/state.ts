/**
 * An element's state: named values that live in attributes and travel in a link.
 *
 * `spec.json` in the element's folder declares them once; the MkDocs plugin checks Markdown blocks against
 * the same file, as the build writes it into `elements.json`.
 */
export interface ChoiceSpec {
  type: 'choice';
  default: string;
  values: string[];
}

export interface NumberSpec {
  type: 'integer' | 'number';
  default: number;
  min: number;
  max: number;
  step?: number;
}

export interface TextSpec {
  type: 'text';
  default: string;
  /** Most characters. */
  max: number;
}

/**
 * Other values of the same state as JSON, which an author writes as a mapping: of cases, the values of one attribute, as a
 * list, to be tried one after the other.
 */
export interface SettingsSpec {
  type: 'settings' | 'cases';
  default: string;
}

export type StateSpec = ChoiceSpec | NumberSpec | TextSpec | SettingsSpec;
export type StateValue = string | number;

/** The models that an element runs; the build compares them with the manifest that a block names. */
export interface Accepts {
  /** Of the manifest. */
  kind: string;
  /** Role -> the sizes of that tensor behind the batch, null for any. */
  shapes?: Record<string, (number | null)[]>;
  /** The last label, of an element that names the classes itself. */
  labels?: number;
}

export interface ElementSpec {
  /** It runs a model in the worker. */
  runtime: boolean;
  /** It has a `model` attribute, and what it accepts there; null if it runs none. */
  model: Accepts | null;
  /** Further files of the page's table it reads. */
  files: string[];
  /** The file of the repository worth reading beside it. */
  source: string;
  /** Attribute -> what it may hold. */
  state: Record<string, StateSpec>;
}

/** Named lists that a choice may refer to instead of spelling its values out: name -> registry. */
export type Registries = Record<string, Record<string, unknown>>;

/**
 * A `spec.json` as the code sees it: where a choice names a registry, its values are the registry's names, and a
 * default that it does not name is the registry's.
 * Throws if the registry is not given, or if a default is no permitted value.
 */
export function elementSpec(declared: object, registries: Registries = {}, defaults: Record<string, string> = {}): ElementSpec {
  const spec = structuredClone(declared) as ElementSpec;
  for (const [name, one] of Object.entries(spec.state)) {
    if (one.type === 'choice' && typeof one.values === 'string') {
      const registry = registries[one.values];
      if (!registry) throw new Error(`${name}: there is no registry "${one.values}"`);
      one.default ??= defaults[one.values]!;
      one.values = Object.keys(registry);
    }
    const permitted = one.type === 'choice' ? one.values.includes(one.default) : parseState(one, one.default) === one.default;
    if (!permitted) throw new Error(`${name}: the default ${one.default} is no permitted value`);
  }
  return spec;
}

/** `path-seed` -> `pathSeed`. */
export const propertyName = (attribute: string): string => attribute.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The nearest permitted value; what cannot be read at all becomes the default. */
export function parseState(spec: StateSpec, text: string | number | null | undefined): StateValue {
  if (spec.type === 'choice') return spec.values.includes(String(text)) ? String(text) : spec.default;
  if (!('min' in spec) && spec.type !== 'text') return String(text ?? spec.default);
  if (spec.type === 'text') return text === null || text === undefined ? spec.default : [...String(text)].slice(0, spec.max).join('');
  const value = Number(text ?? NaN);
  if (text === '' || !Number.isFinite(value)) return spec.default;
  const held = Math.min(spec.max, Math.max(spec.min, value));
  return spec.type === 'integer' ? Math.round(held) : held;
}

/** Lit's `static properties` for the state of an element; every value is reflected, so attributes are the state. */
export function stateProperties({ state, model }: ElementSpec): Record<string, object> {
  const properties: Record<string, object> = model ? { model: { type: String } } : {};
  for (const [attribute, spec] of Object.entries(state)) {
    properties[propertyName(attribute)] = {
      attribute,
      reflect: true,
      converter: { fromAttribute: (text: string | null) => parseState(spec, text), toAttribute: String },
    };
  }
  return properties;
}

/** State as it stands in a link: `?demo=ID&steps=50#ID`; values equal to the default are left out. */
export function stateLink(id: string, state: Record<string, StateValue>, spec: Record<string, StateSpec>, base: string): string {
  const url = new URL(base);
  url.search = '';
  url.searchParams.set('demo', id);
  for (const [name, value] of Object.entries(state)) {
    if (value !== spec[name]?.default) url.searchParams.set(name, String(value));
  }
  url.hash = id;
  return url.href;
}

/** Whether the part of an address behind # means this demo; anything may stand there, also `#%E5%8F`. */
export function pointsAt(hash: string, id: string): boolean {
  try {
    return id !== '' && decodeURIComponent(hash) === `#${id}`;
  } catch {
    return false;
  }
}

/** The values a link sets for this demo; none if the link is about another one. */
export function stateFromLink(id: string, spec: Record<string, StateSpec>, search: string): Record<string, StateValue> {
  const query = new URLSearchParams(search);
  if (!id || query.get('demo') !== id) return {};
  return Object.fromEntries(
    Object.entries(spec).map(([name, one]) => [name, parseState(one, query.get(name))]),
  );
}
