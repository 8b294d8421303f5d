/**
 * What a reader can do on the drawn pages, and what becomes of the state.
 *
 * A mistake is an action like any other; it leaves a lesson, the key of an explanation in `texts.ts`.
 */
import {
  CODE_LENGTH, DESCRIPTION_LIMIT, isPlainFileName, merged, passwordProblem, repositoryProblem, repositorySlug, uploadProblem, usernameProblem, type DeskFile,
} from './rules.ts';
import { codeOf, MAIL, SMALLER, TAKEN_USERNAMES } from './samples.ts';
import {
  created, MILESTONES, openRepository, type Commit, type Field, type Lesson, type Menu, type Milestone, type Problem, type Repository, type Screen, type Simulation, type Way,
} from './simulation.ts';

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
  | { type: 'open'; name: string }
  | { type: 'add'; files: readonly DeskFile[] }
  | { type: 'uploaded' }
  | { type: 'remove'; index: number }
  | { type: 'way'; way: Way }
  | { type: 'branch'; value: 'main' | 'new' }
  | { type: 'commit' }
  | { type: 'create-pull-request' }
  | { type: 'merge' }
  | { type: 'leave' };

type Handler<A> = (state: Simulation, action: A) => Partial<Simulation>;
type Handlers = { [T in Action['type']]: Handler<Extract<Action, { type: T }>> };

