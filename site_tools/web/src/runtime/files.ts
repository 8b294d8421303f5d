/**
 * The bytes of a file of the page's table: from the cache, over http(s), or from a classic script where
 * the page was opened by double click. Wherever they come from, they are handed on only if their hash is the table's.
 *
 * They are hashed by ourselves and not by `fetch(url, { integrity })`: with that option a browser must hold back the
 * whole body until it has checked it, and a reader on a slow line would look at a progress bar that stands still.
 */
import { aborted, LiveError } from '../page/errors.ts';
import { turn } from '../page/observe.ts';
import { currentPage, type FileEntry } from '../page/page.ts';
import { within } from '../page/patience.ts';
import { isWebPage, whatComes } from '../page/script.ts';
import { dropKept, isKept, keep, readKept } from './cache.ts';
import { integrityOf } from './hash.ts';
import { loadFromScript } from './offline.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

export interface LoadOptions {
  /** Called with the number of bytes read so far; never after the promise has settled. */
  onProgress?: (loaded: number) => void;
  signal?: AbortSignal;
}

const offline = (): boolean => location.protocol === 'file:';

export function fileEntry(logical: string): FileEntry {
  const entry = currentPage().files[logical];
  if (!entry) throw new LiveError('missing', `${logical} is not in the page's table of files`);
  return entry;
}

/** Read a whole file. Rejects with a LiveError, or with an AbortError if the signal fires. */
export async function loadBytes(logical: string, options: LoadOptions = {}): Promise<Bytes> {
  const entry = fileEntry(logical);
  if (options.signal?.aborted) throw aborted();
  const bytes = offline() ? await fromDisk(logical, entry, options) : ((await fromCache(entry)) ?? (await fromNetwork(entry, options)));
  if (options.signal?.aborted) throw aborted();
  options.onProgress?.(bytes.length);
  return bytes;
}

/** The same, as JSON. */
export async function loadJson<T>(logical: string, options?: LoadOptions): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await loadBytes(logical, options))) as T;
}

/** True if every file can be had without the network. */
export async function isCached(logicals: string[]): Promise<boolean> {
  if (offline()) return true;
  return (await Promise.all(logicals.map((logical) => isKept(fileEntry(logical))))).every(Boolean);
}

/** Drop a file that turned out to be unusable, so that a retry fetches it again. */
export async function forget(logical: string): Promise<void> {
  if (!offline()) await dropKept(fileEntry(logical));
}

const isOurs = async (bytes: Bytes, entry: FileEntry): Promise<boolean> => bytes.length === entry.bytes && (await integrityOf(bytes)) === entry.integrity;

async function fromDisk(logical: string, entry: FileEntry, { signal }: LoadOptions): Promise<Bytes> {
  const bytes = await loadFromScript(logical, entry.url, signal);
  if (!(await isOurs(bytes, entry))) throw new LiveError('damaged', logical);
  return bytes;
}

async function fromCache(entry: FileEntry): Promise<Bytes | undefined> {
  const bytes = await readKept(entry);
  if (!bytes || (await isOurs(bytes, entry))) return bytes;
  await dropKept(entry); // a bit has turned over on this disk
  return undefined;
}

/** Addresses that gave something else: the browser's own cache may hold it, so the next try asks past that. */
const suspects = new Set<string>();

function refused(code: 'integrity' | 'portal', url: string): LiveError {
  suspects.add(url);
  return new LiveError(code, `${url} is not the file this page was built with`);
}

async function fromNetwork(entry: FileEntry, { onProgress, signal }: LoadOptions): Promise<Bytes> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  signal?.addEventListener('abort', abort, { once: true });
  const read = async (heard: () => void): Promise<Bytes> => {
    const response = await fetch(entry.url, { signal: stop.signal, cache: suspects.has(entry.url) ? 'reload' : 'default' });
    heard();
    if (isWebPage(response)) throw refused('portal', entry.url);
    if (!response.ok) throw new LiveError('missing', `${entry.url}: HTTP ${response.status}`);
    return readBody(response, entry.bytes, (loaded) => {
      heard();
      if (!stop.signal.aborted) onProgress?.(loaded);
    });
  };
  let bytes: Bytes;
  try {
    bytes = await within(entry.url, read);
  } catch (error) {
    if (signal?.aborted) throw aborted();
    if (error instanceof LiveError) throw error;
    const code = (await whatComes(entry.url, 'HEAD')) === 'portal' ? 'portal' : 'network';
    throw new LiveError(code, `${entry.url}: ${error instanceof Error ? error.message : error}`);
  } finally {
    abort(); // after a silence there may yet be something on the line
    signal?.removeEventListener('abort', abort);
  }
  await turn(); // handing 14 MB to the hash, and later to the cache, copies them: a task each
  if (!(await isOurs(bytes, entry))) throw refused('integrity', entry.url);
  await keep(entry, bytes);
  return bytes;
}

async function readBody(response: Response, expected: number, onProgress: (loaded: number) => void): Promise<Bytes> {
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
    onProgress(loaded);
  }
  return bytes.subarray(0, loaded) as Bytes;
}
