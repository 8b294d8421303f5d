/** What several of the drawn pages share: the bar on top, menus, fields with a note. */
import { html, nothing, type TemplateResult } from '../../lit.ts';
import type { Action } from './actions.ts';
import { octicon, type Octicon } from './octicons.ts';
import type { Field, Menu, Simulation } from './simulation.ts';

/** What a page is drawn with. */
export interface Ui {
  /** A picture: what is chosen stands in the fields, and nothing answers. */
  drawn: boolean;
  /** Does something, and says what has become of the state. */
  send: (action: Action) => Simulation;
  /** Opens what stands for the system's file chooser: the desk above the window. */
  choose: () => void;
}

export const avatar = (state: Simulation): TemplateResult => html`<span class="avatar avatar-circle" aria-hidden="true">${(state.username || 'l')[0]!.toUpperCase()}</span>`;

const NOT_NEEDED: Action = { type: 'learn', lesson: 'not-needed' };

/** A button that in the real page does something the exercise has no use for. */
export const idle = ({ send }: Ui) => () => send(NOT_NEEDED);

interface MenuEntry {
  icon: Octicon;
  text: string;
  /** Where it leads; nowhere if the exercise has no use for it. */
  action?: Action;
  part?: string;
}

/** A button that opens a list of further buttons; Escape closes it. */
export function menu(state: Simulation, ui: Ui, name: Menu, label: TemplateResult, spoken: string, part: string, entries: MenuEntry[], style = 'btn'): TemplateResult {
  const open = state.menu === name;
  // what had the focus is gone when the list closes
  const leave = (event: Event, action: Action) => {
    const button = (event.currentTarget as HTMLElement).closest('.drop-down')!.querySelector('button')!;
    ui.send(action);
    button.focus();
  };
  const escape = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && open) leave(event, { type: 'menu', menu: '' });
  };
  return html`
    <span class="drop-down" @keydown=${escape}>
      <span class="part" data-part=${part}>
        <button type="button" class=${style} aria-label=${spoken || nothing} aria-expanded=${String(open)} @click=${() => ui.send({ type: 'menu', menu: name })}>${label}${octicon('down')}</button>
      </span>
      ${open
        ? html`<span class="menu-list">${entries.map(
            ({ icon, text, action, part: entryPart }) => html`
              <span class="part" data-part=${entryPart ?? nothing}>
                <button type="button" class="menu-entry" @click=${(event: Event) => (action ? ui.send(action) : leave(event, NOT_NEEDED))}>${octicon(icon)} ${text}</button>
              </span>`,
          )}</span>`
        : nothing}
    </span>
  `;
}

/** The bar on top of every page once one is signed in. */
export const header = (state: Simulation, ui: Ui, where: TemplateResult): TemplateResult => html`
  <header class="top color-bg-inset">
    <span class="mark" aria-hidden="true">${octicon('cap')}</span>
    <strong class="where">${where}</strong>
    ${menu(state, ui, 'plus', octicon('plus'), 'Create new…', 'plus', [
      { icon: 'issue', text: 'New issue' },
      { icon: 'repo', text: 'New repository', action: { type: 'go', screen: 'new-repository' }, part: 'new-repository' },
      { icon: 'upload', text: 'Import repository' },
      { icon: 'code', text: 'New gist' },
    ], 'btn btn-sm')}
    ${menu(state, ui, 'account', avatar(state), 'Open user menu', 'avatar', [
      { icon: 'repo', text: 'Repositories' },
      { icon: 'gear', text: 'Settings' },
      { icon: 'sign-out', text: 'Sign out', action: { type: 'sign-out' }, part: 'sign-out' },
    ], 'btn-link')}
  </header>
`;

/** Owner and repository, in the bar on top; the name leads back to the repository's first page. */
export const path = (ui: Ui, owner: string, name: string): TemplateResult => html`
  <span class="color-fg-muted">${owner} /</span> <button type="button" class="btn-link here" @click=${() => ui.send({ type: 'leave' })}>${name}</button>
`;

export const tabs = (current: string): TemplateResult => html`
  <div class="UnderlineNav color-bg-inset">
    <div class="UnderlineNav-body">
      ${([['code', 'Code'], ['issue', 'Issues'], ['pull', 'Pull requests'], ['play', 'Actions'], ['gear', 'Settings']] as [Octicon, string][]).map(
        ([icon, text]) => html`<span class="UnderlineNav-item part" data-part=${`tab-${text.toLowerCase().replace(' ', '-')}`} aria-current=${text === current ? 'page' : nothing}>${octicon(icon)} ${text}</span>`,
      )}
    </div>
  </div>
`;

export const note = (kind: 'error' | 'ok' | 'info', text: TemplateResult | string, id = ''): TemplateResult => html`
  <p id=${id || nothing} class="field-note ${kind === 'error' ? 'color-fg-danger' : kind === 'ok' ? 'color-fg-success' : 'color-fg-attention'}">
    ${octicon(kind === 'error' ? 'alert' : kind === 'ok' ? 'check' : 'info')} ${text}
  </p>
`;

/** What the page says at a field, in the words of the page; nothing if there is no problem. */
export const fieldNote = (state: Simulation, field: Field, words: Partial<Record<string, string>>): TemplateResult | typeof nothing => {
  const problem = state.problems[field];
  return problem ? note('error', words[problem] ?? 'This cannot be used.', `${field}-note`) : nothing;
};

/** What ties a field to the note that `fieldNote` writes below it. */
const described = (state: Simulation, field: Field) => (state.problems[field] ? `${field}-note` : nothing);
const invalid = (state: Simulation, field: Field) => (state.problems[field] ? 'true' : nothing);

/** A field in which the reader chooses a sample instead of typing; drawn, it is the field with the sample in it. */
export function pick(
  state: Simulation, ui: Ui, field: Field, label: string, value: string, options: readonly string[], choose: (value: string) => void,
): TemplateResult {
  if (ui.drawn) return html`<span class="form-control drawn-field">${value}</span>`;
  return html`
    <select class="form-select" required aria-label=${label} aria-invalid=${invalid(state, field)} aria-describedby=${described(state, field)} @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
      <option value="" .selected=${value === ''}>–</option>
      ${options.map((option) => html`<option value=${option} .selected=${option === value}>${option}</option>`)}
    </select>
  `;
}

/**
 * A field to type into; while an input method composes, the letters are not yet the text.
 *
 * @param changed takes what is typed and says what of it stays. What does not is gone from the field at once:
 *   a later drawing would not see it, or would disturb a composition.
 */
export function type(
  state: Simulation, ui: Ui, field: Field | '', label: string, value: string, changed: (value: string) => string, placeholder = '',
): TemplateResult {
  const read = (event: Event) => {
    const input = event.target as HTMLInputElement;
    if (!(event as InputEvent).isComposing) input.value = changed(input.value);
  };
  return html`<input class="form-control" type="text" autocomplete="off" spellcheck="false" aria-label=${label} placeholder=${placeholder || nothing}
    aria-invalid=${field ? invalid(state, field) : nothing} aria-describedby=${field ? described(state, field) : nothing}
    ?readonly=${ui.drawn} .value=${value} @input=${read} @compositionend=${read} />`;
}
