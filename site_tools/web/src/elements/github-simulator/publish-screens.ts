/** The drawn pages of publishing a course from a fork; pictures only, the practice ends before them. */
import { html, type TemplateResult } from '../../lit.ts';
import { octicon, type Octicon } from './octicons.ts';
import { header, path, tabs, type Ui } from './parts.ts';
import type { Simulation } from './simulation.ts';

export const fork = (state: Simulation, ui: Ui): TemplateResult => html`
  ${header(state, ui, path(ui, 'teacher', state.repository))} ${tabs('Code')}
  <div class="sheet">
    <h3 class="f2">Create a new fork</h3>
    <p class="color-fg-muted">A fork is a copy of a repository. Forking a repository allows you to freely experiment with changes without affecting the original project.</p>
    <div class="owner-name">
      <div class="field part" data-part="owner"><span class="field-name">Owner<b class="required">*</b></span><span class="btn">${state.username} ${octicon('down')}</span></div>
      <div class="field spring part" data-part="name"><span class="field-name">Repository name<b class="required">*</b></span><span class="form-control drawn-field">${state.repository}</span></div>
    </div>
    <label class="radio part" data-part="main-only"><input type="checkbox" checked /><span>Copy the <code>main</code> branch only</span></label>
    <div class="end"><span class="part" data-part="create"><span class="btn btn-primary">Create fork</span></span></div>
  </div>
`;

const settingsEntry = (icon: Octicon, text: string, current = false): TemplateResult => html`<p class="side-entry ${current ? 'side-entry-current' : ''} part" data-part=${`settings-${text.toLowerCase()}`}>${octicon(icon)} ${text}</p>`;

export const pagesSettings = (state: Simulation, ui: Ui): TemplateResult => html`
  ${header(state, ui, path(ui, state.username, state.repository))} ${tabs('Settings')}
  <div class="dashboard">
    <aside class="dashboard-side">${settingsEntry('gear', 'General')} ${settingsEntry('play', 'Actions')} ${settingsEntry('globe', 'Pages', true)}</aside>
    <div class="dashboard-main">
      <h3 class="f3">GitHub Pages</h3>
      <h4 class="f4">Build and deployment</h4>
      <div class="field part" data-part="source"><span class="field-name">Source</span><span class="btn">GitHub Actions ${octicon('down')}</span></div>
      <p class="field-hint">Use a suggested workflow, browse all workflows, or create your own.</p>
    </div>
  </div>
`;

export const actionsDisabled = (state: Simulation, ui: Ui): TemplateResult => html`
  ${header(state, ui, path(ui, state.username, state.repository))} ${tabs('Actions')}
  <div class="sheet">
    <div class="Box padded middle">
      ${octicon('play')}
      <h3 class="f3">Workflows aren’t being run on this forked repository</h3>
      <p class="color-fg-muted">Because this repository contained workflow files when it was forked, we have disabled them from running on this fork.</p>
      <span class="part" data-part="enable"><span class="btn btn-primary">I understand my workflows, go ahead and enable them</span></span>
    </div>
  </div>
`;

export const actionsRun = (state: Simulation, ui: Ui): TemplateResult => html`
  ${header(state, ui, path(ui, state.username, state.repository))} ${tabs('Actions')}
  <div class="dashboard">
    <aside class="dashboard-side"><p class="side-entry">All workflows</p><p class="side-entry">CI</p><p class="side-entry side-entry-current part" data-part="workflow">Publish</p></aside>
    <div class="dashboard-main">
      <div class="row"><h3 class="f3 spring">Publish</h3><span class="part" data-part="run"><span class="btn btn-sm">Run workflow ${octicon('down')}</span></span></div>
      <div class="Box">
        <div class="Box-row row part" data-part="finished"><span class="color-fg-success">${octicon('check')}</span><span class="spring"><b>Upload the slides of lecture 3</b><br /><span class="f6 color-fg-muted">Publish #2: Commit 4f2c9ab pushed by ${state.username}</span></span><span class="f6 color-fg-muted">4m 12s</span></div>
        <div class="Box-row row part" data-part="failed"><span class="color-fg-danger">${octicon('x')}</span><span class="spring"><b>Add files via upload</b><br /><span class="f6 color-fg-muted">Publish #1: Commit 1a7be03 pushed by ${state.username}</span></span><span class="f6 color-fg-muted">1m 03s</span></div>
      </div>
    </div>
  </div>
`;
