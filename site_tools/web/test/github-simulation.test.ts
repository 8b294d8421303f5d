import { expect, test } from 'vitest';
import { DESK, MAIL } from '../src/elements/github-simulator/samples.ts';
import { step, type Action } from '../src/elements/github-simulator/actions.ts';
import { begin, MILESTONES, openRepository, type Lesson, type Simulation } from '../src/elements/github-simulator/simulation.ts';
import { progressOf, taskOf } from '../src/elements/github-simulator/tasks.ts';
import { githubTexts } from '../src/elements/github-simulator/texts.ts';

const play = (state: Simulation, ...actions: Action[]): Simulation => actions.reduce(step, state);
const commits = (state: Simulation) => openRepository(state)!.commits;
const lessonOf = (state: Simulation, ...actions: Action[]): Lesson | undefined => play(state, ...actions).lesson;

const FORM: Action[] = [
  { type: 'go', screen: 'sign-up' },
  { type: 'mail', value: MAIL.good },
  { type: 'password', value: 'lamp-post-7' },
  { type: 'username', value: 'li-ming-dm' },
  { type: 'country', value: 'China' },
  { type: 'create-account' },
];
const latest = (state: Simulation): Action => ({ type: 'code', value: state.mails.at(-1)!.code });
const verifying = () => play(begin('account'), ...FORM, { type: 'puzzle', right: true });

test('the straight way through all three lessons reaches every milestone without one lesson', () => {
  let state = verifying();
  state = play(state, latest(state));
  expect(state.screen).toBe('dashboard');
  state = play(state, { type: 'menu', menu: 'account' }, { type: 'sign-out' }, { type: 'go', screen: 'sign-in' }, { type: 'sign-in' });
  state = play(
    state, { type: 'menu', menu: 'plus' }, { type: 'go', screen: 'new-repository' }, { type: 'name', value: 'data-mining-ppt' },
    { type: 'description', value: '课件' }, { type: 'readme' }, { type: 'create-repository' },
  );
  expect(state.repository).toBe('data-mining-ppt');
  state = play(
    state, { type: 'menu', menu: 'add-file' }, { type: 'go', screen: 'upload' }, { type: 'add', files: [DESK[0]!] }, { type: 'uploaded' },
    { type: 'message', value: 'Lecture 1' }, { type: 'commit' },
  );
  expect(state.done).toEqual([...MILESTONES]);
  expect(state.met).toEqual([]);
  expect(commits(state)[0]).toMatchObject({ message: 'Lecture 1', files: [{ name: DESK[0]!.name }] });
  expect(commits(state)).toHaveLength(2);
  expect(taskOf(state)).toBe('finished');
});

test('each start has done what comes before it', () => {
  expect(begin('account').done).toEqual([]);
  expect(taskOf(begin('repository'))).toBe('open-plus');
  expect(taskOf(begin('upload'))).toBe('open-add-file');
});

test('a form with holes or problems is not sent, and all problems are shown at once', () => {
  const state = play(begin('account'), { type: 'go', screen: 'sign-up' }, { type: 'username', value: 'li_ming' }, { type: 'create-account' });
  expect(state.screen).toBe('sign-up');
  expect(state.problems).toEqual({ mail: 'blank', password: 'blank', username: 'username-letters', country: 'blank' });
  expect(lessonOf(begin('account'), ...FORM.filter((action) => action.type !== 'country'))).toBe('blank');
  expect(play(begin('account'), ...FORM.slice(0, 1), { type: 'mail', value: MAIL.throwaway }, ...FORM.slice(2)).screen).toBe('sign-up');
});

test('the first code lies among the spam, a resent one in the inbox, and only the newest counts', () => {
  let state = verifying();
  const first = state.mails[0]!;
  expect(first.folder).toBe('spam');
  expect(lessonOf(state, { type: 'folder', folder: 'spam' })).toBe('mail-in-spam');
  state = play(state, { type: 'resend' });
  expect(state.mails.at(-1)!.folder).toBe('inbox');
  expect(lessonOf(state, { type: 'code', value: first.code })).toBe('code-old');
  expect(lessonOf(state, { type: 'code', value: '12345678' })).toBe('code-wrong');
  expect(play(state, latest(state)).signedIn).toBe(true);
});

