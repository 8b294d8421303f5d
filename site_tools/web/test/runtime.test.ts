/** The queue and the life of models, with a worker that is only pretended. */
import { beforeEach, expect, test, vi } from 'vitest';

const loads: string[] = [];
let failing: Error | undefined;
vi.mock('../src/runtime/files.ts', async () => {
  const { aborted } = await import('../src/page/errors.ts');
  const read = async (file: string, { signal }: { signal?: AbortSignal } = {}) => {
    loads.push(file);
    await new Promise((resolve) => setTimeout(resolve));
    if (signal?.aborted) throw aborted();
    if (failing) throw failing;
    return new Uint8Array(4);
  };
  return {
    loadBytes: read,
    loadJson: async (file: string, options?: object) => (await read(file, options), { schema: 2, graphs: { denoise: { outputs: { velocity: {} } } } }),
    fileEntry: (file: string) => ({ url: file, bytes: 4, integrity: '' }),
    isCached: async () => false,
    forget: async (file: string) => void loads.push(`forget ${file}`),
  };
});

const { Runtime, checkSupport } = await import('../src/runtime/runtime.ts');
const { WorkerLink } = await import('../src/runtime/worker-link.ts');
const { LiveError, isAbort } = await import('../src/page/errors.ts');
type WorkerLike = import('../src/runtime/worker-link.ts').WorkerLike;
type Message = { id: number; op: string; model?: string };

class FakeWorker implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  terminated = false;
  seen: string[] = [];
  active = 0;
  mostActive = 0;
  /** op -> error message, or "hang". */
  behaviour: Record<string, string> = {};

  postMessage(message: Message): void {
    this.seen.push(message.op);
    this.mostActive = Math.max(this.mostActive, ++this.active);
    const behaviour = this.behaviour[message.op];
    if (behaviour === 'hang') return;
    setTimeout(() => {
      this.active--;
      const answer = behaviour ? { id: message.id, error: behaviour } : { id: message.id, data: new Float32Array([1]), ms: 1 };
      this.onmessage?.({ data: answer } as MessageEvent);
    });
  }

  terminate(): void {
    this.terminated = true;
  }
}

let workers: FakeWorker[];
let next: Record<string, string>;
const start = async () => {
  const worker = new FakeWorker();
  worker.behaviour = next;
  workers.push(worker);
  return worker;
};

beforeEach(() => {
  workers = [];
  next = {};
  loads.length = 0;
  failing = undefined;
});

