/** How long silence may last: of a download, a cache or a worker that ought to say something. */
import { LiveError } from './errors.ts';

export const PATIENCE_S = 20;

export interface Patience {
  /** Something came: the seconds are counted anew, so that a slow line is no silent one. */
  heard(): void;
  stop(): void;
}

/**
 * Count seconds of silence until there are too many.
 *
 * It counts ticks and does not look at the clock: a laptop that slept for an hour has been silent for a second.
 */
export function patience(out: () => void): Patience {
  let seconds = 0;
  const stop = () => clearInterval(timer);
  const timer = setInterval(() => {
    if (++seconds < PATIENCE_S) return;
    stop();
    out();
  }, 1000);
  return { heard: () => void (seconds = 0), stop };
}

/** Wait for work, and reject with a LiveError after a long silence. @param work gets what to call when something came. */
export async function within<T>(what: string, work: (heard: () => void) => Promise<T>): Promise<T> {
  let count: Patience;
  const out = new Promise<never>((_, reject) => {
    count = patience(() => reject(new LiveError('stalled', `${what}: nothing for ${PATIENCE_S} s`)));
  });
  try {
    return await Promise.race([work(() => count.heard()), out]);
  } finally {
    count!.stop();
  }
}
