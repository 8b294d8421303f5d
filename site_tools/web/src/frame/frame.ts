/** The parts of a live element's frame, as templates: they know what is shown, not how it came about. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../page/icons.ts';
import { pageTexts } from '../page/page-texts.ts';
import { texts } from '../page/texts.ts';

/** A fact in numbers: what, how much. */
export type Fact = [label: string | TemplateResult, value: string];

export interface Tools {
  title: string;
  /** Address of the code that runs; "" for no link. */
  source: string;
  copyLink: () => void;
  /** Undefined where a browser has no full screen. */
  fullScreen: { on: boolean; toggle: () => void } | undefined;
}

export function bar({ title, source, copyLink, fullScreen }: Tools): TemplateResult {
  const t = texts();
  const { leaveFullScreen, fullScreen: enterFullScreen } = pageTexts();
  const fullScreenName = fullScreen?.on ? leaveFullScreen : enterFullScreen;
  return html`
    <div class="live-bar">
      <span class="live-title">${title}</span>
      <span class="live-tools">
        <button type="button" class="live-tool" @click=${copyLink} title=${t.copyLink} aria-label=${t.copyLink}>${icon('link')}</button>
        ${source ? html`<a class="live-tool" href=${source} title=${t.source} aria-label=${t.source}>${icon('code')}</a>` : nothing}
        ${fullScreen
          ? html`<button type="button" class="live-tool" @click=${fullScreen.toggle} title=${fullScreenName} aria-label=${fullScreenName}>
              ${icon(fullScreen.on ? 'shrink' : 'expand')}
            </button>`
          : nothing}
      </span>
    </div>
  `;
}

/** What stands before an element whose question is elsewhere on the page; `question` is the exercise's id. */
export function gate(question: string, skip: () => void): TemplateResult {
  const t = pageTexts().exercise;
  return html`
    <p>${t.covered}</p>
    <a class="live-button live-primary" href="#${question}">${t.toQuestion}</a>
    <button type="button" class="live-button exercise-skip" @click=${skip}>${t.skip}</button>
  `;
}

export function failureNotice(message: string, detail: string, retry: () => void): TemplateResult {
  return html`
    <div class="live-overlay live-failure">
      <p role="alert">${message}</p>
      <button type="button" class="live-button" @click=${retry}>${pageTexts().retry}</button>
      ${detail ? html`<small>${detail}</small>` : nothing}
    </div>
  `;
}

export function factList(facts: Fact[]): TemplateResult | typeof nothing {
  if (facts.length === 0) return nothing;
  return html`<dl class="live-facts">${facts.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}
