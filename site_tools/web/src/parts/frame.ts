/** What comes with the first element that has a frame: Lit, the frame, its texts and icons. */
export { html, keyed, LitElement, nothing, render, svg } from '../lit.ts';
export { LiveElement } from '../frame/base.ts';
export { elementSpec, parseState, stateLink, stateProperties } from '../frame/state.ts';
export { icon } from '../page/icons.ts';
export { nextFrame, prefersCalm, themeColors, turn } from '../page/observe.ts';
export { formatBytes, texts } from '../page/texts.ts';
