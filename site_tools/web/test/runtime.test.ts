/** The queue and the life of models, with a worker that is only pretended. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const loads: string[] = [];
let failing: Error | undefined;
/** By file, what reports its progress. */
const progress = new Map<string, (loaded: number) => void>();
const MANIFEST = {
  schema: 2,
  name: 'm',
  kind: 'image-denoiser',
  graphs: { denoise: { file: 'm.onnx', inputs: { x: { shape: ['B', 3, 32, 20], dtype: 'float32', role: 'image' }, log_snr: { shape: ['B'], dtype: 'float32', role: 'log_snr' }, y: { shape: ['B'], dtype: 'int64', role: 'label' } }, outputs: { velocity: { shape: ['B', 3, 32, 20], role: 'vector' } } } },
  labels: { zh: [], en: [] },
  facts: { unconditional: 7, log_snr_limit: 14 },
};
let manifest: object = MANIFEST;
vi.mock('../src/runtime/files.ts', async () => {
  const { aborted } = await import('../src/page/errors.ts');
  const read = async (file: string, { signal, onProgress }: { signal?: AbortSignal; onProgress?: (loaded: number) => void } = {}) => {
    loads.push(file);
    if (onProgress) progress.set(file, onProgress);
    await new Promise((resolve) => setTimeout(resolve));
    if (signal?.aborted) throw aborted();
    if (failing) throw failing;
    onProgress?.(2);
    onProgress?.(4);
    return new Uint8Array(4);
  };
  return {
    loadBytes: read,
    loadJson: async (file: string, options?: object) => (await read(file, options), manifest),
    fileEntry: (file: string) => ({ url: file, bytes: 4, integrity: '', ...(file.endsWith('.wasm') ? { gzip: 1 } : {}), ...(file.includes('quick') ? { engine: 'kernels' } : {}) }),
    isCached: async () => false,
    forget: async (file: string) => void loads.push(`forget ${file}`),
  };
});

const { Runtime, checkSupport } = await import('../src/runtime/runtime.ts');
const { networkOf, networkFacts } = await import('../src/runtime/network.ts');
const { WorkerLink } = await import('../src/runtime/worker-link.ts');
const { LiveError, isAbort } = await import('../src/page/errors.ts');
type WorkerLike = import('../src/runtime/worker-link.ts').WorkerLike;
type Message = { id: number; op: string; graph?: string; feeds?: object; outputs?: string[] };

class FakeWorker implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  terminated = false;
  seen: string[] = [];
  messages: Message[] = [];
  active = 0;
  mostActive = 0;
  script = '';
  /** op -> error message, or "hang" (it computes for ever), or "deaf" (it does not even take it up). */
  behaviour: Record<string, string> = {};

  postMessage(message: Message): void {
    this.seen.push(message.op);
    this.messages.push(message);
    this.mostActive = Math.max(this.mostActive, ++this.active);
    const behaviour = this.behaviour[message.op];
    if (behaviour === 'deaf') return;
    const send = (data: object) => this.onmessage?.({ data: { id: message.id, ...data } } as MessageEvent);
    setTimeout(() => {
      send({ began: true });
      if (behaviour === 'hang') return;
      this.active--;
      const outputs = Object.fromEntries((message.outputs ?? []).map((name) => [name, { dtype: 'float32', data: new Float32Array([1]), dims: [1] }]));
      if (behaviour) send(behaviour.startsWith('unknown') ? { error: behaviour, unsupported: true } : { error: behaviour });
      else send({ outputs, ms: 1 });
    });
  }

  terminate(): void {
    this.terminated = true;
  }
}

let workers: FakeWorker[];
let next: Record<string, string>;
/** Script -> how its workers behave, if otherwise than `next`. */
let refusals: Record<string, Record<string, string>>;
const start = async (script: string) => {
  const worker = new FakeWorker();
  worker.script = script;
  worker.behaviour = refusals[script] ?? next;
  workers.push(worker);
  return worker;
};

beforeEach(() => {
  workers = [];
  next = {};
  refusals = {};
  loads.length = 0;
  failing = undefined;
  manifest = MANIFEST;
  progress.clear();
});

afterEach(() => void vi.useRealTimers());

