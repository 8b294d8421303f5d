/**
 * Bundled by tests/browser/engine_benchmark.py and run in a real page: how long calls of a denoiser take in each engine,
 * through the very runtime and workers that the elements use. Both stay open side by side, so that they can take turns.
 */
import type { EngineName } from '../src/runtime/engines.ts';
import { networkFacts, networkOf } from '../src/runtime/network.ts';
import { normalImages } from '../src/maths/random.ts';
import type { Session } from '../src/runtime/runtime.ts';
import { pageRuntime } from './page_runtime.ts';

const sessions = new Map<EngineName, Promise<Session>>();

async function opened(model: string, engine: EngineName): Promise<Session> {
  const runtime = await pageRuntime();
  runtime.useEngine(model, engine);
  const session = sessions.get(engine) ?? runtime.open(model);
  sessions.set(engine, session);
  return session;
}

/** Milliseconds a call of `batch` images, the mean over so many calls: a page's clock is coarse. */
async function timed(model: string, engine: EngineName, batch: number, calls: number): Promise<number> {
  const session = await opened(model, engine);
  const { net } = networkOf(session, batch, new AbortController().signal);
  const labels = new Array<number>(batch).fill(networkFacts(session).unconditional);
  const inputs = Array.from({ length: calls }, (_, i) => normalImages(0, i, batch));
  const start = performance.now();
  for (const x of inputs) await net(x, new Float32Array(batch), labels);
  return (performance.now() - start) / calls;
}

type Measurement = [engine: EngineName, batch: number, calls: number];

/** Several measurements one after another, for a browser that a test cannot talk to meanwhile. */
async function timedAll(model: string, measurements: Measurement[]): Promise<number[]> {
  const found = [];
  for (const [engine, batch, calls] of measurements) found.push(await timed(model, engine, batch, calls));
  return found;
}

Object.assign(globalThis, { timedAll });
