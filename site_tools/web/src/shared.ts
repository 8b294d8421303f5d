/**
 * What element scripts take from the loader, so that there is one Lit, one runtime and one table of
 * texts on a page. In the bundle of an element, importing this module reads `globalThis.liveShared`.
 */
export { html, keyed, LitElement, nothing, render, svg } from './lit.ts';
export { LiveElement } from './base.ts';
export { aborted, LiveError } from './errors.ts';
export { loadBytes, loadJson, turn } from './files.ts';
export { icon } from './icons.ts';
export type { Manifest } from './manifest.ts';
export { nextFrame, prefersCalm, themeColors } from './observe.ts';
export { currentPage } from './page.ts';
export { runtime } from './runtime.ts';
export { stateProperties } from './state.ts';
export { formatBytes, texts } from './texts.ts';
