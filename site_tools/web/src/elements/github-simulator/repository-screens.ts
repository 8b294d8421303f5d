/** The drawn pages of creating a repository, looking at it, and uploading a deck. */
import { html, nothing, type TemplateResult } from '../../lit.ts';
import { octicon } from './octicons.ts';
import { avatar, fieldNote, header, idle, menu, note, path, tabs, type, type Ui } from './parts.ts';
import { DESCRIPTION_LIMIT, repositorySlug } from './rules.ts';
import { inMegabytes } from './samples.ts';
import { openRepository, type Repository, type Simulation } from './simulation.ts';

export const newRepository = (state: Simulation, ui: Ui): TemplateResult => {
  const slug = repositorySlug(state.name);
  return html`
    ${header(state, ui, html`New repository`)}
    <div class="sheet">
      <h3 class="f2">Create a new repository</h3>
      <p class="color-fg-muted">Repositories contain a project's files and version history.</p>
      <h4 class="f4"><span class="number">1</span>General</h4>
      <div class="owner-name">
        <div class="field"><span class="field-name">Owner<b class="required">*</b></span>
          <button type="button" class="btn" @click=${idle(ui)}>${avatar(state)} ${state.username} ${octicon('down')}</button>
        </div>
        <div class="field spring part" data-part="name"><span class="field-name">Repository name<b class="required">*</b></span>
          ${type(state, ui, 'name', 'Repository name', state.name, (value) => ui.send({ type: 'name', value }).name)}
        </div>
      </div>
      ${state.problems.name
        ? fieldNote(state, 'name', { 'name-blank': 'New repository name must not be blank', 'name-taken': `The repository ${slug} already exists on this account.` })
        : !state.name ? nothing
        : slug === state.name ? note('ok', `${slug} is available.`)
        : note('info', html`Your new repository will be created as <b>${slug}</b>. The name can only contain ASCII letters, digits, and the characters ., -, and _.`)}
      <div class="field part" data-part="description"><span class="field-name">Description</span>
        ${type(state, ui, '', 'Description', state.description, (value) => ui.send({ type: 'description', value }).description)}
        <p class="field-hint">${[...state.description].length} / ${DESCRIPTION_LIMIT} characters</p>
      </div>
      <h4 class="f4"><span class="number">2</span>Configuration</h4>
      <div class="Box">
        <div class="Box-row row part" data-part="visibility">
          <div class="spring"><strong>Choose visibility<b class="required">*</b></strong><div class="field-hint">Choose who can see and commit to this repository</div></div>
          ${ui.drawn
            ? html`<span class="btn">${octicon('globe')} ${state.visibility} ${octicon('down')}</span>`
            : html`<select class="form-select" aria-label="Choose visibility" @change=${(event: Event) => ui.send({ type: 'visibility', value: (event.target as HTMLSelectElement).value as 'Public' })}>
                ${['Public', 'Private'].map((one) => html`<option .selected=${one === state.visibility}>${one}</option>`)}
              </select>`}
        </div>
        <div class="Box-row row part" data-part="readme">
          <div class="spring"><strong>Add README</strong><div class="field-hint">READMEs can be used as longer descriptions.</div></div>
          <button type="button" class="switch" role="switch" aria-label="Add README" aria-checked=${String(state.readme)} @click=${() => ui.send({ type: 'readme' })}>
            <span>${state.readme ? 'On' : 'Off'}</span><i></i>
          </button>
        </div>
        <div class="Box-row row"><div class="spring"><strong>Add .gitignore</strong><div class="field-hint">.gitignore tells git which files not to track.</div></div>
          <button type="button" class="btn" @click=${idle(ui)}>No .gitignore ${octicon('down')}</button></div>
        <div class="Box-row row"><div class="spring"><strong>Add license</strong><div class="field-hint">Licenses explain how others can use your code.</div></div>
          <button type="button" class="btn" @click=${idle(ui)}>No license ${octicon('down')}</button></div>
      </div>
      <div class="end"><span class="part" data-part="create"><button type="button" class="btn btn-primary" @click=${() => ui.send({ type: 'create-repository' })}>Create repository</button></span></div>
    </div>
  `;
};

/** Every file with the message of the commit that changed it last; the newest first, as in a repository read from the top. */
function filesOf({ commits }: Repository): { name: string; message: string; folder: boolean }[] {
  const seen = new Set<string>();
  return commits.flatMap(({ message, files }) =>
    files.filter(({ name }) => !seen.has(name) && seen.add(name)).map(({ name, files: inside }) => ({ name, message, folder: inside !== undefined })),
  );
}

