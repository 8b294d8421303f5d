/**
 * The workers of one engine, one or two. Each holds the same graphs; a batch is cut into as many parts, which needs no
 * shared memory and so no isolated page. Every image is computed as it would be alone, so the parts change no bit.
 */
import type { Result, Tensor, Tensors } from './protocol.ts';
import type { WorkerLink } from './worker-link.ts';

export class Crew {
  /** Graphs all of whose inputs and outputs have the batch as their first axis. */
  readonly #batched = new Set<string>();

  constructor(readonly links: readonly WorkerLink[]) {}

  async start(wasm: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#each((link, bytes) => link.call({ op: 'start', wasm: bytes }, [bytes.buffer]), wasm);
  }

  /** @param batched see above; only such a graph is shared. */
  async load(graph: string, bytes: Uint8Array<ArrayBuffer>, batched: boolean, signal?: AbortSignal): Promise<void> {
    if (batched) this.#batched.add(graph);
    await this.#each((link, copy) => link.call({ op: 'load', graph, bytes: copy }, [copy.buffer], signal), bytes);
  }

  /** One call; its time is that of the slowest part. */
  async run(graph: string, feeds: Tensors, outputs: readonly string[], signal?: AbortSignal): Promise<Required<Result>> {
    const parts = this.#batched.has(graph) ? cut(feeds, this.links.length) : [feeds];
    const results = await Promise.all(parts.map((part, i) => this.links[i]!.call({ op: 'run', graph, feeds: part, outputs }, [], signal) as Promise<Required<Result>>));
    const joined = outputs.map((name): [string, Tensor] => [name, join(results.map((result) => result.outputs[name]!))]);
    return { outputs: Object.fromEntries(joined), ms: Math.max(...results.map(({ ms }) => ms)) };
  }

  terminate(): void {
    for (const link of this.links) link.terminate();
  }

  /** The last worker gets the bytes themselves, the others copies. */
  #each(call: (link: WorkerLink, bytes: Uint8Array<ArrayBuffer>) => Promise<unknown>, bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
    const last = this.links.length - 1;
    const copies = this.links.map((_, i) => (i < last ? bytes.slice() : bytes));
    return Promise.all(this.links.map((link, i) => call(link, copies[i]!)));
  }
}

/** The same number of examples for each part, as far as that goes; fewer parts if there are fewer examples. */
function cut(feeds: Tensors, most: number): Tensors[] {
  const sizes = new Set(Object.values(feeds).map(({ dims }) => dims[0]));
  const [batch] = sizes;
  const count = sizes.size === 1 ? Math.min(most, batch ?? 1) : 1;
  if (count < 2) return [feeds];
  return Array.from({ length: count }, (_, i) => {
    const [first, end] = [Math.ceil((i * batch!) / count), Math.ceil(((i + 1) * batch!) / count)];
    return Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, part(tensor, first, end)]));
  });
}

function part({ dtype, data, dims }: Tensor, first: number, end: number): Tensor {
  const size = data.length / dims[0]!;
  return { dtype, data: data.slice(first * size, end * size), dims: [end - first, ...dims.slice(1)] } as Tensor;
}

function join(parts: Tensor[]): Tensor {
  if (parts.length === 1) return parts[0]!;
  const { dtype, data, dims } = parts[0]!;
  const whole = new (data.constructor as Float32ArrayConstructor)(parts.reduce((sum, one) => sum + one.data.length, 0));
  let at = 0;
  for (const one of parts) {
    whole.set(one.data as Float32Array, at);
    at += one.data.length;
  }
  return { dtype, data: whole, dims: [parts.reduce((sum, one) => sum + one.dims[0]!, 0), ...dims.slice(1)] } as Tensor;
}
