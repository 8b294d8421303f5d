/** One worker and the calls that wait for it: requests go one at a time, an error fails only its own call. */
import { aborted, asLiveError, codeFromMessage, LiveError } from '../page/errors.ts';
import { fileEntry, loadBytes } from './files.ts';
import type { Answer, Request } from './protocol.ts';

export interface Result {
  data?: Float32Array;
  /** Time inside the worker. */
  ms?: number;
}

/** The part of Worker that is used here, so that a test can stand in for it. */
export interface WorkerLike {
  onmessage: ((event: MessageEvent<Answer>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: unknown, transfer: Transferable[]): void;
  terminate(): void;
}

export async function startWorker(): Promise<WorkerLike> {
  if (location.protocol !== 'file:') return new Worker(fileEntry('worker.js').url);
  const text = await loadBytes('worker.js');
  const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  try {
    return new Worker(url);
  } finally {
    setTimeout(() => URL.revokeObjectURL(url), 10_000); // after the worker has read it
  }
}

export class WorkerLink {
  #nextId = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = new Map<number, { resolve: (result: Result) => void; reject: (error: unknown) => void }>();
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
      this.#waiting.delete(data.id);
      if (!call) return;
      if ('error' in data) call.reject(new LiveError(codeFromMessage(data.error) ?? 'model', data.error));
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
      return this.#send(request, transfer);
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

  #send(request: Request, transfer: Transferable[]): Promise<Result> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      try {
        this.worker.postMessage({ id, ...request }, transfer);
      } catch (error) {
        this.#waiting.delete(id);
        reject(asLiveError(error));
      }
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
