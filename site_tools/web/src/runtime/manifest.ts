/**
 * What is known of a model beside its weights: the one reader of the JSON that `site_tools/models/manifest.py` writes.
 */
import { LiveError } from '../page/errors.ts';
import type { Language } from '../page/page.ts';
import { loadJson, type LoadOptions } from './files.ts';
import type { DType } from './protocol.ts';

export const MANIFEST_SCHEMA = 2;

/** One input or output of a graph; a name such as "B" in its shape stands for a size that each call chooses. */
export interface TensorSpec {
  shape: (number | string)[];
  dtype: DType;
  /** Of an image, what black and white are: -1 and 1, if nothing is said. */
  range?: [number, number] | null;
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

/** What is known of a generator alone. */
export interface GeneratorFacts {
  /** Labels 0, 1, ... that it takes; 0 if it takes none. */
  classes: number;
}

/** The core that every model has, and the facts of its kind. */
export interface Manifest {
  schema: number;
  name: string;
  kind: string;
  parameters: number;
  /** Role -> the file that plays it. */
  graphs: Record<string, Graph>;
  labels: Record<Language, string[]>;
  metrics: Record<string, number | string>;
  /** Those of its kind; the others are not there. */
  facts: DenoiserFacts & GeneratorFacts;
}

/** Size of all graphs of a model. */
export const modelBytes = ({ graphs }: Manifest): number => Object.values(graphs).reduce((sum, { bytes }) => sum + bytes, 0);

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
