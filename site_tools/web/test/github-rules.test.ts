import { expect, test } from 'vitest';
import {
  CODE_LENGTH, isPlainFileName, merged, passwordProblem, repositoryProblem, repositorySlug, UPLOAD_LIMIT_FILES, UPLOAD_LIMIT_MIB, uploadProblem, usernameProblem,
} from '../src/elements/github-simulator/rules.ts';
import { codeOf, DESK, OLD_REPOSITORY, PASSWORDS, SMALLER, TAKEN_USERNAMES, USERNAMES } from '../src/elements/github-simulator/samples.ts';

test.each([
  ['1234567', 'password-short'],
  ['abcdefgh', 'password-no-digit'],
  ['ABCDEFG1', 'password-no-lowercase'],
  ['Password123', 'password-leaked'],
  ['abcdefg1', undefined],
  ['ABCDEFGHIJKLMN', 'password-no-digit'], // 14
  ['ABCDEFGHIJKLMNO', undefined], // 15 of any kind
  ['三只小船渡过一片湖去看朋友的家', undefined], // 15 characters, not bytes
])('password %s: %s', (password, problem) => {
  expect(passwordProblem(password)).toBe(problem);
});

test.each([
  ['li-ming', undefined],
  ['L1', undefined],
  ['li_ming', 'username-letters'],
  ['李明', 'username-letters'],
  ['-li', 'username-hyphens'],
  ['li-', 'username-hyphens'],
  ['li--ming', 'username-hyphens'],
  ['a'.repeat(39), undefined],
  ['a'.repeat(40), 'username-long'],
  ['LiMing', 'username-taken'],
])('username %s: %s', (username, problem) => {
  expect(usernameProblem(username, ['liming'])).toBe(problem);
});

test.each([
  ['data-mining-ppt', 'data-mining-ppt'],
  ['数据 挖掘', '-'],
  ['第1讲 slides_v2.0', '-1-slides_v2.0'],
  ['  a  ', 'a'],
  ['a'.repeat(120), 'a'.repeat(100)],
])('a repository called %j becomes %j', (name, slug) => {
  expect(repositorySlug(name)).toBe(slug);
});

test('a repository needs a name of its own', () => {
  expect(repositoryProblem('  ', [])).toBe('name-blank');
  expect(repositoryProblem('Demo', ['demo'])).toBe('name-taken');
  expect(repositoryProblem('demo2', ['demo'])).toBeUndefined();
});

test('uploads: 25 MiB a file to the byte, 100 files with those that wait, nothing empty', () => {
  const file = (bytes: number) => ({ name: 'a.pptx', bytes });
  const waiting = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `${index}.pptx`, bytes: 1 }));
  expect(uploadProblem([file(UPLOAD_LIMIT_MIB * 2 ** 20)], [])).toBeUndefined();
  expect(uploadProblem([file(UPLOAD_LIMIT_MIB * 2 ** 20 + 1)], [])).toBe('file-big');
  expect(uploadProblem([file(0)], [])).toBe('file-empty');
  expect(uploadProblem([file(1)], waiting(UPLOAD_LIMIT_FILES - 1))).toBeUndefined();
  expect(uploadProblem([file(1)], waiting(UPLOAD_LIMIT_FILES))).toBe('files-many');
});

test('a file that replaces another is not one more, and a folder is as many as it holds', () => {
  const full = Array.from({ length: UPLOAD_LIMIT_FILES }, (_, index) => ({ name: `${index}.pptx`, bytes: 1 }));
  const again = { name: '0.pptx', bytes: 5 };
  expect(merged(full, [again])).toEqual([again, ...full.slice(1)]);
  expect(uploadProblem([again], full)).toBeUndefined();
  const folder = (name: string, files: number) => ({ name, bytes: 1, files });
  expect(uploadProblem([folder('a', UPLOAD_LIMIT_FILES)], [])).toBeUndefined();
  expect(uploadProblem([folder('a', UPLOAD_LIMIT_FILES + 1)], [])).toBe('files-many');
  expect(uploadProblem([folder('b', 90)], [folder('a', 90)])).toBe('files-many');
});

test('names that stay as they are in a link', () => {
  expect(['01-introduction.pptx', 'a_b+c.pdf'].every(isPlainFileName)).toBe(true);
  expect(['第1讲.pptx', 'my deck.pptx', 'a#b.pptx', 'a%b.pptx', ''].some(isPlainFileName)).toBe(false);
});

test('the samples teach every rule, and a way through exists', () => {
  expect(new Set(PASSWORDS.map(passwordProblem))).toEqual(new Set(['password-short', 'password-no-digit', 'password-no-lowercase', 'password-leaked', undefined]));
  const username = (name: string) => usernameProblem(name, TAKEN_USERNAMES);
  expect(new Set(USERNAMES.map(username))).toEqual(new Set(['username-taken', 'username-letters', 'username-hyphens', 'username-long', undefined]));
  expect(new Set(DESK.map((file) => uploadProblem([file], [])))).toEqual(new Set(['file-big', 'file-empty', 'files-many', undefined]));
  for (const file of [...SMALLER.compress, ...SMALLER.split]) expect(uploadProblem([file], [])).toBeUndefined();
  expect(OLD_REPOSITORY).toBe('demo'); // the coach asks to try it
  const codes = Array.from({ length: 50 }, (_, mail) => codeOf(mail));
  expect(codes.every((code) => code.length === CODE_LENGTH)).toBe(true);
  expect(new Set(codes).size).toBe(codes.length);
});
