/**
 * The practice run as a state and the actions that change it: no page, no clock, no chance.
 *
 * A reader's mistake is an action like any other; it leaves a lesson, the key of an explanation in `texts.ts`.
 */
import {
  CODE_LENGTH, DESCRIPTION_LIMIT, isPlainFileName, passwordProblem, repositoryProblem, repositorySlug, uploadProblem, usernameProblem,
  type DeskFile, type PasswordProblem, type RepositoryProblem, type UploadProblem, type UsernameProblem,
} from './rules.ts';
import { CODES, DESK, MAIL, OWN_REPOSITORIES, SMALLER, TAKEN_USERNAMES } from './samples.ts';

export type Screen =
  | 'home' | 'sign-up' | 'puzzle' | 'verify' | 'sign-in' | 'dashboard'
  | 'new-repository' | 'repository' | 'empty-repository' | 'new-file' | 'upload';

/** What has been achieved, in the order of the course. */
export const MILESTONES = ['sign-up', 'puzzle', 'code', 'sign-in', 'new-repository', 'create', 'add-file', 'files', 'commit'] as const;
export type Milestone = (typeof MILESTONES)[number];

export type Problem =
  | PasswordProblem | UsernameProblem | RepositoryProblem | UploadProblem
  | 'blank' | 'mail-throwaway' | 'puzzle-wrong' | 'code-wrong' | 'code-old';

/** Everything worth explaining: problems, and choices that are allowed but have consequences. */
export type Lesson =
  | Problem
  | 'sign-up-again' | 'sign-in-first' | 'other-account' | 'mail-typo' | 'mail-in-spam' | 'mail-resent' | 'mail-updated'
  | 'name-changed' | 'private' | 'readme-off' | 'not-needed'
  | 'create-new-file' | 'file-name' | 'nothing-to-commit' | 'still-uploading' | 'not-committed' | 'new-branch' | 'default-message'
  | Way;
export type Way = 'way-compress' | 'way-split' | 'way-git' | 'way-release';

export type Field = 'mail' | 'password' | 'username' | 'puzzle' | 'code' | 'name' | 'files';
export type Menu = '' | 'plus' | 'account' | 'add-file';

export interface WaitingFile extends DeskFile {
  uploaded: boolean;
}

export const LESSONS = ['account', 'repository', 'upload'] as const;
/** The lesson one begins with; those before it count as known. */
export type Start = (typeof LESSONS)[number];

export interface Simulation {
  start: Start;
  screen: Screen;
  menu: Menu;
  mail: string;
  password: string;
  username: string;
  country: string;
  /** Digits typed so far. */
  code: string;
  /** Mails with a code, the newest last. */
  mails: { folder: 'inbox' | 'spam'; code: string }[];
  folder: 'inbox' | 'spam';
  signedIn: boolean;
  name: string;
  description: string;
  visibility: 'Public' | 'Private';
  readme: boolean;
  /** The repository once it is created, "" before. */
  repository: string;
  desk: readonly DeskFile[];
  waiting: WaitingFile[];
  message: string;
  branch: 'main' | 'new';
  committed: DeskFile[];
  commitMessage: string;
  problems: Partial<Record<Field, Problem>>;
  lesson: Lesson | undefined;
  /** Every lesson met so far, in order. */
  met: Lesson[];
  done: Milestone[];
}

export type Action =
  | { type: 'go'; screen: Screen }
  | { type: 'menu'; menu: Menu }
  | { type: 'learn'; lesson: Lesson }
  | { type: 'mail' | 'password' | 'username' | 'country'; value: string }
  | { type: 'create-account' }
  | { type: 'puzzle'; right: boolean }
  | { type: 'folder'; folder: 'inbox' | 'spam' }
  | { type: 'resend' }
  | { type: 'update-mail' }
  | { type: 'code'; value: string }
  | { type: 'sign-out' }
  | { type: 'sign-in' }
  | { type: 'name' | 'description' | 'message'; value: string }
  | { type: 'visibility'; value: 'Public' | 'Private' }
  | { type: 'readme' }
  | { type: 'create-repository' }
  | { type: 'add'; files: readonly DeskFile[] }
  | { type: 'uploaded' }
  | { type: 'remove'; index: number }
  | { type: 'way'; way: Way }
  | { type: 'branch'; value: 'main' | 'new' }
  | { type: 'commit' }
  | { type: 'leave' };

type Handler<A> = (state: Simulation, action: A) => Partial<Simulation>;
type Handlers = { [T in Action['type']]: Handler<Extract<Action, { type: T }>> };

const FRESH: Simulation = {
  start: 'account', screen: 'home', menu: '', mail: '', password: '', username: '', country: '', code: '', mails: [], folder: 'inbox', signedIn: false,
  name: '', description: '', visibility: 'Public', readme: false, repository: '', desk: DESK, waiting: [], message: '', branch: 'main',
  committed: [], commitMessage: '', problems: {}, lesson: undefined, met: [], done: [],
};
const ACCOUNT: Partial<Simulation> = { mail: MAIL.good, password: 'lamp-post-7', username: 'li-ming-dm', country: 'China', signedIn: true };