test('one call at a time, in order, and an error fails only its own call', async () => {
  const worker = new FakeWorker();
  const link = new WorkerLink(worker);
  worker.behaviour = { load: 'broken' };
  const run = () => link.call({ op: 'run', graph: 'm', feeds: {}, outputs: ['y'] });
  const results = await Promise.allSettled([run(), link.call({ op: 'load', graph: 'm', bytes: new Uint8Array(1) }), run()]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(worker.seen).toEqual(['run', 'load', 'run']);
  expect(worker.mostActive).toBe(1);
});

test('an aborted call rejects at once; one that waits is never sent', async () => {
  const worker = new FakeWorker();
  const link = new WorkerLink(worker);
  worker.behaviour = { run: 'hang' };
  const abort = new AbortController();
  const run = () => link.call({ op: 'run', graph: 'm', feeds: {}, outputs: ['y'] }, [], abort.signal);
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
  const call = link.call({ op: 'run', graph: 'm', feeds: {}, outputs: ['y'] });
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
  await expect(session.run({}, [])).rejects.toMatchObject({ code: 'worker' });
  expect(runtime.isOpen('m')).toBe(false);
  await runtime.open('m');
  expect(workers).toHaveLength(2);
});

test('a browser without WebAssembly, and one without SIMD or DecompressionStream, are told apart', () => {
  expect(() => checkSupport()).not.toThrow();
  const validate = vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
  expect(() => checkSupport()).toThrow(expect.objectContaining({ code: 'too-old' }));
  validate.mockRestore();
  vi.stubGlobal('DecompressionStream', undefined);
  expect(() => checkSupport()).toThrow(expect.objectContaining({ code: 'too-old' }));
  vi.unstubAllGlobals();
  vi.stubGlobal('WebAssembly', undefined);
  expect(() => checkSupport()).toThrow(expect.objectContaining({ code: 'no-wasm' }));
  vi.unstubAllGlobals();
});

// --- Any inputs, any outputs, several models ----------------------------------------------------------

test('a session sends the inputs it is given and gets the outputs it asks for, of its own graph', async () => {
  const runtime = new Runtime(start);
  const [a, b] = [await runtime.open('a'), await runtime.open('b')];
  const feeds = { state: { dtype: 'float32', data: new Float32Array(3), dims: [3] }, step: { dtype: 'int64', data: BigInt64Array.of(4n), dims: [1] } } as const;
  const { outputs } = await b.run(feeds, ['state', 'loss']);
  expect(Object.keys(outputs)).toEqual(['state', 'loss']);
  await a.run({}, ['z']);
  expect(workers[0]!.messages.slice(-2)).toMatchObject([
    { op: 'run', graph: 'models/b.onnx', feeds, outputs: ['state', 'loss'] },
    { op: 'run', graph: 'models/a.onnx', feeds: {}, outputs: ['z'] },
  ]);
});

test('a denoiser gets images of the shape its manifest states, and its labels as int64', async () => {
  const session = await new Runtime(start).open('m');
  const { net, meter } = networkOf(session, 2, new AbortController().signal);
  const velocity = await net(new Float32Array(4 * 3 * 32 * 20), new Float32Array(4), [0, 1, 7, 7]);
  expect(velocity).toEqual(new Float32Array([1]));
  expect(workers[0]!.messages.at(-1)).toMatchObject({
    feeds: { x: { dims: [4, 3, 32, 20] }, log_snr: { dims: [4] }, y: { dtype: 'int64', data: BigInt64Array.of(0n, 1n, 7n, 7n), dims: [4] } },
    outputs: ['velocity'],
  });
  expect(meter).toEqual({ nfe: 2, times: [1] });
  expect(networkFacts(session)).toEqual({ unconditional: 7, logSnrLimit: 14 });
});

test('a manifest is read once for labels and model; of another schema it is refused, and read again later', async () => {
  const runtime = new Runtime(start);
  expect(await runtime.manifest('m')).toBe((await runtime.open('m')).manifest);
  expect(loads.filter((file) => file === 'models/m.json')).toHaveLength(1);
  manifest = { ...MANIFEST, schema: 99 };
  await expect(runtime.manifest('other')).rejects.toMatchObject({ code: 'model', detail: expect.stringContaining('99') });
  manifest = MANIFEST;
  await expect(runtime.manifest('other')).resolves.toBe(MANIFEST);
});

// --- Loops, silence, late news ------------------------------------------------------------------------

const call = { op: 'run', graph: 'm', feeds: {}, outputs: [] } as const;
const seconds = (count: number) => vi.advanceTimersByTimeAsync(1000 * count);

test('a worker that loops is terminated after Stop and replaced: the next run works, and nobody else notices', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  const runtime = new Runtime(start);
  const opening = runtime.open('m');
  await seconds(1);
  const session = await opening;
  workers[0]!.behaviour = { run: 'hang' };
  const stop = new AbortController();
  const stopped = session.run({}, [], stop.signal);
  stopped.catch(() => {});
  await seconds(60); // it may be computing: nothing happens by itself
  expect(workers[0]!.terminated).toBe(false);
  stop.abort();
  await expect(stopped).rejects.toSatisfy(isAbort);
  const another = session.run({}, ['y']); // pressed again at once, or another element of the page
  await seconds(5);
  expect(workers[0]!.terminated).toBe(true);
  expect((await another).outputs['y']).toBeDefined();
  expect(workers).toHaveLength(2);
});

test('a call that is answered soon after Stop costs no worker', async () => {
  vi.useFakeTimers();
  const worker = new FakeWorker();
  const link = new WorkerLink(worker);
  const stop = new AbortController();
  const stopped = link.call(call, [], stop.signal);
  stopped.catch(() => {});
  await Promise.resolve();
  stop.abort();
  await seconds(30);
  expect(worker.terminated).toBe(false);
  await expect(Promise.all([link.call(call), seconds(1)])).resolves.toBeTruthy();
});

