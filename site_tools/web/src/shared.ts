/**
 * What element scripts take from the loader, so that there is one Lit, one runtime and one table of
 * texts on a page. In the bundle of an element, importing this module reads `globalThis.liveShared`.
 */
export { html, keyed, LitElement, nothing, render, svg } from './lit.ts';
export { LiveElement } from './frame/base.ts';
export { aborted, LiveError } from './page/errors.ts';
export { loadBytes, loadJson } from './runtime/files.ts';
export { icon } from './page/icons.ts';
export type { Manifest } from './runtime/manifest.ts';
export { nextFrame, prefersCalm, themeColors, turn } from './page/observe.ts';
export { currentPage } from './page/page.ts';
export { doneOn, forgetDone } from './page/progress.ts';
export { runtime } from './runtime/runtime.ts';
export { elementSpec, stateProperties } from './frame/state.ts';
export { formatBytes, texts } from './page/texts.ts';
