/** An element's script from a network that is only pretended. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadProgram } from '../src/page/script.ts';

const load = () => loadProgram('x.js', () => customElements.get('x-y') !== undefined);

type Arrival = 'defines' | 'page' | 'error';

/** What each added script turns out to be, and what the network says when asked. */
let arrivals: Arrival[];
let answer: () => Response | Promise<Response>;
let defined: Set<string>;
let added: string[];
let asked: { cache?: string; redirect?: string }[];

beforeEach(() => {
  defined = new Set();
  added = [];
  asked = [];
  vi.stubGlobal('location', { protocol: 'http:' });
  vi.stubGlobal('customElements', { get: (tag: string) => (defined.has(tag) ? class {} : undefined) });
  const append = (script: { src: string; onload: () => void; onerror: () => void }) => {
    added.push(script.src);
    const arrival = arrivals.shift() ?? 'error';
    if (arrival === 'defines') defined.add('x-y');
    setTimeout(() => (arrival === 'error' ? script.onerror() : script.onload())); // a page "loads": the script is a mistake of syntax
  };
  vi.stubGlobal('document', { createElement: () => ({ remove: () => {} }), head: { append } });
  vi.stubGlobal('fetch', async (_: string, options: object) => {
    asked.push(options);
    return answer();
  });
});

afterEach(() => void vi.unstubAllGlobals());

const html = () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } });
const js = () => new Response('', { headers: { 'content-type': 'text/javascript' } });
const redirect = () => Object.defineProperty(new Response(), 'type', { value: 'opaqueredirect' });

test('a script that defines its element is asked for once', async () => {
  arrivals = ['defines'];
  await load();
  expect(added).toEqual(['x.js']);
  expect(asked).toEqual([]);
});

test.each([
  ['a page with status 200', 'page', html, 'portal'],
  ['a way to another server', 'error', redirect, 'portal'],
  ['nothing', 'error', () => Promise.reject(new TypeError('failed')), 'script'],
  ['a page that says 404', 'error', () => new Response('', { status: 404, headers: { 'content-type': 'text/html' } }), 'script'],
  ['a script with a mistake', 'page', js, 'script'],
] as const)('%s in its place is told apart', async (_, arrival, response, code) => {
  arrivals = [arrival, arrival];
  answer = response;
  await expect(load()).rejects.toMatchObject({ code });
});

test('after the log-in the retry gets past what the browser has kept of the portal', async () => {
  arrivals = ['page', 'defines']; // first what the browser had kept
  answer = js; // and this is what the network gives now
  await load();
  expect(asked).toMatchObject([{ cache: 'reload', redirect: 'manual' }]);
});

test('from disk nothing is asked of a network', async () => {
  vi.stubGlobal('location', { protocol: 'file:' });
  arrivals = ['error'];
  await expect(load()).rejects.toMatchObject({ code: 'script' });
  expect(asked).toEqual([]);
});