test('a slow device has longer to answer after Stop: three times its longest call', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  const worker = new FakeWorker();
  const link = new WorkerLink(worker);
  worker.behaviour = { run: 'hang' };
  const slow = link.call(call);
  await seconds(7);
  worker.onmessage!({ data: { id: 0, ms: 7000 } } as MessageEvent);
  await slow;
  const stop = new AbortController();
  link.call(call, [], stop.signal).catch(() => {});
  await seconds(1);
  stop.abort();
  await seconds(20);
  expect(worker.terminated).toBe(false);
  await seconds(2);
  expect(worker.terminated).toBe(true);
});

test('a worker that takes nothing up is noticed after 20 seconds; one that computes for an hour is left alone', async () => {
  vi.useFakeTimers();
  const deaf = new FakeWorker();
  deaf.behaviour = { run: 'deaf' };
  const lost = new WorkerLink(deaf).call(call);
  lost.catch(() => {});
  const busy = new FakeWorker();
  busy.behaviour = { run: 'hang' };
  const settled = vi.fn();
  new WorkerLink(busy).call(call).then(settled, settled);
  await seconds(19);
  expect(deaf.terminated).toBe(false);
  await seconds(2);
  await expect(lost).rejects.toMatchObject({ code: 'worker' });
  expect(deaf.terminated).toBe(true);
  await seconds(3600);
  expect(settled).not.toHaveBeenCalled();
});

test('what another download still reports after a failure is no news', async () => {
  const runtime = new Runtime(start);
  await runtime.open('other'); // its worker outlives the failure
  failing = new LiveError('missing', '404');
  const news = vi.fn();
  await expect(runtime.open('m', { onProgress: news })).rejects.toMatchObject({ code: 'missing' });
  news.mockClear();
  for (const report of progress.values()) report(4);
  expect(news).not.toHaveBeenCalled();
});

test('what is announced is what is counted: bytes as they travel, to the last one', async () => {
  const runtime = new Runtime(start);
  const seen: [number, number][] = [];
  expect(runtime.size('a')).toBe(4 + 1 + 4 + 4); // the wasm travels compressed
  await runtime.open('a', { onProgress: (loaded, total) => seen.push([loaded, total]) });
  expect(new Set(seen.map(([, total]) => total))).toEqual(new Set([13]));
  expect(seen.at(-1)).toEqual([13, 13]);
  const counted = seen.map(([loaded]) => loaded);
  expect(counted).toEqual([...counted].sort((a, b) => a - b));
});

test('a model is run by the engine of its manifest, each engine in workers of its own', async () => {
  const runtime = new Runtime(start, 1);
  await runtime.open('quick');
  await runtime.open('other');
  expect(workers.map(({ script }) => script)).toEqual(['kernels-worker.js', 'ort-worker.js']);
  expect(runtime.files('quick').slice(0, 2)).toEqual(['kernels-worker.js', 'kernels.wasm']);
});

test('what our kernels refuse is run by ONNX Runtime Web, and so from then on', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const runtime = new Runtime(start, 1);
  refusals = { 'kernels-worker.js': { load: 'unknown operator Erf' } };
  await runtime.open('quick');
  expect(workers.map(({ script }) => script)).toEqual(['kernels-worker.js', 'ort-worker.js']);
  expect(runtime.engine('quick')).toBe('onnxruntime');
  expect(warn.mock.calls[0]![0]).toContain('unknown operator Erf');
  warn.mockRestore();
});

test('the reader may choose the engine, and choose again', async () => {
  const runtime = new Runtime(start, 1);
  const first = await runtime.open('quick');
  runtime.useEngine('quick', 'onnxruntime');
  expect(runtime.isOpen('quick')).toBe(false);
  expect(await runtime.open('quick')).not.toBe(first);
  runtime.useEngine('quick', 'kernels');
  await runtime.open('quick');
  expect(workers.map(({ script, seen }) => [script, ...seen])).toEqual([
    ['kernels-worker.js', 'start', 'load', 'load'],
    ['ort-worker.js', 'start', 'load'],
  ]);
});

test('two workers of our kernels share a batch; ONNX Runtime stays alone', async () => {
  manifest = { ...MANIFEST, graphs: { denoise: { file: 'quick.onnx', inputs: { x: { shape: ['B', 1], dtype: 'float32' } }, outputs: { y: { shape: ['B', 1], dtype: 'float32' } } } } };
  const runtime = new Runtime(start, 2);
  const session = await runtime.open('quick');
  await runtime.open('other');
  await session.run({ x: { dtype: 'float32', data: new Float32Array(4), dims: [4, 1] } }, ['y']);
  expect(workers.map(({ script, seen }) => [script, ...seen])).toEqual([
    ['kernels-worker.js', 'start', 'load', 'run'],
    ['kernels-worker.js', 'start', 'load', 'run'],
    ['ort-worker.js', 'start', 'load'],
  ]);
  runtime.shutdown();
  expect(workers.every(({ terminated }) => terminated)).toBe(true);
});