/** One action; what the reader is told about it replaces what they were told before. */
export function step(state: Simulation, action: Action): Simulation {
  const handler = HANDLERS[action.type] as Handler<Action>;
  let next: Simulation = { ...state, lesson: undefined, menu: '', turn: state.turn + 1, ...handler(state, action) };
  if (state.screen === 'upload' && next.screen !== 'upload' && next.waiting.length) next = { ...next, waiting: [], lesson: 'not-committed' };
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

const namesOf = (state: Simulation): string[] => state.repositories.map((one) => one.name);

/** The page of a repository: an empty one has no list of files. */
const pageOf = (repository: Repository | undefined): Screen => (repository?.commits.length ? 'repository' : 'empty-repository');

const mailProblem = (mail: string): Problem | undefined => (mail === MAIL.throwaway ? 'mail-throwaway' : undefined);

const currentCode = (state: Simulation): string | undefined => state.mails.at(-1)?.code;

const sendCode = (state: Simulation, folder: 'inbox' | 'spam'): Pick<Simulation, 'mails'> => ({
  mails: [...state.mails, { folder, code: codeOf(state.mails.length) }],
});

/** A commit on the branch main: the first page of the repository shows it. */
const committed = (state: Simulation, commit: Commit): Partial<Simulation> => ({
  repositories: state.repositories.map((one) => (one.name === state.repository ? { ...one, commits: [commit, ...one.commits] } : one)),
  screen: 'repository', waiting: [], problems: {}, done: achieved(state, 'commit'),
});

const FORM = ['mail', 'password', 'username', 'country'] as const;

const HANDLERS: Handlers = {
  go: (state, { screen }) => {
    if (screen === 'sign-up' && state.done.includes('code')) return { lesson: 'sign-up-again' };
    if (screen === 'sign-in' && !state.done.includes('code')) return { lesson: 'sign-in-first' };
    if (screen === 'new-repository') return { screen, name: '', description: '', visibility: 'Public', readme: false, problems: {}, done: achieved(state, 'new-repository') };
    if (screen === 'new-file') return { screen, lesson: 'create-new-file' };
    if (screen === 'upload') return { screen, message: '', branch: 'main', proposal: undefined, problems: {}, done: achieved(state, 'add-file') };
    return { screen, problems: {} };
  },
  menu: (state, { menu }) => ({ menu: state.menu === menu ? '' : menu, lesson: state.lesson }),
  learn: (_, { lesson }) => ({ lesson }),

  // --- An account ---
  mail: (state, { value }) => ({ mail: value, ...problemAt(state, 'mail', mailProblem(value)) }),
  password: (state, { value }) => ({ password: value, ...problemAt(state, 'password', value ? passwordProblem(value) : undefined) }),
  username: (state, { value }) => ({ username: value, ...problemAt(state, 'username', value ? usernameProblem(value, TAKEN_USERNAMES) : undefined) }),
  country: (state, { value }) => ({ country: value, ...problemAt(state, 'country', undefined) }),
  'create-account': (state) => {
    const all: Simulation['problems'] = { ...state.problems };
    for (const field of FORM) if (!state[field]) all[field] = 'blank';
    const first = FORM.map((field) => all[field]).find(Boolean);
    return first ? { problems: all, lesson: first } : { screen: 'puzzle', problems: {}, done: achieved(state, 'sign-up') };
  },
  puzzle: (state, { right }) => {
    if (!right) return problemAt(state, 'puzzle', 'puzzle-wrong');
    const sent = state.mail === MAIL.good ? sendCode(state, 'spam') : {};
    return { screen: 'verify', problems: {}, code: '', ...sent, done: achieved(state, 'puzzle') };
  },
  folder: (state, { folder }) => ({ folder, lesson: folder === 'spam' && state.mails.some((mail) => mail.folder === 'spam') ? 'mail-in-spam' : undefined }),
  resend: (state) => (state.mail === MAIL.typo ? { lesson: 'mail-typo' } : { ...sendCode(state, 'inbox'), lesson: 'mail-resent' }),
  'update-mail': (state) => ({
    mail: MAIL.good, ...sendCode(state, 'inbox'), code: '', problems: {}, lesson: state.mail === MAIL.good ? 'mail-same' : 'mail-updated',
  }),
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
    const problem = value ? repositoryProblem(value, namesOf(state)) : undefined;
    const told = problemAt(state, 'name', problem);
    return { name: value, ...told, lesson: told.lesson ?? (value && repositorySlug(value) !== value ? 'name-changed' : undefined) };
  },
  description: (state, { value }) => ({ description: [...value].slice(0, DESCRIPTION_LIMIT).join(''), lesson: state.lesson }),
  visibility: (_, { value }) => ({ visibility: value, lesson: value === 'Private' ? 'private' : undefined }),
  readme: (state) => ({ readme: !state.readme }),
  'create-repository': (state) => {
    const problem = repositoryProblem(state.name, namesOf(state));
    if (problem) return problemAt(state, 'name', problem);
    const own = created(repositorySlug(state.name), state.description, state.visibility, state.readme);
    return {
      repositories: [own, ...state.repositories], repository: own.name, waiting: [], problems: {}, done: achieved(state, 'create'),
      screen: pageOf(own), lesson: state.readme ? undefined : 'readme-off',
    };
  },
  open: (state, { name }) => ({ repository: name, problems: {}, screen: pageOf(state.repositories.find((one) => one.name === name)) }),

  // --- A deck ---
  add: (state, { files }) => {
    const problem = uploadProblem(files, state.waiting);
    if (problem) return problemAt(state, 'files', problem);
    const waiting = merged(state.waiting, files.map((file) => ({ ...file, uploaded: false })));
    return { waiting, ...problemAt(state, 'files', undefined), lesson: files.every((file) => isPlainFileName(file.name)) ? undefined : 'file-name' };
  },
  uploaded: (state) => ({
    waiting: state.waiting.map((file) => ({ ...file, uploaded: true })), menu: state.menu, lesson: state.lesson === 'still-uploading' ? undefined : state.lesson,
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
    const message = state.message.trim();
    const commit = { message: message || 'Add files via upload', files: state.waiting };
    if (state.branch === 'new') return { screen: 'pull-request', proposal: { ...commit, open: false }, waiting: [], lesson: 'proposed' };
    return { ...committed(state, commit), lesson: message ? undefined : 'default-message' };
  },
  'create-pull-request': ({ proposal }) => (proposal ? { proposal: { ...proposal, open: true }, lesson: 'pull-request-open' } : {}),
  merge: (state) => {
    if (!state.proposal) return {};
    const { message, files } = state.proposal;
    return { ...committed(state, { message, files }), proposal: undefined, lesson: 'merged' };
  },
  leave: (state) => {
    if (state.screen === 'pull-request') return { lesson: state.proposal?.open ? 'pull-request-open' : 'proposed' };
    return { screen: pageOf(openRepository(state)), problems: {} };
  },
};
