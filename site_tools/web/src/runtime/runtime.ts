/**
 * The one owner of what runs models on a page: workers by engine, models opened on demand and kept, everything
 * thrown away on failure so that a retry starts clean.
 */
import { aborted, LiveError, UnsupportedGraph } from '../page/errors.ts';
import { whatComes } from '../page/script.ts';
import { Crew } from './crew.ts';
import { engineOf, ENGINES, graphFile, type EngineName } from './engines.ts';
import { fileEntry, forget, isCached, loadBytes } from './files.ts';
import { loadManifest, manifestFile, type Manifest } from './manifest.ts';
import type { Result, Tensors } from './protocol.ts';
import { REPLACED, startWorker, WorkerLink, type WorkerLike } from './worker-link.ts';

/** Cores from which on two workers share a batch: one stays for the page, and phones count slow ones too. */
const CORES_TO_SHARE = 4;
/** The smallest module that uses a 128-bit vector: `(func (drop (v128.const 0)))`. */
const SIMD_PROBE = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 23, 1, 21, 0, 253, 12, ...new Array<number>(16).fill(0), 26, 11];

export type Progress = (loaded: number, total: number) => void;

/** Bytes of a file as they travel: compressed, if the table knows. What is announced and what is counted are these. */
const onTheWire = (file: string): number => fileEntry(file).gzip ?? fileEntry(file).bytes;

/** An opened model. */
export interface Session {
  manifest: Manifest;
  /** One call of its graph: any inputs, those outputs that are wanted, and the time inside the worker. */
  run(feeds: Tensors, outputs: readonly string[], signal?: AbortSignal): Promise<Required<Result>>;
}

interface Opening {
  session: Promise<Session>;
  abort: AbortController;
  done: boolean;
  waiting: Set<object>;
  watchers: Set<Progress>;
}

interface CrewSlot {
  ready: Promise<Crew>;
  abort: AbortController;
  links: WorkerLink[];
}

/** Throws a LiveError if this browser cannot run either engine: both need WebAssembly with SIMD, and models come deflated (Firefox 113). */
export function checkSupport(): void {
  if (typeof WebAssembly !== 'object') throw new LiveError('no-wasm');
  if (!WebAssembly.validate(new Uint8Array(SIMD_PROBE)) || !globalThis.DecompressionStream) throw new LiveError('too-old');
}

export class Runtime {
  #crews = new Map<EngineName, CrewSlot>();
  /** By model, what is not the engine of the page's table: the reader's wish, or what a refusal led to. */
  #engines = new Map<string, EngineName>();
  #models = new Map<string, Opening>();
  #manifests = new Map<string, Promise<Manifest>>();

  /**
   * @param start starts the worker of a script.
   * @param most workers of an engine that lets several share a batch.
   */
  constructor(
    private readonly start: (script: string) => Promise<WorkerLike> = startWorker,
    private readonly most = (globalThis.navigator?.hardwareConcurrency ?? 1) >= CORES_TO_SHARE ? 2 : 1,
  ) {}

  /** What runs a model. */
  engine(model: string): EngineName {
    return this.#engines.get(model) ?? engineOf(model);
  }

  /** Run a model by another engine from its next opening on; sessions that are open stay as they are. */
  useEngine(model: string, engine: EngineName): void {
    if (engine === this.engine(model)) return;
    this.#engines.set(model, engine);
    this.#models.delete(model);
  }

  /** What can run a model: the engine of the page's table, and ONNX Runtime Web, which knows every operator. */
  engines(model: string): EngineName[] {
    return [...new Set([engineOf(model), 'onnxruntime' as const])];
  }

  /** Bytes of an engine alone, as they travel. */
  engineSize(engine: EngineName): number {
    const { script, wasm } = ENGINES[engine];
    return onTheWire(script) + onTheWire(wasm);
  }

  /** The files a model needs, in the page's table. */
  files(model: string): string[] {
    const { script, wasm } = ENGINES[this.engine(model)];
    return [script, wasm, manifestFile(model), graphFile(model)];
  }

  /** Bytes to fetch before the first run, as they travel. */
  size(model: string): number {
    return this.files(model).reduce((sum, file) => sum + onTheWire(file), 0);
  }

  isCached(model: string): Promise<boolean> {
    return isCached(this.files(model).slice(1)); // the worker's script is the browser's to cache
  }

