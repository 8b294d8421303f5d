/** What stands around the drawn window: the task, the lesson of the moment, mailbox, desk, checklist, certificate. */
import { html, keyed, nothing, type TemplateResult } from '../../lit.ts';
import { octicon } from './octicons.ts';
import type { DeskFile } from './rules.ts';
import { inMegabytes } from './samples.ts';
import { LESSONS, MILESTONES, openRepository, type Simulation, type Way } from './simulation.ts';
import { progressOf, taskOf } from './tasks.ts';
import type { GithubTexts } from './texts.ts';

const WAYS: Way[] = ['way-compress', 'way-split', 'way-git', 'way-release'];

export function coach(state: Simulation, t: GithubTexts, take: (way: Way) => void): TemplateResult {
  const { lesson } = state;
  const progress = progressOf(state);
  const stuck = lesson === 'file-big' || lesson?.startsWith('way-');
  return html`
    <div class="coach">
      <p class="coach-task" role="status">
        <span class="coach-step">${t.stepOf(t.values['start']![progress.lesson]!, progress.step, progress.steps)}</span> ${t.tasks[taskOf(state)]}
      </p>
      <div class="coach-lesson" role="status" data-lesson=${lesson ?? nothing}>
        ${lesson ? keyed(state.turn, html`<p>${t.lessons[lesson]}</p>`) : nothing}
      </div>
      ${stuck ? html`<div class="live-actions">${WAYS.map((way) => html`<button type="button" class="live-button" @click=${() => take(way)}>${t.ways[way]}</button>`)}</div>` : nothing}
    </div>
  `;
}

export function mailbox(state: Simulation, t: GithubTexts, open: (folder: 'inbox' | 'spam') => void): TemplateResult {
  const mails = state.mails.filter((mail) => mail.folder === state.folder);
  return html`
    <div class="tray" role="group" aria-label=${t.mailbox}>
      <div class="tray-bar"><strong>${t.mailbox}</strong>
        ${(['inbox', 'spam'] as const).map(
          (folder) => html`<button type="button" class="tray-tab" aria-pressed=${String(folder === state.folder)} @click=${() => open(folder)}>${t.folders[folder]}</button>`,
        )}
      </div>
      ${mails.length === 0 ? html`<p>${t.noMail}</p>` : mails.map((mail) => html`<p class="mail">${t.mail(mail.code)}</p>`)}
    </div>
  `;
}

export function desk(state: Simulation, t: GithubTexts, choose: (file: DeskFile) => void, drag: (file: DeskFile, event: DragEvent) => void): TemplateResult {
  return html`
    <div class="tray" role="group" aria-label=${t.desk}>
      <div class="tray-bar"><strong>${t.desk}</strong> <small>${t.deskHint}</small></div>
      <div class="desk-files">
        ${state.desk.map(
          (file) => html`
            <button type="button" class="desk-file" draggable="true" @dragstart=${(event: DragEvent) => drag(file, event)} @click=${() => choose(file)}>
              ${octicon(file.files ? 'folder' : 'file')} ${file.name}<small>${file.files ? t.files(file.files) : inMegabytes(file)}</small>
            </button>`,
        )}
      </div>
    </div>
  `;
}

export const checklist = (state: Simulation, t: GithubTexts): TemplateResult => html`
  <details class="live-more checklist">
    <summary>${t.checklist(state.done.length, MILESTONES.length)}</summary>
    <ol>${MILESTONES.map((one) => html`<li ?data-done=${state.done.includes(one)}>${t.milestones[one]}${state.done.includes(one) ? t.done : ''}</li>`)}</ol>
  </details>
`;

export function certificate(state: Simulation, t: GithubTexts): TemplateResult {
  const c = t.certificate;
  const { name, visibility } = openRepository(state)!;
  const lessons = LESSONS.slice(LESSONS.indexOf(state.start)).map((one) => t.values['start']![one]!);
  return html`
    <section class="certificate" aria-label=${c.title}>
      <p class="certificate-title">${c.title}</p>
      <p>${c.body(lessons)}</p>
      <dl>
        <dt>${c.address}</dt><dd>${state.username}/${name} · ${c.visibility[visibility]}</dd>
      </dl>
      ${state.met.length ? html`<p>${c.lessons(state.met.length)}</p>` : nothing}
      <div class="certificate-lines"><span>${c.name}</span><span>${c.date}</span></div>
    </section>
  `;
}
