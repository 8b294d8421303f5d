/** How long silence may last: of a download, a cache or a worker that ought to say something. */
import { LiveError } from './errors.ts';

export const PATIENCE_S = 20;

/**
 * Counts seconds of silence; every `heard` starts anew, so that a slow line is no silent one.
 *
 * It counts ticks and does not look at the clock: a laptop that slept for an hour has been silent for a second.
 */
export class Patience {
  #seconds = 0;
  #timer: ReturnType<typeof setInterval>;
  /** Never resolves; rejects with a LiveError when patience has run out. */
  readonly out: Promise<never>;

  /** @param what was silent, for the console. */
  constructor(what: string, onOut: () => void = () => {}) {
    let reject: (reason: LiveError) => void;
    this.out = new Promise<never>((_, rejectOut) => (reject = rejectOut));
    this.out.catch(() => {}); // not every user waits for it
    this.#timer = setInterval(() => {
      if (++this.#seconds < PATIENCE_S) return;
      this.stop();
      reject(new LiveError('stalled', `${what}: nothing for ${PATIENCE_S} s`));
      onOut();
    }, 1000);
  }

  heard(): void {
    this.#seconds = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** The same for work that makes no progress one could see. */
export async function within<T>(what: string, work: Promise<T>): Promise<T> {
  const patience = new Patience(what);
  try {
    return await Promise.race([work, patience.out]);
  } finally {
    patience.stop();
  }
}