  /** The manifest of a model, some kilobytes that may come before the click; read once, and again after a failure. */
  manifest(model: string): Promise<Manifest> {
    let manifest = this.#manifests.get(model);
    if (!manifest) {
      manifest = loadManifest(model);
      this.#manifests.set(model, manifest);
      manifest.catch(() => this.#manifests.delete(model));
    }
    return manifest;
  }

  isOpen(model: string): boolean {
    return this.#models.get(model)?.done ?? false;
  }

  /**
   * Open a model, or take the one that is open. Call it before every run: it costs nothing if nothing
   * changed, and it heals everything if the worker died in between.
   *
   * If all who wait for an opening abort, the downloads stop and the worker is terminated.
   */
  open(model: string, options: { onProgress?: Progress; signal?: AbortSignal } = {}): Promise<Session> {
    const { onProgress, signal } = options;
    if (signal?.aborted) return Promise.reject(aborted());
    const opening = this.#models.get(model) ?? this.#begin(model);
    if (opening.done) return opening.session;
    const ticket = {};
    opening.waiting.add(ticket);
    if (onProgress) opening.watchers.add(onProgress);
    return new Promise<Session>((resolve, reject) => {
      const abort = () => {
        opening.waiting.delete(ticket);
        if (onProgress) opening.watchers.delete(onProgress);
        if (opening.waiting.size === 0) opening.abort.abort();
        reject(aborted());
      };
      signal?.addEventListener('abort', abort, { once: true });
      const settled = () => {
        signal?.removeEventListener('abort', abort);
        if (onProgress) opening.watchers.delete(onProgress); // other downloads may go on: they are no news any more
      };
      opening.session.then(resolve, reject).finally(settled);
    });
  }

  /** Throw everything away. The next `open` starts a new worker; nothing but terminating frees its memory. */
  shutdown(): void {
    const slots = [...this.#crews.values()];
    this.#crews.clear();
    this.#models.clear();
    for (const { abort, links } of slots) {
      abort.abort();
      for (const link of links) link.terminate();
    }
  }

  #begin(model: string): Opening {
    const abort = new AbortController();
    const watchers = new Set<Progress>();
    const opening: Opening = { session: this.#load(model, abort.signal, watchers), abort, done: false, waiting: new Set(), watchers };
    const evict = () => {
      if (this.#models.get(model) === opening) this.#models.delete(model);
    };
    this.#models.set(model, opening);
    abort.signal.addEventListener('abort', () => {
      evict();
      if (this.#models.size === 0) this.shutdown();
    });
    opening.session.then(
      () => (opening.done = true),
      async (error: unknown) => {
        evict();
        abort.abort(); // what else was on its way for it
        const broken = error instanceof LiveError && (error.code === 'worker' || error.code === 'memory');
        if (broken || this.#models.size === 0) this.shutdown();
        // Bytes that pass their hash but do not run are not worth keeping either.
        if (error instanceof LiveError && error.code === 'model') await forget(graphFile(model));
      },
    );
    return opening;
  }

  async #load(model: string, signal: AbortSignal, watchers: Set<Progress>): Promise<Session> {
    checkSupport();
    const [worker, wasm, manifestName, graph] = this.files(model) as [string, string, string, string];
    const loaded = new Map<string, number>();
    const engine = this.engine(model);
    const fresh = !this.#crews.has(engine);
    const total = [manifestName, graph, ...(fresh ? [worker, wasm] : [])].reduce((sum, f) => sum + onTheWire(f), 0);
    const read = (file: string) => ({
      signal,
      onProgress: (bytes: number) => {
        loaded.set(file, (bytes * onTheWire(file)) / fileEntry(file).bytes); // a browser tells only the bytes it has unpacked
        const sum = [...loaded.values()].reduce((a, b) => a + b, fresh ? onTheWire(worker) : 0);
        for (const watcher of watchers) watcher(sum, total);
      },
    });
    const crew = this.#crew(engine, read(wasm).onProgress).ready;
    const [ready, bytes, manifest] = await Promise.all([
      crew,
      loadBytes(graph, read(graph)),
      this.manifest(model).then((known) => (read(manifestName).onProgress(fileEntry(manifestName).bytes), known)),
    ]);
    try {
      await ready.load(graph, bytes, isBatched(manifest, model), signal);
    } catch (error) {
      if (error === REPLACED) return this.#load(model, signal, watchers);
      if (!(error instanceof UnsupportedGraph) || engine === 'onnxruntime') throw error;
      console.warn(`${model} is run by ONNX Runtime Web: ${error.detail}`);
      this.#engines.set(model, 'onnxruntime');
      return this.#load(model, signal, watchers);
    }
    return {
      manifest,
      run: async (feeds, outputs, runSignal) => {
        try {
          return await ready.run(graph, feeds, outputs, runSignal);
        } catch (error) {
          if (error !== REPLACED) throw error;
          return (await this.open(model, runSignal && { signal: runSignal })).run(feeds, outputs, runSignal);
        }
      },
    };
  }

  #crew(engine: EngineName, onProgress: (loaded: number) => void): CrewSlot {
    const known = this.#crews.get(engine);
    if (known) return known;
    const { script, wasm, shares } = ENGINES[engine];
    const abort = new AbortController();
    const start = async (): Promise<Crew> => {
      // The script starts while the wasm is still on its way. If it cannot, that is told at once.
      const loading = loadBytes(wasm, { onProgress, signal: abort.signal });
      loading.catch(() => {}); // reported below, or irrelevant
      for (let i = 0; i < (shares ? this.most : 1); i++) {
        const link = new WorkerLink(await this.start(script), () => {
          if (this.#crews.get(engine) === slot) this.shutdown();
        });
        slot.links.push(link);
        if (abort.signal.aborted) link.terminate();
      }
      const crew = new Crew(slot.links);
      const bytes = await Promise.race([loading, ...slot.links.map(({ death }) => death)]);
      await crew.start(bytes);
      return crew;
    };
    const slot: CrewSlot = { ready: Promise.resolve().then(start).catch(explain(script)), abort, links: [] };
    slot.ready.catch(() => abort.abort());
    this.#crews.set(engine, slot);
    return slot;
  }
}

/** Whether all inputs and outputs of a model's graph begin with a size that each call chooses. */
function isBatched({ graphs }: Manifest, model: string): boolean {
  const graph = Object.values(graphs).find(({ file }) => graphFile(model).endsWith(`/${file}`));
  return graph !== undefined && [...Object.values(graph.inputs), ...Object.values(graph.outputs)].every(({ shape }) => typeof shape?.[0] === 'string');
}

/** A worker whose script is the log-in page of a network dies like one with a mistake in it. */
const explain = (script: string) => async (error: unknown): Promise<never> => {
  if (!(error instanceof LiveError && error.code === 'worker')) throw error;
  const { url } = fileEntry(script);
  throw (await whatComes(url)) === 'portal' ? new LiveError('portal', url) : error;
};

export const runtime = new Runtime();
