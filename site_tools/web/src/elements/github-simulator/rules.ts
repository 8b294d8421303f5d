/**
 * What GitHub accepts and refuses, as pure functions. Taken from its documentation and interface as of
 * 2026-11 (sources: the page that uses the simulator); not checked on the live site.
 */

const USERNAME_LIMIT = 39;
const REPOSITORY_LIMIT = 100;
export const DESCRIPTION_LIMIT = 350;
/** Of one file in the browser, in MiB, and of files at once. */
export const UPLOAD_LIMIT_MIB = 25;
export const UPLOAD_LIMIT_FILES = 100;
export const CODE_LENGTH = 8;

/** Stands for the lists of leaked passwords that GitHub compares with. */
const LEAKED = new Set(['password123', 'qwerty123', 'iloveyou1', 'woaini1314', 'a123456789']);

export type PasswordProblem = 'password-short' | 'password-no-digit' | 'password-no-lowercase' | 'password-leaked';

/** 15 characters of any kind, or 8 with a digit and a lowercase letter; and not one that everybody knows. */
export function passwordProblem(password: string): PasswordProblem | undefined {
  const length = [...password].length;
  if (length < 8) return 'password-short';
  if (length < 15 && !/\d/.test(password)) return 'password-no-digit';
  if (length < 15 && !/[a-z]/.test(password)) return 'password-no-lowercase';
  return LEAKED.has(password.toLowerCase()) ? 'password-leaked' : undefined;
}

export type UsernameProblem = 'username-long' | 'username-letters' | 'username-hyphens' | 'username-taken';

/** Letters, digits and single hyphens between them, at most 39, and nobody else's. */
export function usernameProblem(username: string, taken: readonly string[]): UsernameProblem | undefined {
  if (!/^[a-z\d-]*$/i.test(username)) return 'username-letters';
  if (/^-|--|-$/.test(username)) return 'username-hyphens';
  if (username.length > USERNAME_LIMIT) return 'username-long';
  return taken.includes(username.toLowerCase()) ? 'username-taken' : undefined;
}

/** The name a repository really gets: every run of other characters becomes one hyphen. */
export const repositorySlug = (name: string): string => name.trim().replace(/[^\w.-]+/g, '-').slice(0, REPOSITORY_LIMIT);

export type RepositoryProblem = 'name-blank' | 'name-taken';

export function repositoryProblem(name: string, own: readonly string[]): RepositoryProblem | undefined {
  const slug = repositorySlug(name);
  if (!slug) return 'name-blank';
  return own.some((one) => one.toLowerCase() === slug.toLowerCase()) ? 'name-taken' : undefined;
}

/** A file as it lies on the desk: only its name and size are ever looked at. */
export interface DeskFile {
  name: string;
  /** In bytes. */
  bytes: number;
  /** For a folder: how many files it holds. */
  files?: number;
}

export type UploadProblem = 'file-big' | 'file-empty' | 'files-many';

/** What waits for the commit once files are added: the same name again replaces the file. */
export const merged = <F extends DeskFile>(waiting: readonly F[], added: readonly F[]): F[] =>
  [...new Map([...waiting, ...added].map((file) => [file.name, file])).values()];

/** @param waiting the files that wait for the commit already. */
export function uploadProblem(files: readonly DeskFile[], waiting: readonly DeskFile[]): UploadProblem | undefined {
  const count = merged(waiting, files).reduce((sum, file) => sum + (file.files ?? 1), 0);
  if (count > UPLOAD_LIMIT_FILES) return 'files-many';
  if (files.some((file) => file.bytes > UPLOAD_LIMIT_MIB * 2 ** 20)) return 'file-big';
  return files.some((file) => file.bytes === 0) ? 'file-empty' : undefined;
}

/** Whether a file's name stays readable in links: ASCII, no blanks, no # or %. */
export const isPlainFileName = (name: string): boolean => /^[\w.+-]+$/.test(name);
