/**
 * What stays on the device between visits: Cache Storage, by content hash. It is a help and never a need: a cache that
 * is forbidden, full, broken or silent counts as an empty one.
 */
import { turn } from '../page/observe.ts';
import type { FileEntry } from '../page/page.ts';
import { within } from '../page/patience.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const NAME = 'live-models';
let silent = false;

/** Do something with the cache; undefined if there is none or it fails. After one long silence it is not asked again. */
async function withCache<T>(work: (cache: Cache) => Promise<T>): Promise<T | undefined> {
  if (silent) return undefined;
  try {
    // Absent over plain http on a network and in some private windows.
    return await within('cache', async () => globalThis.caches && work(await caches.open(NAME)));
  } catch (error) {
    silent ||= (error as { code?: string }).code === 'stalled';
    return undefined;
  }
}

/** The content hash is part of the key: changed content is another entry, never a stale one. */
function keyOf(entry: FileEntry): string {
  const url = new URL(entry.url, location.href);
  url.search = entry.integrity;
  return url.href;
}

/** Whether there is an entry; its bytes are looked at when they are read. */
export async function isKept(entry: FileEntry): Promise<boolean> {
  return Boolean(await withCache((cache) => cache.match(keyOf(entry))));
}

export function readKept(entry: FileEntry): Promise<Bytes | undefined> {
  return withCache(async (cache) => {
    const response = await cache.match(keyOf(entry));
    return response && new Uint8Array(await response.arrayBuffer());
  });
}

export async function dropKept(entry: FileEntry): Promise<void> {
  await withCache((cache) => cache.delete(keyOf(entry)));
}

/** Keep a file, and drop what the same file was in earlier builds. Does not wait for the disk. */
export async function keep(entry: FileEntry, bytes: Bytes): Promise<void> {
  await turn();
  const copy = new Response(bytes); // now: the bytes go on to the worker
  const key = keyOf(entry);
  const plain = (url: string) => url.replace(/\?.*$/, '').replace(/\.[0-9a-f]{8,}(?=\.)/, '');
  void withCache(async (cache) => {
    for (const old of await cache.keys()) {
      if (old.url !== key && plain(old.url) === plain(key)) await cache.delete(old);
    }
    await cache.put(key, copy);
  });
}
