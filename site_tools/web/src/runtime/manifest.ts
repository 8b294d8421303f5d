/**
 * What is known of a model beside its weights: the one reader of the JSON that `site_tools/models/manifest.py` writes.
 */
import { LiveError } from '../page/errors.ts';
import type { Language } from '../page/page.ts';
import { loadJson, type LoadOptions } from './files.ts';
import type { DType } from './protocol.ts';

export const MANIFEST_SCHEMA = 1;

/** One input of the graph; "B" stands for the batch. */
export interface InputSpec {
  shape: (number | string)[];
  dtype: DType;
}

export interface Manifest {
  schema: number;
  name: string;
  file: string;
  bytes: number;
  parameters: number;
  inputs: Record<string, InputSpec>;
  output: string;
  labels: Record<Language, string[]>;
  unconditional: number;
  log_snr_limit: number;
  schedules: Record<string, Record<string, number>>;
  metrics: Record<string, number | string>;
}

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
