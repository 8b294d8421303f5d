/**
 * Every drawn page as HTML, for figures that stand in the pages without a script. Runs in Node when the
 * web code is bundled; the plugin numbers the parts that an author names.
 */
import { render } from '@lit-labs/ssr';
import { collectResultSync } from '@lit-labs/ssr/lib/render-result.js';
import type { TemplateResult } from '../../lit.ts';
import { pageOf } from './pages.ts';
import type { Ui } from './parts.ts';
import { actionsDisabled, actionsRun, fork, pagesSettings } from './publish-screens.ts';
import { DESK } from './samples.ts';
import { begin, openRepository, type Commit, type Simulation } from './simulation.ts';

const account = begin('repository');
const own = begin('upload');
const described = { description: '数据挖掘课程课件 Data mining slides' };
const decks = DESK.slice(0, 2);
const message = 'Slides of lectures 1 and 2';

/** The upload lesson's repository, described, with these commits on top of its first. */
const withCommits = (...commits: Commit[]): Simulation => {
  const repository = openRepository(own)!;
  return { ...own, repositories: [{ ...repository, ...described, commits: [...commits, ...repository.commits] }] };
};

/** Name of a figure -> the state it is drawn in. */
const STATES: Record<string, Simulation> = {
  home: begin('account'),
  'sign-up': { ...account, screen: 'sign-up', password: '•'.repeat(16) },
  puzzle: { ...account, screen: 'puzzle' },
  verify: { ...account, screen: 'verify', code: '48209' },
  dashboard: account,
  'sign-in': { ...account, screen: 'sign-in' },
  'plus-menu': { ...account, menu: 'plus' },
  'new-repository': { ...account, ...described, screen: 'new-repository', name: 'data-mining-ppt', readme: true },
  repository: withCommits(),
  uploaded: withCommits({ message, files: decks }),
  'empty-repository': { ...own, screen: 'empty-repository' },
  'add-file': { ...withCommits(), menu: 'add-file' },
  'new-file': { ...own, screen: 'new-file' },
  upload: { ...own, screen: 'upload', message, waiting: decks.map((file) => ({ ...file, uploaded: true })) },
  'pull-request': { ...own, screen: 'pull-request', proposal: { message, files: decks, open: false } },
  'too-big': { ...own, screen: 'upload', problems: { files: 'file-big' } },
};

const course: Simulation = { ...own, repository: 'live-generative-models' };
const coursePage = `github.com/${course.username}/${course.repository}`;

/** Pages that only exist as figures: their address, and what draws them. */
const PUBLISHING: Record<string, [address: string, draw: (state: Simulation, ui: Ui) => TemplateResult]> = {
  fork: [`github.com/teacher/${course.repository}/fork`, fork],
  'actions-disabled': [`${coursePage}/actions`, actionsDisabled],
  'pages-settings': [`${coursePage}/settings/pages`, pagesSettings],
  'actions-run': [`${coursePage}/actions`, actionsRun],
};

function pages(drawn: boolean): [name: string, address: string, page: TemplateResult][] {
  const still = (state: Simulation): Ui => ({ drawn, send: () => state, choose: () => {} });
  return [
    ...Object.entries(STATES).map(([name, state]): [string, string, TemplateResult] => {
      const { address, page } = pageOf(state, still(state));
      return [name, address, page];
    }),
    ...Object.entries(PUBLISHING).map(([name, [address, draw]]): [string, string, TemplateResult] => [name, address, draw(course, still(course))]),
  ];
}

/** Lit's marks for later updates are of no use to a picture; nor is the indentation of a template. */
const plain = (markup: string): string => markup.replace(/<!--.*?-->/gs, '').replace(/\s+/g, ' ').trim();

const markup = (template: TemplateResult): string => plain(collectResultSync(render(template)));

/** Every page as it is drawn and as it is used: what the styles are cut down to. */
export const everything = (): string => [true, false].flatMap(pages).map(([, , page]) => markup(page)).join('');

export function figures(): Record<string, { address: string; html: string; parts: string[] }> {
  return Object.fromEntries(
    pages(true).map(([name, address, page]) => {
      const html = markup(page);
      return [name, { address, html, parts: [...new Set([...html.matchAll(/data-part="([^"]+)"/g)].map((found) => found[1]!))] }];
    }),
  );
}
