/**
 * What is known of a model beside its weights: the one reader of the JSON that `site_tools/models/manifest.py` writes.
 */
import { LiveError } from '../page/errors.ts';
import { loadJson, type LoadOptions } from './files.ts';
import type { DType } from './protocol.ts';

export const MANIFEST_SCHEMA = 2;

/** What a tensor means; its name in the file may be any. */
export type InputRole = 'image' | 'latent' | 'label' | 'log_snr' | 'point' | 'signal' | 'state';
export type OutputRole = 'image' | 'logits' | 'vector' | 'point' | 'signal' | 'scalar' | 'state';

/** One input or output of a graph; a name such as "B" in its shape stands for a size that each call chooses. */
export interface TensorSpec {
  shape: (number | string)[];
  dtype: DType;
  role: InputRole | OutputRole;
  /**
   * Lowest and highest: of an image what black and white are, of a label the first and the last, of logits [0, 1] if they
   * are probabilities already; null where any number may stand.
   */
  range: [number, number] | null;
}

/** One ONNX file of a model. */
export interface Graph {
  file: string;
  bytes: number;
  inputs: Record<string, TensorSpec>;
  outputs: Record<string, TensorSpec>;
}

/** What is known of a denoiser alone. */
export interface DenoiserFacts {
  unconditional: number;
  log_snr_limit: number;
}

/** The core that every model has, and the facts of its kind. */
export interface Manifest {
  schema: number;
  name: string;
  kind: string;
  parameters: number;
  /** Role -> the file that plays it. */
  graphs: Record<string, Graph>;
  /** Language, or "any" -> class names. */
  labels: Record<string, string[]>;
  metrics: Record<string, number | string>;
  facts: DenoiserFacts;
}

/** Size of all graphs of a model. */
export const modelBytes = ({ graphs }: Manifest): number => Object.values(graphs).reduce((sum, { bytes }) => sum + bytes, 0);

/** The tensors that play a role, inputs first, each with its name; the twin of `Manifest.tensors` in Python. */
export function tensorsOf({ graphs }: Manifest, role: InputRole | OutputRole): [string, TensorSpec][] {
  const sides = [...Object.values(graphs).map(({ inputs }) => inputs), ...Object.values(graphs).map(({ outputs }) => outputs)];
  return sides.flatMap((side) => Object.entries(side)).filter(([, tensor]) => tensor.role === role);
}

/** The name of the tensor that plays a role. Throws a TypeError if there is none. */
export function nameOf(manifest: Manifest, role: InputRole | OutputRole): string {
  const name = tensorsOf(manifest, role)[0]?.[0];
  if (name === undefined) throw new TypeError(`${manifest.name} has no ${role}`);
  return name;
}

/** Channels, height and width of the images that a model takes or makes. Throws a TypeError if it has none. */
export function imageShape(manifest: Manifest): [number, number, number] {
  const shape = tensorsOf(manifest, 'image')[0]?.[1].shape.slice(1) ?? [];
  if (shape.length !== 3 || !shape.every((size) => typeof size === 'number')) throw new TypeError(`${manifest.name} has no images`);
  return shape as [number, number, number];
}

/** What the classes are called in a language, else in none or in English; empty if the model knows no classes. */
export const classNames = ({ labels }: Manifest, language: string): string[] => labels[language] ?? labels['any'] ?? labels['en'] ?? [];

/** Where the manifest of a model stands in the page's table. */
export const manifestFile = (model: string): string => `models/${model}.json`;

/**
 * Read a manifest. Its bytes are the build's, which has checked its fields; the page may be newer than this code.
 * Rejects with a LiveError if it is of another time.
 */
export async function loadManifest(model: string, options?: LoadOptions): Promise<Manifest> {
  const manifest = await loadJson<Manifest>(manifestFile(model), options);
  if (manifest.schema !== MANIFEST_SCHEMA) throw new LiveError('model', `${model}: manifest schema ${manifest.schema}`);
  return manifest;
}