export const repository = (state: Simulation, ui: Ui): TemplateResult => {
  const own = openRepository(state)!;
  const { commits } = own;
  return html`
    ${header(state, ui, path(ui, state.username, own.name))} ${tabs('Code')}
    <div class="sheet sheet-wide">
      <div class="row repository-title">${avatar(state)}<h3 class="f3">${own.name}</h3><span class="Label Label--secondary part" data-part="visibility">${own.visibility}</span></div>
      <div class="row repository-tools">
        <button type="button" class="btn" @click=${idle(ui)}>${octicon('branch')} main ${octicon('down')}</button><span class="spring"></span>
        ${menu(state, ui, 'add-file', html`Add file `, '', 'add-file', [
          { icon: 'plus', text: 'Create new file', action: { type: 'go', screen: 'new-file' }, part: 'create-new-file' },
          { icon: 'upload', text: 'Upload files', action: { type: 'go', screen: 'upload' }, part: 'upload-files' },
        ])}
        <button type="button" class="btn btn-primary" @click=${idle(ui)}>${octicon('code')} Code ${octicon('down')}</button>
      </div>
      <div class="Box part" data-part="files">
        <div class="Box-header row f6">${avatar(state)}<b>${state.username}</b><span class="spring file-message">${commits[0]?.message}</span>
          <span class="part" data-part="commits">${octicon('history')} <b>${commits.length}</b> Commit${commits.length === 1 ? '' : 's'}</span></div>
        ${filesOf(own).map(
          ({ name, message, folder }) => html`
            <div class="Box-row file-row"><span class="color-fg-muted">${octicon(folder ? 'folder' : 'file')}</span><span class="file-name">${name}</span><span class="color-fg-muted file-message">${message}</span><span class="color-fg-muted">now</span></div>`,
        )}
      </div>
      ${own.readme
        ? html`<div class="Box readme"><div class="Box-header f6">${octicon('book')} <b>README</b></div><div class="padded"><p class="f2">${own.name}</p><p>${own.description}</p></div></div>`
        : nothing}
    </div>
  `;
};

export const emptyRepository = (state: Simulation, ui: Ui): TemplateResult => html`
  ${header(state, ui, path(ui, state.username, state.repository))} ${tabs('Code')}
  <div class="sheet">
    <div class="Box padded color-bg-accent part" data-part="quick-setup">
      <h3 class="f3">Quick setup <span class="f5 color-fg-muted">if you've done this kind of thing before</span></h3>
      <p>Get started by
        <button type="button" class="btn-link" @click=${() => ui.send({ type: 'go', screen: 'new-file' })}>creating a new file</button> or
        <span class="part" data-part="upload-existing"><button type="button" class="btn-link" @click=${() => ui.send({ type: 'go', screen: 'upload' })}>uploading an existing file</button></span>.
        We recommend every repository include a README, LICENSE, and .gitignore.</p>
    </div>
    <h4 class="f4">…or create a new repository on the command line</h4>
    <pre class="Box padded">git init<br />git add README.md<br />git commit -m "first commit"<br />git push -u origin main</pre>
  </div>
`;

export const newFile = (state: Simulation, ui: Ui): TemplateResult => html`
  ${header(state, ui, path(ui, state.username, state.repository))} ${tabs('Code')}
  <div class="sheet sheet-wide">
    <div class="row repository-tools">
      <span>${state.repository} /</span><span class="form-control drawn-field part" data-part="file-name">Name your file…</span><span class="color-fg-muted">in main</span><span class="spring"></span>
      <span class="part" data-part="cancel"><button type="button" class="btn" @click=${() => ui.send({ type: 'leave' })}>Cancel changes</button></span>
      <button type="button" class="btn btn-primary" @click=${() => ui.send({ type: 'learn', lesson: 'create-new-file' })}>Commit changes…</button>
    </div>
    <div class="Box part" data-part="editor"><div class="Box-header f6"><b>Edit</b> &nbsp; Preview</div><pre class="editor">1   Enter file contents here</pre></div>
  </div>
`;

const UPLOAD_WORDS = {
  'file-big': 'Yowza, that’s a big file. Try again with a file smaller than 25MB.',
  'file-empty': 'This file is empty.',
  'files-many': 'Yowza, that’s a lot of files. Try again with fewer than 100 files.',
};

