import { expect, test } from 'vitest';
import declared from '../src/elements/reverse-process/spec.json';
import { elementSpec, parseState, pointsAt, stateFromLink, stateLink } from '../src/frame/state.ts';
import { DEFAULTS, REGISTRIES } from '../src/maths/registries.ts';
import { DEFAULT_SAMPLER } from '../src/maths/samplers.ts';

const { state: spec } = elementSpec(declared, REGISTRIES, DEFAULTS);

test.each([
  ['steps', '50', 50],
  ['steps', '0', 1],
  ['steps', '12.6', 13],
  ['steps', 'many', declared.state.steps.default],
  ['steps', '', declared.state.steps.default],
  ['steps', null, declared.state.steps.default],
  ['sampler', 'ddpm-large', 'ddpm-large'],
  ['sampler', 'euler', DEFAULT_SAMPLER],
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

test('a choice may name a registry, and then offers what stands in it', () => {
  const choice = (values: unknown, value?: string) => ({ state: { sampler: { type: 'choice', default: value, values } } });
  const samplers = { ...REGISTRIES.samplers, toy: REGISTRIES.samplers.ddim };
  expect(elementSpec(choice('samplers', 'toy'), { samplers }).state['sampler']).toMatchObject({ default: 'toy', values: [...Object.keys(REGISTRIES.samplers), 'toy'] });
  expect(elementSpec(choice('samplers'), REGISTRIES, { samplers: 'heun' }).state['sampler']).toMatchObject({ default: 'heun' });
  expect(() => elementSpec(choice('samplers', 'toy'), REGISTRIES)).toThrow('sampler: the default toy is no permitted value');
  expect(() => elementSpec(choice('samplers'), REGISTRIES)).toThrow('sampler: the default undefined is no permitted value');
  expect(() => elementSpec(choice('seasons', 'winter'), REGISTRIES)).toThrow('sampler: there is no registry "seasons"');
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
