/** The lists that a choice in an element's `spec.json` may name as its values. */
import { SCHEDULES } from './noise.ts';
import { DEFAULT_SAMPLER, SAMPLERS } from './samplers.ts';

export const REGISTRIES = { samplers: SAMPLERS, schedules: SCHEDULES };
/** What holds where such a choice names no default. */
export const DEFAULTS = { samplers: DEFAULT_SAMPLER };
