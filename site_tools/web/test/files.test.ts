/** Bytes from a network, a cache and a disk that are only pretended: what is damaged, silent or something else. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const GOOD = Uint8Array.from({ length: 3000 }, (_, i) => i % 251);
const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
const HASH = `sha256-${base64(new Uint8Array(await crypto.subtle.digest('SHA-256', GOOD)))}`;
const flipped = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => Uint8Array.from(bytes, (byte, i) => (i === 1500 ? byte ^ 4 : byte));
const FILE = 'models/m.onnx';
const URL_OF_FILE = 'assets/live/models/m.12345678.onnx';
const KEY = `http://course/assets/live/models/m.12345678.onnx?${encodeURI(HASH)}`;

/** Cache Storage as far as it is used here. */
class FakeCache {
  entries = new Map<string, Uint8Array<ArrayBuffer>>();
  match = async (key: string) => (this.entries.has(key) ? new Response(this.entries.get(key)!) : undefined);
  keys = async () => [...this.entries.keys()].map((url) => ({ url }));
  delete = async (key: string | { url: string }) => this.entries.delete(typeof key === 'string' ? key : key.url);
  put = async (key: string, response: Response) => void this.entries.set(key, new Uint8Array(await response.arrayBuffer()));
}

let cache: FakeCache;
let requests: { url: string; cache: string | undefined }[];
/** What the network answers, request after request; the last answer is repeated. */
let answers: (() => Response | Promise<Response>)[];
let files: typeof import('../src/runtime/files.ts');

const ok = (bytes: Uint8Array, type = 'application/octet-stream') => () => new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { 'content-type': type } });

async function openPage(protocol = 'http:') {
  vi.resetModules(); // another visit
  vi.stubGlobal('location', { protocol, href: `${protocol}//course/page.html` });
  const table = JSON.stringify({ lang: 'en', files: { [FILE]: { url: URL_OF_FILE, bytes: GOOD.length, integrity: HASH } } });
  vi.stubGlobal('document', { getElementById: () => ({ textContent: table }), documentElement: { lang: 'en' } });
  files = await import('../src/runtime/files.ts');
}

beforeEach(async () => {
  cache = new FakeCache();
  requests = [];
  answers = [ok(GOOD)];
  vi.stubGlobal('caches', { open: async () => cache });
  vi.stubGlobal('fetch', async (url: string, options: { cache?: string; signal?: AbortSignal } = {}) => {
    requests.push({ url, cache: options.cache });
    const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
    return Promise.race([answer(), new Promise<never>((_, reject) => options.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))))]);
  });
  await openPage();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const kept = () => vi.waitFor(() => expect(cache.entries.get(KEY)).toEqual(GOOD));

test('a file is fetched once, kept, and read from the cache by the next visit', async () => {
  expect(await files.loadBytes(FILE)).toEqual(GOOD);
  await kept();
  await openPage();
  expect(await files.isCached([FILE])).toBe(true);
  expect(await files.loadBytes(FILE)).toEqual(GOOD);
  expect(requests).toHaveLength(1);
});

test('a bit that turned over in the cache is noticed: the entry is thrown away, the file fetched again and kept', async () => {
  cache.entries.set(KEY, flipped(GOOD));
  expect(await files.loadBytes(FILE)).toEqual(GOOD);
  expect(requests).toHaveLength(1);
  await kept();
});

test('the same where a page has no crypto.subtle, from the network too', async () => {
  vi.stubGlobal('crypto', {});
  cache.entries.set(KEY, flipped(GOOD));
  expect(await files.loadBytes(FILE)).toEqual(GOOD);
  answers = [ok(flipped(GOOD))];
  cache.entries.clear();
  await expect(files.loadBytes(FILE)).rejects.toMatchObject({ code: 'integrity' });
});

test('a wrong file from the network is refused and not kept; the retry asks past the cache of the browser', async () => {
  answers = [ok(flipped(GOOD)), ok(GOOD)];
  await expect(files.loadBytes(FILE)).rejects.toMatchObject({ code: 'integrity' });
  expect(cache.entries.size).toBe(0);
  expect(await files.loadBytes(FILE)).toEqual(GOOD);
  expect(requests.map((request) => request.cache)).toEqual(['default', 'reload']);
});

test.each([GOOD.subarray(0, 100), new Uint8Array(4000)])('a file of another size is refused', async (bytes) => {
  answers = [ok(bytes)];
  await expect(files.loadBytes(FILE)).rejects.toMatchObject({ code: 'integrity' });
});

test('the log-in page of a campus is called that, and the retry asks past the cache of the browser', async () => {
  answers = [ok(GOOD, 'text/html; charset=utf-8'), ok(GOOD)];
  await expect(files.loadBytes(FILE)).rejects.toMatchObject({ code: 'portal' });
  expect(await files.loadBytes(FILE)).toEqual(GOOD);
  expect(requests.at(-1)!.cache).toBe('reload');
});

test('a portal that sends one to another origin is called that too', async () => {
  const redirect = () => Object.defineProperty(new Response(), 'type', { value: 'opaqueredirect' });
  answers = [() => Promise.reject(new TypeError('blocked')), redirect];
  await expect(files.loadBytes(FILE)).rejects.toMatchObject({ code: 'portal' });
});

