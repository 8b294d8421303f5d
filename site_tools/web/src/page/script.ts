/** Classic scripts, which load over http and from file:, and what may come in the place of a file. */
import { aborted, LiveError } from './errors.ts';
import { within } from './patience.ts';

/** Add a script and wait until it has run. */
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

/**
 * What the network gives for an address right now: the file, the log-in page of a campus or hotel, or nothing.
 *
 * It is asked past the browser's cache, which then (unless only the head was wanted) holds what came.
 */
export async function whatComes(url: string, method: 'GET' | 'HEAD' = 'GET'): Promise<'file' | 'portal' | 'nothing'> {
  const ask = async () => {
    if (location.protocol === 'file:') return 'nothing';
    const response = await fetch(url, { method, cache: 'reload', redirect: 'manual' });
    await response.arrayBuffer();
    if (response.type === 'opaqueredirect' || isWebPage(response)) return 'portal';
    return response.ok ? 'file' : 'nothing';
  };
  return within(url, ask).catch(() => 'nothing' as const);
}

/** A page with status 200: no file of ours is one. */
export const isWebPage = (response: Response): boolean => response.ok && /html/.test(response.headers.get('content-type') ?? '');

/**
 * Load a script of ours. It has arrived when what it brings is there: the page of a portal also "loads", as a script that
 * cannot be read.
 */
export async function loadProgram(url: string, isHere: () => boolean): Promise<void> {
  const arrives = () =>
    loadScript(url).then(
      () => isHere(),
      () => false,
    );
  if (await arrives()) return;
  const found = await whatComes(url);
  if (found === 'file' && (await arrives())) return;
  throw new LiveError(found === 'portal' ? 'portal' : 'script', url);
}

/** Have a script on its way before it may run. */
export function preload(url: string): void {
  const link = document.createElement('link');
  link.rel = 'preload';
  link.as = 'script';
  link.href = url;
  document.head.append(link);
}