/** The beginning of one of the three lessons; what comes before it is done. */
export function begin(start: Start): Simulation {
  if (start === 'account') return FRESH;
  const account = { ...FRESH, ...ACCOUNT, start, done: MILESTONES.slice(0, 4) };
  if (start === 'repository') return { ...account, screen: 'dashboard' };
  return { ...account, screen: 'repository', repository: 'data-mining-ppt', readme: true, done: MILESTONES.slice(0, 6) };
}

/** One action; what the reader is told about it replaces what they were told before. */
export function step(state: Simulation, action: Action): Simulation {
  const handler = HANDLERS[action.type] as Handler<Action>;
  const next = { ...state, lesson: undefined, menu: '' as Menu, ...handler(state, action) };
  const { lesson, met } = next;
  return lesson && !met.includes(lesson) ? { ...next, met: [...met, lesson] } : next;
}

const achieved = (state: Simulation, ...milestones: Milestone[]): Milestone[] =>
  MILESTONES.filter((one) => state.done.includes(one) || milestones.includes(one));

/** A problem at one field, told beside it and explained; undefined takes it away. */
const problemAt = (state: Simulation, field: Field, problem: Problem | undefined): Pick<Simulation, 'problems' | 'lesson'> => {
  const problems = { ...state.problems };
  delete problems[field];
  return { problems: problem ? { ...problems, [field]: problem } : problems, lesson: problem };
};

/** The repositories of the account, with the one made here. */
export const repositoriesOf = (state: Simulation): string[] => [...OWN_REPOSITORIES, ...(state.repository ? [state.repository] : [])];

const mailProblem = (mail: string): Problem | undefined => (mail === MAIL.throwaway ? 'mail-throwaway' : undefined);

const currentCode = (state: Simulation): string | undefined => state.mails.at(-1)?.code;

const sendCode = (state: Simulation, folder: 'inbox' | 'spam'): Pick<Simulation, 'mails'> => ({
  mails: [...state.mails, { folder, code: CODES[state.mails.length % CODES.length]! }],
});

