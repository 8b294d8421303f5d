/** What `python -m site_tools export` says about a model; the twin of `site_tools/models/manifest.py`. */
import type { Language } from '../page/page.ts';

export const MANIFEST_SCHEMA = 1;

export interface Manifest {
  schema: number;
  name: string;
  file: string;
  bytes: number;
  parameters: number;
  output: string;
  labels: Record<Language, string[]>;
  unconditional: number;
  log_snr_limit: number;
  schedules: Record<string, Record<string, number>>;
  metrics: Record<string, number | string>;
}