test('one call at a time, in order, and an error fails only its own call', async () => {
  const worker = new FakeWorker();
  const link = new WorkerLink(worker);
  worker.behaviour = { load: 'broken' };
  const run = () => link.call({ op: 'run', model: 'm', feeds: {}, output: 'y' });
  const results = await Promise.allSettled([run(), link.call({ op: 'load', model: 'm', bytes: new Uint8Array(1) }), run()]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(worker.seen).toEqual(['run', 'load', 'run']);
  expect(worker.mostActive).toBe(1);
});

test('an aborted call rejects at once; one that waits is never sent', async () => {
  const worker = new FakeWorker();
  const link = new WorkerLink(worker);
  worker.behaviour = { run: 'hang' };
  const abort = new AbortController();
  const run = () => link.call({ op: 'run', model: 'm', feeds: {}, output: 'y' }, [], abort.signal);
  const calls = [run(), run()];
  await new Promise((resolve) => setTimeout(resolve));
  abort.abort();
  const results = await Promise.allSettled(calls);
  expect(results.every((r) => r.status === 'rejected' && isAbort(r.reason))).toBe(true);
  expect(worker.seen).toEqual(['run']);
});

test('a dead worker rejects everything that waits for it', async () => {
  const worker = new FakeWorker();
  const died = vi.fn();
  const link = new WorkerLink(worker, died);
  worker.behaviour = { run: 'hang' };
  const call = link.call({ op: 'run', model: 'm', feeds: {}, output: 'y' });
  await new Promise((resolve) => setTimeout(resolve));
  worker.onerror!({ message: '' } as ErrorEvent);
  await expect(call).rejects.toMatchObject({ code: 'worker' });
  expect(died).toHaveBeenCalledOnce();
  expect(worker.terminated).toBe(true);
});

test('a model is opened once for all who ask', async () => {
  const runtime = new Runtime(start);
  const [a, b] = await Promise.all([runtime.open('m'), runtime.open('m')]);
  expect(a).toBe(b);
  expect(workers).toHaveLength(1);
  expect(workers[0]!.seen).toEqual(['start', 'load']);
  expect(await runtime.open('m')).toBe(a);
  expect(runtime.isOpen('m')).toBe(true);
});

test('a second model shares the worker', async () => {
  const runtime = new Runtime(start);
  await runtime.open('a');
  await runtime.open('b');
  expect(workers[0]!.seen).toEqual(['start', 'load', 'load']);
});

test('a failed opening is forgotten: the retry starts clean', async () => {
  const runtime = new Runtime(start);
  failing = new LiveError('missing', '404');
  await expect(runtime.open('m')).rejects.toMatchObject({ code: 'missing' });
  failing = undefined;
  await expect(runtime.open('m')).resolves.toBeTruthy();
});

test('a model that does not run is dropped from the cache', async () => {
  const runtime = new Runtime(start);
  next = { load: 'protobuf parsing failed' };
  await expect(runtime.open('m')).rejects.toMatchObject({ code: 'model' });
  await new Promise((resolve) => setTimeout(resolve));
  expect(loads).toContain('forget models/m.onnx');
});

test('out of memory is recognised and frees the worker', async () => {
  const runtime = new Runtime(start);
  next = { load: 'RangeError: Out of memory' };
  await expect(runtime.open('m')).rejects.toMatchObject({ code: 'memory' });
  await new Promise((resolve) => setTimeout(resolve));
  expect(workers[0]!.terminated).toBe(true);
});

test('cancelling the only one who waits terminates the worker; the next opening works', async () => {
  const runtime = new Runtime(start);
  next = { start: 'hang' };
  const abort = new AbortController();
  const opening = runtime.open('m', { signal: abort.signal });
  await vi.waitFor(() => expect(workers[0]?.seen).toEqual(['start']));
  abort.abort();
  await expect(opening).rejects.toSatisfy(isAbort);
  expect(workers[0]!.terminated).toBe(true);
  next = {};
  await expect(runtime.open('m')).resolves.toBeTruthy();
  expect(workers).toHaveLength(2);
});

test('cancelling one of two leaves the other alone', async () => {
  const runtime = new Runtime(start);
  const abort = new AbortController();
  const first = runtime.open('m', { signal: abort.signal });
  const second = runtime.open('m');
  abort.abort();
  await expect(first).rejects.toSatisfy(isAbort);
  await expect(second).resolves.toBeTruthy();
});

test('a worker that dies later is replaced', async () => {
  const runtime = new Runtime(start);
  const session = await runtime.open('m');
  workers[0]!.onerror!({ message: 'boom' } as ErrorEvent);
  await expect(session.run({})).rejects.toMatchObject({ code: 'worker' });
  expect(runtime.isOpen('m')).toBe(false);
  await runtime.open('m');
  expect(workers).toHaveLength(2);
});

test('a browser without WebAssembly or SIMD is told apart', () => {
  expect(() => checkSupport()).not.toThrow();
  const validate = vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
  expect(() => checkSupport()).toThrow(expect.objectContaining({ code: 'no-simd' }));
  validate.mockRestore();
  vi.stubGlobal('WebAssembly', undefined);
  expect(() => checkSupport()).toThrow(expect.objectContaining({ code: 'no-wasm' }));
  vi.unstubAllGlobals();
});
