import { expect, test, vi } from 'vitest';
import { holdsState } from '../src/page/holds-state.ts';

vi.stubGlobal('HTMLElement', class {}); // the module defines an element; only its pure functions are tested here
const { demoStage, isDone, readNumber } = await import('../src/page/exercise.ts');

test.each([
  ['0.603', 0.603],
  [' 0,603 ', 0.603],
  ['−0.2', -0.2],
  ['－０．２', -0.2],
  ['60.3%', 0.603],
  ['1e-3', 0.001],
  ['.5', 0.5],
  ['3.', 3],
  ['18,000', 18000],
  ['100,000,000', 1e8],
  ['-1,250.5', -1250.5],
  ['１８，０００', 18000],
])('%s is %d', (text, value) => {
  expect(readNumber(text)).toBeCloseTo(value, 12);
});

test.each(['', 'abc', '1.2.3', '--1', '1 or 2'])('%s is no number', (text) => {
  expect(readNumber(text)).toBeNaN();
});

test('a state is reached when every value asked for is there', () => {
  const state = { sampler: 'ddim', eta: 1, steps: 20, text: '8' };
  expect(holdsState(state, { sampler: 'ddim', eta: 1 })).toBe(true);
  expect(holdsState(state, { sampler: 'ddim', eta: 0.9 })).toBe(false);
  expect(holdsState(state, { path: 1 })).toBe(false);
  expect(holdsState(state, { label: '7' })).toBe(false);
});

test('numbers written as words match: YAML reads `label: 7` as a number', () => {
  expect(holdsState({ label: '7' }, { label: 7 })).toBe(true);
});

test('a demo whose program has not been fetched yet is not said to be missing', () => {
  const goal = { eta: 1 };
  expect(demoStage(null, goal)).toBe('missing');
  expect(demoStage({}, goal)).toBe('waiting');
  expect(demoStage({ state: { eta: 0 } }, goal)).toBe('elsewhere');
  expect(demoStage({ state: { eta: 1 } }, goal)).toBe('reached');
});

test.each([
  ['predict', false, true],
  ['compute', false, false],
  ['do', false, false],
  ['compute', true, true],
  ['do', true, true],
])('a %s exercise answered rightly (%s) is done: %s', (kind, right, done) => {
  expect(isDone(kind, right)).toBe(done);
});
