/** What can go wrong in a reader's browser; `texts.ts` has one sentence for each in both languages. */
export type FailureCode =
  | 'no-wasm'
  | 'too-old' // without SIMD, or without DecompressionStream
  | 'missing' // the server answers, but not with the file
  | 'network'
  | 'stalled' // silence: of a download or a worker
  | 'portal' // a web page came in the file's place
  | 'integrity'
  | 'damaged' // the same, of a copy on the reader's disk
  | 'worker'
  | 'model'
  | 'memory'
  | 'script' // the element's own script
  | 'canvas'
  | 'unknown';

/** A failure the reader is told about. `detail` is for the console and for small print. */
export class LiveError extends Error {
  constructor(
    readonly code: FailureCode,
    readonly detail = '',
  ) {
    super(`${code}: ${detail}`);
    this.name = 'LiveError';
  }
}

/** An engine does not know something in a graph; `detail` names it. */
export class UnsupportedGraph extends LiveError {
  constructor(detail: string) {
    super('model', detail);
  }
}

/** Any thrown value as a LiveError; a bug in our own code becomes "unknown" and keeps its message. */
export function asLiveError(error: unknown): LiveError {
  if (error instanceof LiveError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new LiveError(codeFromMessage(message) ?? 'unknown', message);
}

/** Browsers and ORT report a full heap only in words. */
export function codeFromMessage(message: string): FailureCode | undefined {
  return /out of memory|memory access out of bounds|could not allocate|bad_alloc|Cannot enlarge/i.test(message)
    ? 'memory'
    : undefined;
}

/** True for the rejection of anything that was cancelled through an AbortSignal. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** What a cancelled promise rejects with. */
export const aborted = (): DOMException => new DOMException('cancelled', 'AbortError');
