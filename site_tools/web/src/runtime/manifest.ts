/** What `python -m site_tools export` says about a model; the twin of `site_tools/models/manifest.py`. */
import type { Language } from '../page/page.ts';

export const MANIFEST_SCHEMA = 2;

/** One input or output of a graph; a name such as "B" in its shape stands for a size that each call chooses. */
export interface TensorSpec {
  shape: (number | string)[];
  dtype: string;
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
  labels: Record<Language, string[]>;
  metrics: Record<string, number | string>;
  facts: DenoiserFacts;
}

/** The role of a denoiser's one graph. */
export const DENOISE = 'denoise';

/** Size of all graphs of a model. */
export const modelBytes = ({ graphs }: Manifest): number => Object.values(graphs).reduce((sum, { bytes }) => sum + bytes, 0);
