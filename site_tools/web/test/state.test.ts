import { expect, test } from 'vitest';
import { ELEMENTS, parseState, pointsAt, stateFromLink, stateLink } from '../src/frame/state.ts';

const { state: spec } = ELEMENTS['reverse-process']!;

test.each([
  ['steps', '50', 50],
  ['steps', '0', 1],
  ['steps', '12.6', 13],
  ['steps', 'many', 20],
  ['steps', '', 20],
  ['steps', null, 20],
  ['sampler', 'ddpm-large', 'ddpm-large'],
  ['sampler', 'euler', 'ddim'],
  ['eta', '0.3', 0.3],
])('%s=%s is read as %s', (name, text, expected) => {
  expect(parseState(spec[name]!, text)).toBe(expected);
});

test('a link holds what differs from the default, and brings it back', () => {
  const link = stateLink('first', { steps: 50, seed: 0, sampler: 'ddpm-small' }, spec, 'http://host/course/page.html?q=x#old');
  expect(link).toBe('http://host/course/page.html?demo=first&steps=50&sampler=ddpm-small#first');
  expect(stateFromLink('first', spec, new URL(link).search)).toMatchObject({ steps: 50, seed: 0, sampler: 'ddpm-small' });
  expect(stateFromLink('second', spec, new URL(link).search)).toEqual({});
});

test('every default is a permitted value', () => {
  for (const { state } of Object.values(ELEMENTS)) {
    for (const one of Object.values(state)) expect(parseState(one, one.default)).toBe(one.default);
  }
});

test.each([
  ['#first', 'first', true],
  ['#%E5%9B%BE', '图', true],
  ['#other', 'first', false],
  ['#%E5%8F', 'first', false], // half a character: decodeURIComponent throws
  ['#%', '%', false],
  ['', '', false],
  ['#', '', false],
])('%s points at "%s": %s', (hash, id, expected) => {
  expect(pointsAt(hash, id)).toBe(expected);
});
