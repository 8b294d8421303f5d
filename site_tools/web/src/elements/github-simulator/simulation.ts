/** The practice run as a state: no page, no clock, no chance. `actions.ts` changes it, `tasks.ts` reads what comes next. */
import type { DeskFile, PasswordProblem, RepositoryProblem, UploadProblem, UsernameProblem } from './rules.ts';
import { DESK, MAIL, OLD_REPOSITORY } from './samples.ts';

export type Screen =
  | 'home' | 'sign-up' | 'puzzle' | 'verify' | 'sign-in' | 'dashboard'
  | 'new-repository' | 'repository' | 'empty-repository' | 'new-file' | 'upload' | 'pull-request';

export const LESSONS = ['account', 'repository', 'upload'] as const;
/** The lesson one begins with; those before it count as known. */
export type Start = (typeof LESSONS)[number];

export type Milestone = 'sign-up' | 'puzzle' | 'code' | 'sign-in' | 'new-repository' | 'create' | 'add-file' | 'files' | 'commit';

/** What is to be achieved in each lesson. */
export const STEPS: Record<Start, readonly Milestone[]> = {
  account: ['sign-up', 'puzzle', 'code', 'sign-in'],
  repository: ['new-repository', 'create'],
  upload: ['add-file', 'files', 'commit'],
};
export const MILESTONES: readonly Milestone[] = LESSONS.flatMap((lesson) => STEPS[lesson]);

export type Problem =
  | PasswordProblem | UsernameProblem | RepositoryProblem | UploadProblem
  | 'blank' | 'mail-throwaway' | 'puzzle-wrong' | 'code-wrong' | 'code-old';

/** Everything worth explaining: problems, and choices that are allowed but have consequences. */
export type Lesson =
  | Problem
  | 'sign-up-again' | 'sign-in-first' | 'other-account' | 'mail-typo' | 'mail-in-spam' | 'mail-resent' | 'mail-updated' | 'mail-same'
  | 'name-changed' | 'private' | 'readme-off' | 'not-needed'
  | 'create-new-file' | 'whole-folder' | 'file-name' | 'nothing-to-commit' | 'still-uploading' | 'not-committed' | 'new-branch' | 'proposed' | 'pull-request-open' | 'merged' | 'default-message'
  | Way;
export type Way = 'way-compress' | 'way-split' | 'way-git' | 'way-release';

export type Field = 'mail' | 'password' | 'username' | 'country' | 'puzzle' | 'code' | 'name' | 'files';
export type Menu = '' | 'plus' | 'account' | 'add-file';

export interface Commit {
  message: string;
  files: readonly DeskFile[];
}

export interface Repository {
  name: string;
  description: string;
  visibility: 'Public' | 'Private';
  readme: boolean;
  /** Newest first; a README is in the first one. */
  commits: readonly Commit[];
}

interface WaitingFile extends DeskFile {
  uploaded: boolean;
}

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
  /** What is typed and chosen for a new repository. */
  name: string;
  description: string;
  visibility: 'Public' | 'Private';
  readme: boolean;
  /** Newest first. */
  repositories: readonly Repository[];
  /** Name of the one that is open. */
  repository: string;
  desk: readonly DeskFile[];
  waiting: WaitingFile[];
  message: string;
  branch: 'main' | 'new';
  /** What waits on a branch of its own, and whether others have been asked to look at it. */
  proposal: (Commit & { open: boolean }) | undefined;
  problems: Partial<Record<Field, Problem>>;
  lesson: Lesson | undefined;
  /** Counts the actions, so that the same lesson twice is two tellings. */
  turn: number;
  /** Every lesson met so far, in order. */
  met: Lesson[];
  done: Milestone[];
}

const INITIAL: Commit = { message: 'Initial commit', files: [{ name: 'README.md', bytes: 40 }] };

/** A repository as it is created. */
export const created = (name: string, description: string, visibility: 'Public' | 'Private', readme: boolean): Repository => ({
  name, description, visibility, readme, commits: readme ? [INITIAL] : [],
});

const FRESH: Simulation = {
  start: 'account', screen: 'home', menu: '', mail: '', password: '', username: '', country: '', code: '', mails: [], folder: 'inbox', signedIn: false,
  name: '', description: '', visibility: 'Public', readme: false, repositories: [created(OLD_REPOSITORY, '', 'Public', true)], repository: '',
  desk: DESK, waiting: [], message: '', branch: 'main', proposal: undefined, problems: {}, lesson: undefined, turn: 0, met: [], done: [],
};
const ACCOUNT: Partial<Simulation> = { mail: MAIL.good, password: 'lamp-post-7', username: 'li-ming-dm', country: 'China', signedIn: true };

/** The beginning of one of the three lessons; what comes before it is done. */
export function begin(start: Start): Simulation {
  if (start === 'account') return FRESH;
  const account = { ...FRESH, ...ACCOUNT, start, done: [...STEPS.account] };
  if (start === 'repository') return { ...account, screen: 'dashboard' };
  const own = created('data-mining-ppt', '', 'Public', true);
  return { ...account, screen: 'repository', repositories: [own, ...FRESH.repositories], repository: own.name, done: [...STEPS.account, ...STEPS.repository] };
}

/** The repository that is open; on pages without one, none. */
export const openRepository = (state: Simulation): Repository | undefined => state.repositories.find((one) => one.name === state.repository);

/** Whether it holds what a reader uploaded. */
export const hasUploads = (repository: Repository | undefined): boolean => repository?.commits.some((commit) => commit !== INITIAL) ?? false;
