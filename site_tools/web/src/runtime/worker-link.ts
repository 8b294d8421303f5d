/** One worker and the calls that wait for it: requests go one at a time, an error fails only its own call. */
import { aborted, asLiveError, codeFromMessage, LiveError, UnsupportedGraph } from '../page/errors.ts';
import { patience, PATIENCE_S, type Patience } from '../page/patience.ts';
import { fileEntry, loadBytes } from './files.ts';
import type { Answer, Request, Result } from './protocol.ts';

/** The part of Worker that is used here, so that a test can stand in for it. */
export interface WorkerLike {
  onmessage: ((event: MessageEvent<Answer>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: unknown, transfer: Transferable[]): void;
  terminate(): void;
}

/** @param script the worker's, in the page's table. */
export async function startWorker(script: string): Promise<WorkerLike> {
  if (location.protocol !== 'file:') return new Worker(fileEntry(script).url);
  const text = await loadBytes(script);
  const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  try {
    return new Worker(url);
  } finally {
    setTimeout(() => URL.revokeObjectURL(url), 10_000); // after the worker has read it
  }
}

/** Milliseconds that a call nobody wants any more may still take, and in terms of the longest call before it. */
const GRACE_MS = 2000;
const GRACE_CALLS = 3;

/** What a call rejects with that was never sent, since its worker had to go for another's sake: send it to the next one. */
export const REPLACED = new LiveError('worker', 'stopped while it was busy');

interface Call {
  /** When it was sent. */
  start: number;
  silence: Patience;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * A worker may compute for as long as it needs, and cannot be asked whether it still lives meanwhile. What can be told:
 * that it does not even take a request up, and that it does not come back from a call that the reader has stopped.
 */
export class WorkerLink {
  #nextId = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = new Map<number, Call>();
  #longest = 0;
  #dead?: unknown;
  #rejectDeath!: (reason: unknown) => void;
  /** Never resolves; rejects when the worker is gone. */
  readonly death = new Promise<never>((_, reject) => (this.#rejectDeath = reject));

  /** @param onDeath called once when the worker fails or is terminated; its models are gone then. */
  constructor(
    private readonly worker: WorkerLike,
    private readonly onDeath: () => void = () => {},
  ) {
    this.death.catch(() => {}); // not every user waits for it
    worker.onmessage = ({ data }) => {
      const call = this.#waiting.get(data.id);
      if (!call) return;
      call.silence.stop();
      if ('began' in data) return;
      this.#waiting.delete(data.id);
      this.#longest = Math.max(this.#longest, performance.now() - call.start);
      if ('error' in data) call.reject(data.unsupported ? new UnsupportedGraph(data.error) : new LiveError(codeFromMessage(data.error) ?? 'model', data.error));
      else call.resolve(data);
    };
    worker.onerror = (event) => {
      event.preventDefault?.();
      this.#die(new LiveError(codeFromMessage(event.message ?? '') ?? 'worker', event.message || 'the worker did not start'));
    };
  }

  /** Send one request when all earlier ones are answered. An aborted call rejects at once and is not sent late. */
  call(request: Request, transfer: Transferable[] = [], signal?: AbortSignal): Promise<Result> {
    const turn = this.#queue.then(() => {
      if (this.#dead) throw this.#dead;
      if (signal?.aborted) throw aborted();
      return this.#send(request, transfer, signal);
    });
    this.#queue = turn.catch(() => {}); // the next call must not inherit this one's failure
    if (!signal) return turn;
    return new Promise((resolve, reject) => {
      const abort = () => reject(aborted());
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      turn.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    });
  }

  terminate(): void {
    this.#die(aborted());
  }

  #send(request: Request, transfer: Transferable[], signal?: AbortSignal): Promise<Result> {
    const id = this.#nextId++;
    const silence = patience(() => this.#die(new LiveError('worker', `no answer for ${PATIENCE_S} s`)));
    let grace: ReturnType<typeof setTimeout> | undefined;
    const unwanted = () => {
      grace = setTimeout(() => this.#die(REPLACED), Math.max(GRACE_MS, GRACE_CALLS * this.#longest));
    };
    signal?.addEventListener('abort', unwanted, { once: true });
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.set(id, { start: performance.now(), silence, resolve, reject });
      try {
        this.worker.postMessage({ id, ...request }, transfer);
      } catch (error) {
        this.#waiting.delete(id);
        reject(asLiveError(error));
      }
    }).finally(() => {
      silence.stop();
      clearTimeout(grace);
      signal?.removeEventListener('abort', unwanted);
    });
  }

  #die(reason: unknown): void {
    if (this.#dead) return;
    this.#dead = reason;
    this.worker.terminate();
    for (const call of this.#waiting.values()) call.reject(reason);
    this.#waiting.clear();
    this.#rejectDeath(reason);
    this.onDeath();
  }
}