const HANDLERS: Handlers = {
  go: (state, { screen }) => {
    if (screen === 'sign-up' && state.done.includes('code')) return { lesson: 'sign-up-again' };
    if (screen === 'sign-in' && !state.done.includes('code')) return { lesson: 'sign-in-first' };
    if (screen === 'new-repository') return { screen, name: '', description: '', readme: false, problems: {}, done: achieved(state, 'new-repository') };
    if (screen === 'new-file') return { screen, lesson: 'create-new-file' };
    if (screen === 'upload') return { screen, problems: {}, done: achieved(state, 'add-file') };
    return { screen, problems: {} };
  },
  menu: (state, { menu }) => ({ menu: state.menu === menu ? '' : menu, lesson: state.lesson }),
  learn: (_, { lesson }) => ({ lesson }),

  // --- An account ---
  mail: (state, { value }) => ({ mail: value, ...problemAt(state, 'mail', mailProblem(value)) }),
  password: (state, { value }) => ({ password: value, ...problemAt(state, 'password', value ? passwordProblem(value) : undefined) }),
  username: (state, { value }) => ({ username: value, ...problemAt(state, 'username', value ? usernameProblem(value, TAKEN_USERNAMES) : undefined) }),
  country: (state, { value }) => ({ country: value, lesson: state.lesson }),
  'create-account': (state) => {
    const problems: Simulation['problems'] = {};
    for (const field of ['mail', 'password', 'username'] as const) if (!state[field]) problems[field] = 'blank';
    const all = { ...problems, ...state.problems };
    const first = (['mail', 'password', 'username'] as const).map((field) => all[field]).find(Boolean) ?? (state.country ? undefined : 'blank');
    return first ? { problems: all, lesson: first } : { screen: 'puzzle', problems: {}, done: achieved(state, 'sign-up') };
  },
  puzzle: (state, { right }) => {
    if (!right) return problemAt(state, 'puzzle', 'puzzle-wrong');
    const sent = state.mail === MAIL.good ? sendCode(state, 'spam') : {};
    return { screen: 'verify', problems: {}, code: '', ...sent, done: achieved(state, 'puzzle') };
  },
  folder: (state, { folder }) => ({ folder, lesson: folder === 'spam' && state.mails.some((mail) => mail.folder === 'spam') ? 'mail-in-spam' : undefined }),
  resend: (state) => (state.mail === MAIL.typo ? { lesson: 'mail-typo' } : { ...sendCode(state, 'inbox'), lesson: 'mail-resent' }),
  'update-mail': (state) => ({ mail: MAIL.good, ...sendCode(state, 'inbox'), code: '', problems: {}, lesson: 'mail-updated' }),
  code: (state, { value }) => {
    const code = value.replace(/\D/g, '').slice(0, CODE_LENGTH);
    if (code.length < CODE_LENGTH) return { code, problems: {} };
    if (code === currentCode(state)) return { code, screen: 'dashboard', signedIn: true, problems: {}, done: achieved(state, 'code') };
    const old = state.mails.some((mail) => mail.code === code);
    return { code, ...problemAt(state, 'code', old ? 'code-old' : 'code-wrong') };
  },
  'sign-out': () => ({ signedIn: false, screen: 'home' }),
  'sign-in': (state) => ({ signedIn: true, screen: 'dashboard', done: achieved(state, 'sign-in') }),

  // --- A repository ---
  name: (state, { value }) => {
    const problem = value ? repositoryProblem(value, repositoriesOf(state)) : undefined;
    const told = problemAt(state, 'name', problem);
    return { name: value, ...told, lesson: told.lesson ?? (value && repositorySlug(value) !== value ? 'name-changed' : undefined) };
  },
  description: (state, { value }) => ({ description: [...value].slice(0, DESCRIPTION_LIMIT).join(''), lesson: state.lesson }),
  visibility: (_, { value }) => ({ visibility: value, lesson: value === 'Private' ? 'private' : undefined }),
  readme: (state) => ({ readme: !state.readme }),
  'create-repository': (state) => {
    const problem = repositoryProblem(state.name, repositoriesOf(state));
    if (problem) return problemAt(state, 'name', problem);
    return {
      repository: repositorySlug(state.name), committed: [], waiting: [], problems: {}, done: achieved(state, 'create'),
      screen: state.readme ? 'repository' : 'empty-repository', lesson: state.readme ? undefined : 'readme-off',
    };
  },

  // --- A deck ---
  add: (state, { files }) => {
    const problem = uploadProblem(files, state.waiting.length);
    if (problem) return problemAt(state, 'files', problem);
    const names = new Set(files.map((file) => file.name)); // the same name again replaces the file
    const waiting = [...state.waiting.filter((file) => !names.has(file.name)), ...files.map((file) => ({ ...file, uploaded: false }))];
    return { waiting, ...problemAt(state, 'files', undefined), lesson: files.every((file) => isPlainFileName(file.name)) ? undefined : 'file-name' };
  },
  uploaded: (state) => ({
    waiting: state.waiting.map((file) => ({ ...file, uploaded: true })), menu: state.menu, lesson: state.lesson,
    done: state.waiting.length ? achieved(state, 'files') : state.done,
  }),
  remove: (state, { index }) => ({ waiting: state.waiting.filter((_, i) => i !== index) }),
  way: (state, { way }) => {
    const smaller = way === 'way-compress' ? SMALLER.compress : way === 'way-split' ? SMALLER.split : [];
    const fresh = smaller.filter((file) => !state.desk.some((one) => one.name === file.name));
    return { lesson: way, desk: [...state.desk, ...fresh], problems: {} };
  },
  message: (state, { value }) => ({ message: value, lesson: state.lesson }),
  branch: (_, { value }) => ({ branch: value, lesson: value === 'new' ? 'new-branch' : undefined }),
  commit: (state) => {
    if (state.waiting.length === 0) return { lesson: 'nothing-to-commit' };
    if (state.waiting.some((file) => !file.uploaded)) return { lesson: 'still-uploading' };
    if (state.branch === 'new') return { lesson: 'new-branch' };
    const names = new Set(state.waiting.map((file) => file.name));
    return {
      screen: 'repository', waiting: [], message: '', problems: {}, done: achieved(state, 'commit'),
      committed: [...state.committed.filter((file) => !names.has(file.name)), ...state.waiting],
      commitMessage: state.message.trim() || 'Add files via upload', lesson: state.message.trim() ? undefined : 'default-message',
    };
  },
  leave: (state) => ({
    screen: state.readme || state.committed.length ? 'repository' : 'empty-repository', waiting: [], problems: {},
    lesson: state.screen === 'upload' && state.waiting.length ? 'not-committed' : undefined,
  }),
};

/** What the reader is asked to do now: the key of a sentence in `texts.ts`. */
export type Task =
  | 'open-sign-up' | 'fill-form' | 'solve-puzzle' | 'enter-code' | 'sign-out' | 'open-sign-in' | 'sign-in'
  | 'open-plus' | 'choose-new-repository' | 'fill-repository' | 'open-add-file' | 'choose-upload' | 'leave-editor' | 'upload-existing'
  | 'add-files' | 'wait' | 'commit' | 'finished';

export function taskOf(state: Simulation): Task {
  const { screen, menu, done, waiting } = state;
  switch (screen) {
    case 'home': return done.includes('code') ? 'open-sign-in' : 'open-sign-up';
    case 'sign-up': return 'fill-form';
    case 'puzzle': return 'solve-puzzle';
    case 'verify': return 'enter-code';
    case 'sign-in': return 'sign-in';
    case 'dashboard':
      if (!done.includes('sign-in')) return 'sign-out';
      return menu === 'plus' ? 'choose-new-repository' : 'open-plus';
    case 'new-repository': return 'fill-repository';
    case 'empty-repository': return 'upload-existing';
    case 'new-file': return 'leave-editor';
    case 'upload': return waiting.length === 0 ? 'add-files' : waiting.some((file) => !file.uploaded) ? 'wait' : 'commit';
    case 'repository':
      if (done.includes('commit')) return 'finished';
      return menu === 'add-file' ? 'choose-upload' : 'open-add-file';
  }
}
