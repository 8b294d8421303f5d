/** The still that `python -m site_tools figures` makes is the first picture that <point-flow> paints. */
// @ts-expect-error the project has no types of Node
import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import flow from '../src/elements/point-flow/spec.json';
import { readPalette, shadesOf } from '../src/elements/point-flow/draw.ts';
import { normal } from '../src/maths/random.ts';

const read = (path: string): string => readFileSync(path, 'utf8');

/** The variables of the first rule of the styles, or of the one for the dark theme. */
function variables(theme: 'light' | 'dark'): Map<string, string> {
  const rule = read('src/elements/point-flow/style.css').split(theme === 'dark' ? "[data-md-color-scheme='slate'] point-flow {" : 'point-flow {')[1]!.split('}')[0]!;
  return new Map([...rule.matchAll(/(--[\w-]+): ([^;]+);/g)].map(([, name, value]) => [name!, value!]));
}

test.each(['light', 'dark'] as const)('every point has the place and the shade it starts with: %s', (theme) => {
  const svg = read(`../../docs/assets/figures/point-flow-poster-${theme}.svg`);
  const { points, seed } = flow.state;
  const noise = normal(seed.default, 0, 1, 2 * points.default);
  const values = variables(theme);
  vi.stubGlobal('getComputedStyle', () => ({ getPropertyValue: (name: string) => values.get(name) ?? '' }));
  const { channels } = readPalette({} as Element);
  vi.unstubAllGlobals();
  const hex = (colour: number[]) => `#${colour.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
  const drawn = [...svg.matchAll(/stroke="(#\w{6})" d="([^"]*)"/g)].flatMap(([, colour, path]) => [...path!.matchAll(/M(-?\d+) (-?\d+)h0/g)].map(([, x, y]) => `${x} ${y} ${colour}`));
  const started = [...shadesOf(noise)].map((shade, i) => `${Math.round(920 + 200 * noise[2 * i]!)} ${Math.round(460 + 200 * noise[2 * i + 1]!)} ${hex(channels[shade]!)}`);
  expect(drawn.sort()).toEqual(started.sort());
});
