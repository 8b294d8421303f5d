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

const REQUIRED: (keyof Manifest)[] = ['name', 'file', 'inputs', 'output', 'labels'];

/** Where the manifest of a model stands in the page's table. */
export const manifestFile = (model: string): string => `models/${model}.json`;

/** Read a manifest. Rejects with a LiveError if it is none, or one of another time. */
export async function loadManifest(model: string, options?: LoadOptions): Promise<Manifest> {
  return checked(model, await loadJson<unknown>(manifestFile(model), options));
}

function checked(model: string, value: unknown): Manifest {
  const manifest = (value ?? {}) as Manifest;
  if (manifest.schema !== MANIFEST_SCHEMA) throw new LiveError('model', `${model}: manifest of schema ${manifest.schema}, not ${MANIFEST_SCHEMA}`);
  const missing = REQUIRED.filter((field) => manifest[field] === undefined);
  if (missing.length) throw new LiveError('model', `${model}: its manifest lacks ${missing.join(', ')}`);
  return manifest;
}

/** Channels, height and width of an input of images [B, C, H, W]; a LiveError if it is of another kind. */
export function imageShape({ name, inputs }: Manifest, input = 'x'): [channels: number, height: number, width: number] {
  const shape = inputs[input]?.shape.slice(1) ?? [];
  if (shape.length !== 3 || shape.some((size) => typeof size !== 'number')) throw new LiveError('model', `${name}: ${input} holds no images`);
  return shape as [number, number, number];
}
