/** The bytes of a file where the page was opened by double click: `fetch` is refused there, a classic script is not. */
import { LiveError } from '../page/errors.ts';
import { turn } from '../page/observe.ts';
import { loadScript } from '../page/script.ts';

const shelf = globalThis as { liveFiles?: Record<string, string> };

/** @param url of the file; its script lies beside it. Damage is a LiveError, or bytes for the hash to refuse. */
export async function loadFromScript(logical: string, url: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  if (!shelf.liveFiles?.[logical]) await loadScript(`${url}.b64.js`, signal);
  const text = shelf.liveFiles?.[logical] ?? '';
  delete shelf.liveFiles?.[logical]; // megabytes of text: do not keep it
  try {
    return await decodeBase64(text);
  } catch {
    throw new LiveError('damaged', `${url}.b64.js`);
  }
}

/** Decode in pieces that end on a whole byte, giving the page a turn between them. */
async function decodeBase64(text: string): Promise<Uint8Array<ArrayBuffer>> {
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
