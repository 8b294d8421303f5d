/**
 * The bytes of a file of the page's table: from the cache, over http(s), or from a classic script where
 * the page was opened by double click.
 *
 * Bytes are checked against the table's hash by ourselves, not by `fetch(url, { integrity })`: with that
 * option a browser must hold back the whole body until it has checked it, and a reader on a slow line
 * would look at a progress bar that stands still for 20 seconds. Where a page has no `crypto.subtle`
 * (plain http on a classroom network) the option is the only check there is, and is used.
 */
import { aborted, LiveError } from '../page/errors.ts';
import { currentPage, type FileEntry } from '../page/page.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

interface LoadOptions {
  /** Called with the number of bytes read so far. */
  onProgress?: (loaded: number) => void;
  signal?: AbortSignal;
}

const CACHE = 'live-models';
const offline = location.protocol === 'file:';
const canHash = Boolean(globalThis.crypto?.subtle);

/** Give the page a turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

export function fileEntry(logical: string): FileEntry {
  const entry = currentPage().files[logical];
  if (!entry) throw new LiveError('missing', `${logical} is not in the page's table of files`);
  return entry;
}

/** Read a whole file. Rejects with a LiveError, or with an AbortError if the signal fires. */
export async function loadBytes(logical: string, options: LoadOptions = {}): Promise<Bytes> {
  const entry = fileEntry(logical);
  if (options.signal?.aborted) throw aborted();
  let bytes = offline ? await loadFromScript(logical, entry, options) : await fromCache(entry);
  if (!bytes) {
    bytes = await download(logical, entry, options);
    await remember(entry, bytes);
  }
  options.onProgress?.(bytes.length);
  return bytes;
}

/** The same, as JSON. */
export async function loadJson<T>(logical: string, options?: LoadOptions): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await loadBytes(logical, options))) as T;
}

/** True if every file can be had without the network. */
export async function isCached(logicals: string[]): Promise<boolean> {
  if (offline) return true;
  const cache = await openCache();
  if (!cache) return false;
  const found = await Promise.all(logicals.map((logical) => cache.match(cacheKey(fileEntry(logical)))));
  return found.every(Boolean);
}

/** Drop a file that turned out to be unusable, so that a retry fetches it again. */
export async function forget(logical: string): Promise<void> {
  if (!offline) await (await openCache())?.delete(cacheKey(fileEntry(logical)));
}

async function download(logical: string, entry: FileEntry, { onProgress, signal }: LoadOptions): Promise<Bytes> {
  let bytes: Bytes;
  try {
    const response = await fetch(entry.url, {
      signal: signal ?? null,
      integrity: canHash ? '' : entry.integrity,
    });
    if (!response.ok) throw new LiveError('missing', `${entry.url}: HTTP ${response.status}`);
    bytes = await readBody(response, entry.bytes, onProgress);
    await turn(); // handing 14 MB to the hash, and later to the cache, copies them: a task each
  } catch (error) {
    if (signal?.aborted) throw aborted();
    if (error instanceof LiveError) throw error;
    throw new LiveError('network', `${entry.url}: ${error instanceof Error ? error.message : error}`);
  }
  if (canHash && (await integrityOf(bytes)) !== entry.integrity) {
    throw new LiveError('integrity', `${logical} is not the file this page was built with`);
  }
  if (signal?.aborted) throw aborted();
  return bytes;
}

async function readBody(response: Response, expected: number, onProgress?: (loaded: number) => void): Promise<Bytes> {
  const reader = response.body?.getReader();
  if (!reader) return new Uint8Array(await response.arrayBuffer());
  let bytes = new Uint8Array(expected); // the table knows the size, so nothing is copied twice
  let loaded = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (loaded + value.length > bytes.length) {
      // Another file than the table's: keep only what the hash needs to refuse it.
      await reader.cancel();
      bytes = new Uint8Array(0);
      loaded = 0;
      break;
    }
    bytes.set(value, loaded);
    loaded += value.length;
    onProgress?.(loaded);
  }
  return bytes.subarray(0, loaded) as Bytes;
}

async function integrityOf(bytes: Bytes): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-384', bytes));
  return `sha384-${btoa(String.fromCharCode(...digest))}`;
}

// --- Cache Storage -------------------------------------------------------------------------------

/** Absent over plain http on a network and in some private windows; then the browser's own cache serves. */
async function openCache(): Promise<Cache | undefined> {
  try {
    return await globalThis.caches?.open(CACHE);
  } catch {
    return undefined;
  }
}

/** The content hash is part of the key: changed content is another entry, never a stale one. */
function cacheKey(entry: FileEntry): string {
  const url = new URL(entry.url, location.href);
  url.search = entry.integrity;
  return url.href;
}

async function fromCache(entry: FileEntry): Promise<Bytes | undefined> {
  try {
    const response = await (await openCache())?.match(cacheKey(entry));
    if (!response) return undefined;
    const bytes = new Uint8Array(await response.arrayBuffer());
    return bytes.length === entry.bytes ? bytes : undefined;
  } catch {
    return undefined; // a broken cache must not stop a download
  }
}

async function remember(entry: FileEntry, bytes: Bytes): Promise<void> {
  try {
    const cache = await openCache();
    if (!cache) return;
    await turn();
    const key = cacheKey(entry);
    const plain = (url: string) => url.replace(/\?.*$/, '').replace(/\.[0-9a-f]{8,}(?=\.)/, '');
    for (const old of await cache.keys()) {
      if (old.url !== key && plain(old.url) === plain(key)) await cache.delete(old);
    }
    await cache.put(key, new Response(bytes));
  } catch {
    // Quota or private mode: the file was read, only not kept.
  }
}

// --- file:// -------------------------------------------------------------------------------------

async function loadFromScript(logical: string, entry: FileEntry, { signal }: LoadOptions): Promise<Bytes> {
  const shelf = globalThis as { liveFiles?: Record<string, string> };
  if (!shelf.liveFiles?.[logical]) await loadScript(`${entry.url}.b64.js`, signal);
  const text = shelf.liveFiles?.[logical];
  if (text === undefined) throw new LiveError('missing', `${entry.url}.b64.js`);
  delete shelf.liveFiles?.[logical]; // 19 MB of text for the runtime: do not keep it
  const bytes = await decodeBase64(text);
  if (bytes.length !== entry.bytes) throw new LiveError('integrity', logical);
  if (signal?.aborted) throw aborted();
  return bytes;
}

/** Add a classic script and wait for it; works over http and from file:. */
export async function loadScript(url: string, signal?: AbortSignal): Promise<void> {
  const script = document.createElement('script');
  await new Promise<void>((resolve, reject) => {
    script.onload = () => resolve();
    script.onerror = () => reject(new LiveError('missing', url));
    signal?.addEventListener('abort', () => reject(aborted()), { once: true });
    script.src = url;
    document.head.append(script);
  });
  script.remove();
}

/** Decode in pieces that end on a whole byte, giving the page a turn between them. */
async function decodeBase64(text: string): Promise<Bytes> {
  const piece = 1 << 20; // a multiple of 4 characters
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let start = 0, out = 0; start < text.length; start += piece) {
    const binary = atob(text.slice(start, start + piece));
    for (let i = 0; i < binary.length; i++) bytes[out++] = binary.charCodeAt(i);
    await turn();
  }
  return bytes;
}