test('a code may come with blanks, and in pieces', () => {
  const state = verifying();
  const { code } = state.mails[0]!;
  expect(play(state, { type: 'code', value: code.slice(0, 5) }).screen).toBe('verify');
  expect(play(state, { type: 'code', value: ` ${code.slice(0, 4)} ${code.slice(4)} ` }).screen).toBe('dashboard');
});

test('to a misspelt address nothing ever comes, until it is corrected', () => {
  let state = play(begin('account'), ...FORM.slice(0, 1), { type: 'mail', value: MAIL.typo }, ...FORM.slice(2), { type: 'puzzle', right: true });
  expect(state.mails).toEqual([]);
  expect(lessonOf(state, { type: 'resend' })).toBe('mail-typo');
  state = play(state, { type: 'resend' }, { type: 'update-mail' });
  expect(state.mails).toHaveLength(1);
  expect(play(state, latest(state)).screen).toBe('dashboard');
});

test('an address that was right is not called corrected', () => {
  expect(lessonOf(verifying(), { type: 'update-mail' })).toBe('mail-same');
});

test('each lesson counts its own steps and says when it is complete', () => {
  expect(progressOf(begin('account'))).toEqual({ lesson: 'account', step: 1, steps: 4 });
  let state = verifying();
  expect(progressOf(state)).toEqual({ lesson: 'account', step: 3, steps: 4 });
  state = play(state, latest(state), { type: 'sign-out' }, { type: 'sign-in' });
  expect(taskOf(state)).toBe('account-done');
  expect(progressOf(state)).toEqual({ lesson: 'repository', step: 1, steps: 2 });
  state = play(state, { type: 'go', screen: 'new-repository' }, { type: 'name', value: 'a' }, { type: 'readme' }, { type: 'create-repository' });
  expect(taskOf(state)).toBe('repository-done');
  expect(progressOf(begin('upload'))).toEqual({ lesson: 'upload', step: 1, steps: 3 });
});

test('a repository is found again after signing out', () => {
  const back = play(begin('upload'), { type: 'sign-out' }, { type: 'sign-in' });
  expect(taskOf(back)).toBe('open-repository');
  expect(play(back, { type: 'open', name: 'data-mining-ppt' }).screen).toBe('repository');
});

test('without a README the repository is empty, and a file can still be uploaded', () => {
  const empty = play(begin('repository'), { type: 'go', screen: 'new-repository' }, { type: 'name', value: 'a' }, { type: 'create-repository' });
  expect(empty.screen).toBe('empty-repository');
  expect(empty.lesson).toBe('readme-off');
  const full = play(empty, { type: 'go', screen: 'upload' }, { type: 'add', files: [DESK[1]!] }, { type: 'uploaded' }, { type: 'commit' });
  expect(full.screen).toBe('repository');
  expect(commits(full).map((commit) => commit.message)).toEqual(['Add files via upload']);
  expect(full.lesson).toBe('default-message');
});

test('a second repository needs another name than the first', () => {
  const first = play(begin('repository'), { type: 'go', screen: 'new-repository' }, { type: 'name', value: 'a' }, { type: 'create-repository' });
  expect(lessonOf(first, { type: 'go', screen: 'new-repository' }, { type: 'name', value: 'A' })).toBe('name-taken');
});

test('files that wait are lost with the page, and a file of the same name is replaced', () => {
  const waiting = play(begin('upload'), { type: 'go', screen: 'upload' }, { type: 'add', files: [DESK[0]!] }, { type: 'add', files: [{ ...DESK[0]!, bytes: 5 }] });
  expect(waiting.waiting.map((file) => file.bytes)).toEqual([5]);
  const left = play(waiting, { type: 'leave' });
  expect(left.lesson).toBe('not-committed');
  expect(left.waiting).toEqual([]);
  expect(lessonOf(waiting, { type: 'go', screen: 'new-repository' })).toBe('not-committed');
  expect(lessonOf(waiting, { type: 'uploaded' }, { type: 'commit' })).toBe('default-message');
  expect(play(begin('upload'), { type: 'go', screen: 'new-file' }, { type: 'leave' }).lesson).toBeUndefined();
});

