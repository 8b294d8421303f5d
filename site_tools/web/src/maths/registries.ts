/** The lists that a choice in an element's `spec.json` may name as its values. */
import { SCHEDULES } from './noise.ts';
import { SAMPLERS } from './samplers.ts';

export const REGISTRIES = { samplers: SAMPLERS, schedules: SCHEDULES };
