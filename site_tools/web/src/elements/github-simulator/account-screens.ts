/** The drawn pages of signing up and signing in. No password is ever typed: samples are chosen. */
import { html, nothing, type TemplateResult } from '../../lit.ts';
import { octicon } from './octicons.ts';
import { fieldNote, header, idle, note, pick, type, type Ui } from './parts.ts';
import { COUNTRIES, MAIL, PASSWORDS, USERNAMES } from './samples.ts';
import type { Simulation } from './simulation.ts';

const mark = html`<span class="mark mark-large" aria-hidden="true">${octicon('cap')}</span>`;

export const home = (_: Simulation, ui: Ui): TemplateResult => html`
  <div class="dark-page">
    <div class="home-bar">
      ${mark}<span class="spring"></span>
      <span class="part" data-part="sign-in"><button type="button" class="btn-invisible home-link" @click=${() => ui.send({ type: 'go', screen: 'sign-in' })}>Sign in</button></span>
      <span class="part" data-part="sign-up"><button type="button" class="btn home-button" @click=${() => ui.send({ type: 'go', screen: 'sign-up' })}>Sign up</button></span>
    </div>
    <div class="home-words"><p class="f1">Code, slides, and the history of both</p><p class="f4">Keep a project in one place and share it with a link.</p></div>
  </div>
`;

const MAIL_WORDS = { blank: 'Email cannot be blank', 'mail-throwaway': 'Email domain could not be verified' };
const PASSWORD_WORDS = {
  blank: 'Password cannot be blank',
  'password-short': 'Password is too short',
  'password-no-digit': 'Password needs a number and lowercase letter',
  'password-no-lowercase': 'Password needs a number and lowercase letter',
  'password-leaked': 'Password may be compromised',
};
const usernameWords = (name: string) => ({
  blank: 'Username cannot be blank',
  'username-letters': 'Username may only contain alphanumeric characters or single hyphens',
  'username-hyphens': 'Username cannot begin or end with a hyphen, or have two in a row',
  'username-long': 'Username is too long (maximum is 39 characters)',
  'username-taken': `Username ${name} is not available`,
});

export const signUp = (state: Simulation, ui: Ui): TemplateResult => html`
  <div class="sign-up">
    <div class="dark-page sign-up-side"><p class="f2">Create your free account</p><p>Explore the core features for individuals and organizations.</p></div>
    <div class="sign-up-form">
      <h3 class="f3">Sign up</h3>
      <div class="two">
        <button type="button" class="btn" @click=${() => ui.send({ type: 'learn', lesson: 'other-account' })}>Continue with Google</button>
        <button type="button" class="btn" @click=${() => ui.send({ type: 'learn', lesson: 'other-account' })}>Continue with Apple</button>
      </div>
      <div class="field part" data-part="email"><span class="field-name">Email<b class="required">*</b></span>
        ${pick(state, ui, 'mail', 'Email', state.mail, Object.values(MAIL), (value) => ui.send({ type: 'mail', value }))} ${fieldNote(state, 'mail', MAIL_WORDS)}
      </div>
      <div class="field part" data-part="password"><span class="field-name">Password<b class="required">*</b></span>
        ${pick(state, ui, 'password', 'Password', state.password, PASSWORDS, (value) => ui.send({ type: 'password', value }))} ${fieldNote(state, 'password', PASSWORD_WORDS)}
        <p class="field-hint">Password should be at least 15 characters OR at least 8 characters including a number and a lowercase letter.</p>
      </div>
      <div class="field part" data-part="username"><span class="field-name">Username<b class="required">*</b></span>
        ${pick(state, ui, 'username', 'Username', state.username, USERNAMES, (value) => ui.send({ type: 'username', value }))}
        ${state.username && !state.problems.username ? note('ok', `${state.username} is available.`) : fieldNote(state, 'username', usernameWords(state.username))}
        <p class="field-hint">Username may only contain alphanumeric characters or single hyphens, and cannot begin or end with a hyphen.</p>
      </div>
      <div class="field part" data-part="country"><span class="field-name">Your Country/Region<b class="required">*</b></span>
        ${pick(state, ui, 'country', 'Your Country/Region', state.country, COUNTRIES, (value) => ui.send({ type: 'country', value }))}
        ${fieldNote(state, 'country', { blank: 'Country/Region must be chosen' })}
      </div>
      <span class="part wide" data-part="create"><button type="button" class="btn btn-dark" @click=${() => ui.send({ type: 'create-account' })}>Create account ${octicon('arrow')}</button></span>
    </div>
  </div>
`;

