/**
 * What elements share. In the bundle of an element every name leads to the script that holds it (`parts/`), so that there
 * is one Lit, one runtime and one table of texts on a page; an element may as well import the module itself.
 */
export * from './parts/loader.ts';
export * from './parts/frame.ts';
export * from './parts/files.ts';
export * from './parts/models.ts';
export type { Manifest } from './runtime/manifest.ts';