/** Take a waiting file away; the keyboard goes to the next one, or to where files are chosen. */
function remove(event: Event, ui: Ui, index: number): void {
  const page = (event.currentTarget as HTMLElement).closest('.sheet')!;
  ui.send({ type: 'remove', index });
  setTimeout(() => {
    const rest = page.querySelectorAll<HTMLElement>('.waiting button');
    (rest[Math.min(index, rest.length - 1)] ?? page.querySelector<HTMLElement>('.drop-zone button'))?.focus();
  });
}

export const upload = (state: Simulation, ui: Ui): TemplateResult => html`
  ${header(state, ui, path(ui, state.username, state.repository))} ${tabs('Code')}
  <div class="sheet sheet-wide">
    <p class="f4"><button type="button" class="btn-link" @click=${() => ui.send({ type: 'leave' })}>${state.repository}</button> /</p>
    <div class="drop-zone part" data-part="drop" data-drop>
      ${octicon('file')}
      <p class="f3">Drag ${state.waiting.length ? 'additional ' : ''}files here to add them to your repository</p>
      <p>Or <button type="button" class="btn-link" @click=${ui.choose}>choose your files</button></p>
    </div>
    ${state.problems.files ? html`<div class="flash flash-error part" data-part="refused">${octicon('alert')} ${UPLOAD_WORDS[state.problems.files as keyof typeof UPLOAD_WORDS]}</div>` : nothing}
    ${state.waiting.length === 0 ? nothing : html`<div class="waiting part" data-part="waiting">
      ${state.waiting.map(
        (file, index) => html`
          <div class="Box Box-row row">
            <span class="color-fg-muted">${octicon(file.files ? 'folder' : 'file')}</span><span class="spring file-name">${file.name} <span class="f6 color-fg-muted">${inMegabytes(file)}</span></span>
            <span class="Progress"><span class="Progress-item color-bg-success-emphasis ${file.uploaded ? 'full' : ''}"></span></span>
            <button type="button" class="btn-octicon" aria-label=${`Remove ${file.name}`} @click=${(event: Event) => remove(event, ui, index)}>${octicon('x')}</button>
          </div>`,
      )}
    </div>`}
    <div class="Box padded commit-box">
      <h4 class="f4">Commit changes</h4>
      <div class="field part" data-part="message">${type(state, ui, '', 'Commit message', state.message, (value) => ui.send({ type: 'message', value }).message, 'Add files via upload')}</div>
      <div class="part" data-part="branch">
        ${([['main', html`${octicon('branch')} Commit directly to the <code>main</code> branch.`], ['new', html`${octicon('pull')} Create a <b>new branch</b> for this commit and start a pull request.`]] as const).map(
          ([value, text]) => html`
            <label class="radio">
              ${ui.drawn
                ? html`<input type="radio" name="branch" ?checked=${state.branch === value} />`
                : html`<input type="radio" name="branch" .checked=${state.branch === value} @change=${() => ui.send({ type: 'branch', value })} />`}
              <span>${text}</span>
            </label>`,
        )}
      </div>
    </div>
    <div class="row">
      <span class="part" data-part="commit"><button type="button" class="btn btn-primary" @click=${() => ui.send({ type: 'commit' })}>${state.branch === 'new' ? 'Propose changes' : 'Commit changes'}</button></span>
      <button type="button" class="btn btn-danger" @click=${() => ui.send({ type: 'leave' })}>Cancel</button>
    </div>
  </div>
`;

/** Where a commit on a new branch leads: first the question to the others, then the button that takes it over. */
export const pullRequest = (state: Simulation, ui: Ui): TemplateResult => {
  const { message, files, open } = state.proposal!;
  return html`
    ${header(state, ui, path(ui, state.username, state.repository))} ${tabs('Pull requests')}
    <div class="sheet sheet-wide">
      <h3 class="f3">${open ? message : 'Open a pull request'}</h3>
      <p class="row f6 part" data-part="branches">${octicon('pull')} <span><code>main</code> ← <code>${state.username}-patch-1</code></span></p>
      <div class="Box padded">
        ${open ? nothing : html`<h4 class="f4">${message}</h4>`}
        ${files.map((file) => html`<p class="file-name">${octicon(file.files ? 'folder' : 'file')} ${file.name}</p>`)}
      </div>
      <p></p>
      <div class="row">
        <span class="part" data-part="pull-request">${open
          ? html`<button type="button" class="btn btn-primary" @click=${() => ui.send({ type: 'merge' })}>Merge pull request</button>`
          : html`<button type="button" class="btn btn-primary" @click=${() => ui.send({ type: 'create-pull-request' })}>Create pull request</button>`}</span>
      </div>
    </div>
  `;
};