/** Stands for the picture or sound puzzle of the real page. */
export const puzzle = (state: Simulation, ui: Ui): TemplateResult => html`
  <div class="middle">
    ${mark}
    <h3 class="f3">Verify your account</h3>
    <div class="Box puzzle part" data-part="puzzle">
      <p>Choose the arrow that points up.</p>
      <div class="three">
        ${([['→', 'Arrow to the right', false], ['↑', 'Arrow up', true], ['↙', 'Arrow down to the left', false]] as [string, string, boolean][]).map(
          ([sign, name, right]) => html`<button type="button" class="btn puzzle-piece" aria-label=${name} @click=${() => ui.send({ type: 'puzzle', right })}>${sign}</button>`,
        )}
      </div>
      ${fieldNote(state, 'puzzle', { 'puzzle-wrong': 'Not quite right. Try again.' })}
    </div>
  </div>
`;

export const verify = (state: Simulation, ui: Ui): TemplateResult => html`
  <div class="middle">
    ${mark}
    <h3 class="f3">Confirm your email address</h3>
    <p class="color-fg-muted">We have sent a code to <strong>${state.mail}</strong></p>
    <div class="Box code-box part" data-part="code">
      <span class="field-name">Enter code<b class="required">*</b></span>
      ${ui.drawn
        ? html`<span class="digits">${[...state.code.padEnd(8)].map((digit) => html`<span class="form-control digit">${digit}</span>`)}</span>`
        : type(state, ui, 'code', 'Enter code', state.code, (value) => ui.send({ type: 'code', value }).code, '8 digits')}
      ${fieldNote(state, 'code', { 'code-wrong': 'Incorrect code', 'code-old': 'Incorrect code' })}
    </div>
    <p class="f6 part" data-part="resend">Didn't get your email?
      <button type="button" class="btn-link" @click=${() => ui.send({ type: 'resend' })}>Resend the code</button> or
      <button type="button" class="btn-link" @click=${() => ui.send({ type: 'update-mail' })}>update your email address</button>.
    </p>
  </div>
`;

export const signIn = (state: Simulation, ui: Ui): TemplateResult => html`
  <div class="middle">
    ${mark}
    <h3 class="f3">Sign in</h3>
    <div class="Box code-box color-bg-subtle">
      <div class="field part" data-part="login"><span class="field-name">Username or email address</span><span class="form-control drawn-field">${state.username || 'li-ming-dm'}</span></div>
      <div class="field part" data-part="password"><span class="field-name">Password</span><span class="form-control drawn-field" aria-label="filled in">••••••••••</span></div>
      <span class="part wide" data-part="sign-in"><button type="button" class="btn btn-primary" @click=${() => ui.send({ type: 'sign-in' })}>Sign in</button></span>
    </div>
    <p class="f6 part" data-part="create">New here? <button type="button" class="btn-link" @click=${() => ui.send({ type: 'go', screen: 'sign-up' })}>Create an account</button></p>
  </div>
`;

export const dashboard = (state: Simulation, ui: Ui): TemplateResult => html`
  ${header(state, ui, html`Dashboard`)}
  <div class="dashboard">
    <aside class="dashboard-side">
      <div class="row"><strong class="spring">Top repositories</strong>
        <button type="button" class="btn btn-sm btn-primary" @click=${() => ui.send({ type: 'go', screen: 'new-repository' })}>${octicon('repo')} New</button>
      </div>
      ${state.repositories.map(
        ({ name }) => html`<button type="button" class="btn-link repository-link" @click=${() => ui.send({ type: 'open', name })}>${octicon('repo')} ${state.username}/<b>${name}</b></button>`,
      )}
    </aside>
    <div class="dashboard-main">
      <h3 class="f3 part" data-part="home">Home</h3>
      <div class="Box padded"><p class="f4">Start a new repository for <strong>${state.username}</strong></p>
        <p class="color-fg-muted">A repository contains all of your project's files, revision history, and collaborator discussion.</p>
        ${ui.drawn ? nothing : html`<button type="button" class="btn btn-sm" @click=${idle(ui)}>Read the guide</button>`}
      </div>
    </div>
  </div>
`;
