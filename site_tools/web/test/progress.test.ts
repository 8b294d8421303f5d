import { beforeEach, expect, test, vi } from 'vitest';
import { countDone, whereToGoOn } from '../src/elements/lesson-cards/progress.ts';

const kept = new Map<string, string>();
const storage = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
};
const forbidden = () => {
  throw new DOMException('denied', 'SecurityError');
};

/** The module as a page of a course has it. */
async function on(address: string, page: string, root: string) {
  vi.resetModules();
  vi.stubGlobal('location', new URL(address));
  vi.stubGlobal('document', {
    documentElement: { lang: 'en' },
    getElementById: () => ({ textContent: JSON.stringify({ root, page }) }),
  });
  return import('../src/page/progress.ts');
}
const overview = () => on('https://a.example/course/diffusion/overview/', 'diffusion/overview.md', '../../');
const home = () => on('https://a.example/course/', 'index.md', '');

beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', storage);
});

test('what is done on a page is known at home, once, and where it was done last', async () => {
  const page = await overview();
  for (const id of ['ex-a', 'ex-b', 'ex-a']) page.noteDone(id);
  const { doneOn } = await home();
  expect(doneOn('diffusion/overview.md')).toEqual(['ex-a', 'ex-b']);
  expect(doneOn('github/account.md')).toEqual([]);
  expect(doneOn('')).toEqual(['diffusion/overview.md']);
});

test('the twin of a page shares its progress, another course on the same server does not', async () => {
  (await overview()).noteDone('ex-a');
  const twin = await on('https://a.example/course/en/diffusion/overview/', 'diffusion/overview.md', '../../../');
  expect(twin.doneOn('diffusion/overview.md')).toEqual(['ex-a']);
  const other = await on('https://a.example/other/diffusion/overview/', 'diffusion/overview.md', '../../');
  expect(other.doneOn('diffusion/overview.md')).toEqual([]);
});

test('a course on a disk has a root as well', async () => {
  (await on('file:///C:/site/diffusion/overview.html', 'diffusion/overview.md', '../')).noteDone('ex-a');
  const { doneOn } = await on('file:///C:/site/index.html', 'index.md', '');
  expect(doneOn('diffusion/overview.md')).toEqual(['ex-a']);
});

test('what others left in an entry is no exercise, and does not stop the next one', async () => {
  (await overview()).noteDone('ex-a');
  const [key] = [...kept.keys()].filter((one) => one.endsWith('overview.md'));
  kept.set(key!, '{"ex-a":[1,null]}  \u0000');
  const { doneOn, noteDone } = await overview();
  expect(countDone(['ex-a', 'ex-b'], doneOn('diffusion/overview.md'))).toBe(0);
  noteDone('ex-b');
  expect(countDone(['ex-a', 'ex-b'], doneOn('diffusion/overview.md'))).toBe(1);
});

test.each([
  ['full', { ...storage, setItem: forbidden }],
  ['forbidden', { getItem: forbidden, setItem: forbidden, removeItem: forbidden }],
])('storage that is %s does no harm', async (_, broken) => {
  vi.stubGlobal('localStorage', broken);
  const { doneOn, forgetDone, noteDone } = await overview();
  noteDone('ex-a');
  expect(doneOn('diffusion/overview.md')).toEqual([]);
  forgetDone('diffusion/overview.md');
});

test('a browser without storage, where even its name throws', async () => {
  vi.stubGlobal('localStorage', undefined);
  const { doneOn, noteDone } = await overview();
  noteDone('ex-a');
  expect(doneOn('diffusion/overview.md')).toEqual([]);
});

test('what is forgotten is gone, and only that', async () => {
  const { doneOn, forgetDone, noteDone } = await overview();
  noteDone('ex-a');
  kept.set('__palette', 'theirs');
  forgetDone('diffusion/overview.md');
  forgetDone('');
  expect(doneOn('diffusion/overview.md')).toEqual([]);
  expect([...kept.keys()]).toEqual(['__palette']);
});

test('exercises that a page no longer has do not count', () => {
  expect(countDone(['ex-a', 'ex-new'], ['ex-a', 'ex-old', 'ex-older'])).toBe(1);
  expect(countDone([], ['ex-a'])).toBe(0);
});

test('one goes on where one stopped, or at the next lesson with a question left', () => {
  const cards = [
    { page: 'a', done: 0, of: 2 },
    { page: 'b', done: 1, of: 2 },
    { page: 'c', done: 2, of: 2 },
    { page: 'notebook', done: 0, of: 0 },
    { page: 'd', done: 0, of: 1 },
  ];
  expect(whereToGoOn(cards, '')).toBeUndefined();
  expect(whereToGoOn(cards, 'gone')).toBeUndefined();
  expect(whereToGoOn(cards, 'b')).toBe('b');
  expect(whereToGoOn(cards, 'c')).toBe('d');
  expect(whereToGoOn(cards.slice(0, 4), 'c')).toBeUndefined();
});