test('a broken connection is called that', async () => {
  answers = [() => Promise.reject(new TypeError('failed'))];
  await expect(files.loadBytes(FILE)).rejects.toMatchObject({ code: 'network' });
});

// --- Silence -------------------------------------------------------------------------------------

const seconds = (count: number) => vi.advanceTimersByTimeAsync(1000 * count);
// @ts-expect-error the project has no types of Node
const breathe = globalThis.setImmediate as (then: () => void) => void; // the real one
/** Let time pass until a promise is settled: what is hashed meanwhile takes its own, real time. */
async function settled<T>(promise: Promise<T>): Promise<T> {
  let waiting = true;
  promise.then(
    () => (waiting = false),
    () => (waiting = false),
  );
  while (waiting) {
    await vi.advanceTimersByTimeAsync(50);
    await new Promise<void>((then) => breathe(then));
  }
  return promise;
}

test('a network that never answers is noticed after 20 seconds', async () => {
  vi.useFakeTimers();
  answers = [() => new Promise(() => {})];
  const settled = vi.fn();
  const load = files.loadBytes(FILE);
  load.catch(settled);
  await seconds(19);
  expect(settled).not.toHaveBeenCalled();
  await seconds(2);
  await expect(load).rejects.toMatchObject({ code: 'stalled' });
});

test('a slow line makes progress: 3000 bytes in 150 seconds are waited for, and reported', async () => {
  vi.useFakeTimers();
  const piece = GOOD.length / 10;
  const slow = new ReadableStream<Uint8Array>({
    async start(controller) {
      for (let i = 0; i < 10; i++) {
        await new Promise((resolve) => setTimeout(resolve, 15_000));
        controller.enqueue(GOOD.slice(i * piece, (i + 1) * piece));
      }
      controller.close();
    },
  });
  answers = [() => new Response(slow)];
  const progress: number[] = [];
  const load = files.loadBytes(FILE, { onProgress: (loaded) => progress.push(loaded) });
  const done = vi.fn();
  void load.then(done);
  await seconds(160);
  await vi.waitFor(() => expect(done).toHaveBeenCalledWith(GOOD));
  expect(progress.slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, i) => (i + 1) * piece));
});

test('a body that stops in the middle is noticed, and nothing is reported afterwards', async () => {
  vi.useFakeTimers();
  let late: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(GOOD.slice(0, 1000));
      late = controller;
    },
  });
  answers = [() => new Response(body)];
  const progress = vi.fn();
  const load = files.loadBytes(FILE, { onProgress: progress });
  load.catch(() => {});
  await seconds(21);
  await expect(load).rejects.toMatchObject({ code: 'stalled' });
  expect(progress).toHaveBeenCalledTimes(1);
  late!.enqueue(GOOD.slice(1000));
  await seconds(1);
  expect(progress).toHaveBeenCalledTimes(1);
});

test('a cache that never answers counts as empty after 20 seconds, and is not asked again', async () => {
  vi.useFakeTimers();
  const open = vi.fn(() => new Promise(() => {}));
  vi.stubGlobal('caches', { open });
  const load = files.loadBytes(FILE);
  await seconds(21);
  expect(await settled(load)).toEqual(GOOD);
  expect(await files.isCached([FILE])).toBe(false);
  expect(open).toHaveBeenCalledOnce();
});

test.each([
  ['denied', { open: () => Promise.reject(new DOMException('', 'SecurityError')) }],
  ['absent', undefined],
  ['full', { open: async () => Object.assign(new FakeCache(), { put: () => Promise.reject(new DOMException('', 'QuotaExceededError')) }) }],
  ['broken', { open: async () => Object.assign(new FakeCache(), { match: () => Promise.reject(new Error('disk')), delete: () => Promise.reject(new Error('disk')) }) }],
])('a cache that is %s stops nothing', async (_, caches) => {
  vi.stubGlobal('caches', caches);
  expect(await files.loadBytes(FILE)).toEqual(GOOD);
  expect(await files.isCached([FILE])).toBe(false);
  await files.forget(FILE);
});

// --- file: ---------------------------------------------------------------------------------------

/** A disk whose script of a file puts this text on the shelf. */
async function disk(text: string | undefined) {
  await openPage('file:');
  const shelf = globalThis as { liveFiles?: Record<string, string> };
  const script = { remove: () => {}, onload: () => {} };
  const append = () => {
    if (text !== undefined) (shelf.liveFiles ??= {})[FILE] = text;
    setTimeout(() => script.onload());
  };
  Object.assign(document, { createElement: () => script, head: { append } });
}

test('an offline copy is read from its script', async () => {
  await disk(base64(GOOD));
  expect(await files.loadBytes(FILE)).toEqual(GOOD);
});

test.each([
  ['a flipped bit', base64(flipped(GOOD))],
  ['a letter that base64 has not', base64(GOOD).replace('A', '!')],
  ['half a file', base64(GOOD).slice(0, 1999)],
  ['a script that does not run', undefined],
])('%s in an offline copy is told', async (_, text) => {
  await disk(text);
  await expect(files.loadBytes(FILE)).rejects.toMatchObject({ code: 'damaged' });
});

test('an offline copy is checked where the browser has no crypto.subtle', async () => {
  vi.stubGlobal('crypto', {});
  await disk(base64(flipped(GOOD)));
  await expect(files.loadBytes(FILE)).rejects.toMatchObject({ code: 'damaged' });
});