test('every upload begins with an empty message and the branch main, however the last one ended', () => {
  const there = play(begin('upload'), { type: 'go', screen: 'upload' }, { type: 'message', value: 'Lecture 1' }, { type: 'branch', value: 'new' });
  expect(play(there, { type: 'leave' }, { type: 'go', screen: 'upload' })).toMatchObject({ message: '', branch: 'main' });
  const committed = play(there, { type: 'branch', value: 'main' }, { type: 'add', files: [DESK[0]!] }, { type: 'uploaded' }, { type: 'commit' });
  expect(play(committed, { type: 'go', screen: 'upload' })).toMatchObject({ message: '', branch: 'main' });
});

test('nothing is committed that is not there or not whole', () => {
  const there = play(begin('upload'), { type: 'go', screen: 'upload' });
  expect(lessonOf(there, { type: 'commit' })).toBe('nothing-to-commit');
  expect(lessonOf(there, { type: 'add', files: [DESK[0]!] }, { type: 'commit' })).toBe('still-uploading');
});

test('Propose changes leads over a pull request to main, and the lesson is not done before', () => {
  const ready = play(
    begin('upload'), { type: 'go', screen: 'upload' }, { type: 'add', files: [DESK[0]!] }, { type: 'uploaded' },
    { type: 'message', value: 'Lecture 1' }, { type: 'branch', value: 'new' },
  );
  expect(ready.lesson).toBe('new-branch');
  const proposed = play(ready, { type: 'commit' });
  expect(proposed).toMatchObject({ screen: 'pull-request', lesson: 'proposed', waiting: [] });
  expect(commits(proposed)).toHaveLength(1);
  expect(proposed.done).not.toContain('commit');
  expect(taskOf(proposed)).toBe('ask-for-review');
  expect(play(proposed, { type: 'leave' }).screen).toBe('pull-request');
  const open = play(proposed, { type: 'create-pull-request' });
  expect([taskOf(open), open.lesson]).toEqual(['merge', 'pull-request-open']);
  const merged = play(open, { type: 'merge' });
  expect(merged).toMatchObject({ screen: 'repository', lesson: 'merged', proposal: undefined });
  expect(commits(merged)[0]).toMatchObject({ message: 'Lecture 1', files: [{ name: DESK[0]!.name }] });
  expect(merged.done).toContain('commit');
  expect(play(proposed, { type: 'go', screen: 'upload' }).proposal).toBeUndefined();
});

test('a way out puts the smaller decks on the desk, once', () => {
  const big = play(begin('upload'), { type: 'go', screen: 'upload' }, { type: 'add', files: [DESK.find((file) => file.bytes > 4e7)!] });
  expect(big.lesson).toBe('file-big');
  expect(big.waiting).toEqual([]);
  const twice = play(big, { type: 'way', way: 'way-split' }, { type: 'way', way: 'way-split' }, { type: 'way', way: 'way-compress' });
  expect(twice.desk).toHaveLength(DESK.length + 3);
});

test('a lesson is told until the next action, and met once', () => {
  const state = play(begin('repository'), { type: 'learn', lesson: 'not-needed' }, { type: 'learn', lesson: 'not-needed' });
  expect(state.met).toEqual(['not-needed']);
  expect(play(state, { type: 'go', screen: 'new-repository' }).lesson).toBeUndefined();
});

test('both languages say something for every lesson, and not the same', () => {
  const { zh, en } = githubTexts;
  for (const group of ['lessons', 'tasks', 'milestones', 'ways'] as const) {
    expect(Object.keys(zh[group])).toEqual(Object.keys(en[group]));
    for (const [key, text] of Object.entries(zh[group])) {
      expect(text).toMatch(/\p{Script=Han}/u);
      expect((en[group] as Record<string, string>)[key]).not.toMatch(/\p{Script=Han}/u);
    }
  }
});
