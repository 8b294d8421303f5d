/** Lit, by the one name that both page and build know: in the bundle of an element this is the frame's copy. */
export { html, LitElement, nothing, render, svg, type TemplateResult } from 'lit';
export { keyed } from 'lit/directives/keyed.js';
